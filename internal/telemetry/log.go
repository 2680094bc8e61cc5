// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package telemetry is how a node speaks about itself: log lines, request ids and Prometheus figures.
//
// It must never let an address, a text or a secret out. Callers log ids and codes; whatever else reaches a
// logger is cut to what cannot hold content before it is written. It sends nothing anywhere by itself.
//
// Start reading at NewLogger and redact.go; then Requests, which every listener wraps around its mux.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// NewLogger returns the node's logger. Format is "text" or "json"; level is debug, info, warn or error.
func NewLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("set log level: want debug, info, warn or error")
	}
	options := &slog.HandlerOptions{Level: least, ReplaceAttr: redactAttr}
	switch format {
	case "text":
		return slog.New(withRequest{slog.NewTextHandler(w, options)}), nil
	case "json":
		return slog.New(withRequest{slog.NewJSONHandler(w, options)}), nil
	}
	return nil, fmt.Errorf("set log format: want text or json")
}

// withRequest adds the request's id to every line that is logged with the request's context.
type withRequest struct{ slog.Handler }

func (h withRequest) Handle(ctx context.Context, record slog.Record) error {
	if id := RequestID(ctx); id != "" {
		record = record.Clone()
		record.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, record)
}

func (h withRequest) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withRequest{h.Handler.WithAttrs(attrs)}
}

func (h withRequest) WithGroup(name string) slog.Handler {
	return withRequest{h.Handler.WithGroup(name)}
}
