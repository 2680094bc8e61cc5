// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync/atomic"
	"testing"

	"tocsin/internal/api"
)

// TestImportTellsHowManySignalsItTook to whoever asks, and to nobody else.
func TestImportTellsHowManySignalsItTook(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	l.bank("GARDENS")
	var list strings.Builder
	for i := range 25_000 {
		fmt.Fprintf(&list, "md5 %032x\n", i+1)
	}
	for asked, want := range map[string]bool{"rows": true, "": false, "bytes": false} {
		var told atomic.Value
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
				told.CompareAndSwap(nil, fmt.Sprintf("%d %s", code, h.Get(api.HeaderRows)))
				return nil
			}})
		req, err := http.NewRequestWithContext(ctx, http.MethodPost,
			l.url+"/banks/GARDENS/imports?format=local_file&dry_run=true", strings.NewReader(list.String()))
		check(t, err)
		req.Header.Set("Authorization", "Bearer "+l.token)
		if asked != "" {
			req.Header.Set(api.HeaderProgress, asked)
		}
		resp, err := http.DefaultClient.Do(req)
		check(t, err)
		check(t, resp.Body.Close())
		if resp.StatusCode != http.StatusOK || resp.Header.Get(api.HeaderRows) != "" {
			t.Errorf("asked for %q: %d %v", asked, resp.StatusCode, resp.Header)
		}
		if got, _ := told.Load().(string); (got == "102 10000") != want || got != "" && !want {
			t.Errorf("asked for %q, told %q", asked, got)
		}
	}
}
