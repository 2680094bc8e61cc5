// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package telemetry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"
)

// logged returns what one line looks like in both formats.
func logged(t *testing.T, message string, attrs ...any) string {
	t.Helper()
	var out bytes.Buffer
	for _, format := range []string{"text", "json"} {
		log, err := NewLogger(&out, format, "debug")
		if err != nil {
			t.Fatal(err)
		}
		log.Info(message, attrs...)
		log.With(attrs...).WithGroup("group").Info(message, attrs...)
	}
	return out.String()
}

type orderID string

type document struct{ Text string }

func (d document) LogValue() slog.Value { return slog.StringValue(d.Text) }

func TestCanaryNeverReachesALogLine(t *testing.T) {
	t.Parallel()
	long := "the canary sang in the garden beside the old iron bridge for an hour"
	inner := &url.Error{Op: "Get", URL: "https://board.example/canary", Err: errors.New("refused")}
	cases := map[string]any{
		"address":              "https://board.example/canary",
		"address in a text":    "see http://board.example/canary now",
		"upper case":           "HTTPS://BOARD.EXAMPLE/canary",
		"without scheme":       "board.example/canary",
		"with port":            "board.example:8080/canary",
		"query only":           "board.example?canary",
		"www":                  "www.canary.example",
		"percent-encoded":      "https%3A%2F%2Fboard.example%2Fcanary",
		"escaped":              `https:\/\/board.example\/canary`,
		"defanged scheme":      "hxxps://board.example/canary",
		"defanged dots":        "canary[.]example",
		"other defanged dots":  "canary(dot)example",
		"mail":                 "canary@board.example",
		"data address":         "data:text/plain,canary",
		"magnet":               "magnet:?xt=canary",
		"other alphabet":       "пример.example/canary",
		"punycode":             "xn--canary-9za.example",
		"long text":            long,
		"long word":            strings.Repeat("canary", 20),
		"named text":           orderID("https://board.example/canary"),
		"bytes":                []byte("canary"),
		"structure":            struct{ Text string }{"canary"},
		"pointer":              &document{Text: "canary " + long},
		"log valuer":           document{Text: "https://board.example/canary"},
		"map":                  map[string]string{"canary": "canary"},
		"list":                 []string{"canary"},
		"parsed address":       inner,
		"address by reference": &url.URL{Scheme: "https", Host: "board.example", Path: "/canary"},
		"wrapped":              fmt.Errorf("fetch item: %w", inner),
		"quoted in an error":   fmt.Errorf("parse reasons: unexpected %q", "canary"),
		"escaped quote":        fmt.Errorf("parse reasons: unexpected %q", `a "canary" b`),
		"unfinished quote":     errors.New(`parse reasons: unexpected "canary`),
		"host in an error":     fmt.Errorf("look up host: %w", &net.DNSError{Err: "no such host", Name: "canary.example"}),
		"bare host":            errors.New("certificate is valid for canary.example, not for another"),
	}
	for name, value := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if line := logged(t, "item fetched", "value", value, slog.Group("inner", "value", value)); strings.Contains(line, "canary") {
				t.Errorf("came out: %s", line)
			}
		})
	}
	if line := logged(t, "fetched https://board.example/canary at last"); strings.Contains(line, "canary") {
		t.Errorf("came out in a message: %s", line)
	}
}

func TestOtherPeoplesNetworkAddressesAreHidden(t *testing.T) {
	t.Parallel()
	for _, hidden := range []string{"192.0.2.7", "192.0.2.7:443", "2001:db8::7", "[2001:db8::7]:443"} {
		for _, value := range []any{hidden, errors.New("dial tcp " + hidden + ": i/o timeout")} {
			if line := logged(t, "dialled "+hidden, "value", value); strings.Contains(line, hidden) {
				t.Errorf("%s came out: %s", hidden, line)
			}
		}
	}
	for _, shown := range []string{"127.0.0.1:8420", "[::1]:8420", "0.0.0.0:8420", "10.0.0.7"} {
		if line := logged(t, "listening", "value", shown); strings.Count(line, shown) != 6 {
			t.Errorf("%s is hidden though it is this machine's: %s", shown, line)
		}
	}
}

func TestWhatOperatorsNeedPasses(t *testing.T) {
	t.Parallel()
	cases := map[string]any{
		"ord_abcdefghijklmnopqrstuvwxyz":   "ord_abcdefghijklmnopqrstuvwxyz",
		"evt_abcdefghijklmnopqrstuvwxyz":   orderID("evt_abcdefghijklmnopqrstuvwxyz"),
		"tocsin.item.restricted":           "tocsin.item.restricted",
		"GET /orders/{id}":                 "GET /orders/{id}",
		"GET /.well-known/tocsin":          "GET /.well-known/tocsin",
		"4242":                             4242,
		"true":                             true,
		"1.5s":                             1500 * time.Millisecond,
		"2026-02-03T04:05:06":              time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
		"open tocsin.db: permission":       errors.New("open tocsin.db: permission denied"),
		"dial tcp 127.0.0.1:8420: refused": errors.New("dial tcp 127.0.0.1:8420: refused"),
		"04:05:06":                         "04:05:06",
		"v1.2.3":                           "v1.2.3",
	}
	for want, value := range cases {
		line := logged(t, "order sent", "value", value)
		if want == "1.5s" {
			line = strings.ReplaceAll(line, "1500000000", "1.5s") // how JSON writes a duration
		}
		if strings.Count(line, want) != 6 || strings.Count(line, "order sent") != 4 {
			t.Errorf("%s was cut: %s", want, line)
		}
	}
}

func TestLoggerRefusesUnknownFormatAndLevel(t *testing.T) {
	t.Parallel()
	if _, err := NewLogger(&bytes.Buffer{}, "xml", "info"); err == nil {
		t.Error("format accepted")
	}
	if _, err := NewLogger(&bytes.Buffer{}, "text", "loud"); err == nil {
		t.Error("level accepted")
	}
	var out bytes.Buffer
	log, err := NewLogger(&out, "text", "warn")
	if err != nil {
		t.Fatal(err)
	}
	log.InfoContext(context.Background(), "too quiet")
	if out.Len() > 0 {
		t.Error("the level is not kept")
	}
}

func FuzzRedactionHidesAddresses(f *testing.F) {
	f.Add("see ", " now")
	f.Add("\"", "\"")
	f.Add("((", "\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		// The address stands alone as a word, whatever surrounds it.
		text := before + " https://board.example/canary " + after
		for _, shown := range []string{token(text), sentence(text), errorText(errors.New(text))} {
			if strings.Contains(shown, "/canary") && !strings.Contains(before+after, "/canary") {
				t.Errorf("came out: %q", shown)
			}
		}
	})
}
