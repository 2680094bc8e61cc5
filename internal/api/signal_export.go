// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"io"

	"github.com/danielgtaylor/huma/v2"

	"tocsin"
)

// ListExport asks for the signals of a bank as a list.
type ListExport struct {
	BankByName
	Format tocsin.ListFormat `query:"format" required:"true" enum:"local_file,csv,jsonl,tat"`
}

// listTypes are the media types of lists.
var listTypes = map[tocsin.ListFormat]string{tocsin.FormatLocalFile: "text/plain; charset=utf-8",
	tocsin.FormatCSV: "text/csv; charset=utf-8", tocsin.FormatJSONLines: "application/x-ndjson",
	tocsin.FormatTAT: "application/json"}

func (s *service) exportSignals(ctx context.Context, in *ListExport) (*huma.StreamResponse, error) {
	return s.stream(ctx, "signal-export", listTypes[in.Format], func(to io.Writer) error {
		_, err := s.Flow.Export(ctx, actorOf(ctx), in.Bank, in.Format, to)
		return err
	})
}
