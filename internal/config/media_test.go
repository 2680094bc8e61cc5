// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/config"
)

// TestMediaHaveAnOriginOfTheirOwn: another host name, or on loopback another port.
func TestMediaHaveAnOriginOfTheirOwn(t *testing.T) {
	t.Parallel()
	with := func(change func(*config.Config)) error {
		c := config.Default()
		c.Party, c.PublicURL = "ie-host", "https://node.host.example"
		c.Platform = config.Platform{Callback: "http://127.0.0.1:1/c", Resolve: "http://127.0.0.1:1/r", SecretFile: "secret"}
		c.Media.Listen, c.Media.PublicURL = "127.0.0.1:8430", "https://media.host.example"
		change(&c)
		return c.Validate()
	}
	for name, c := range map[string]struct {
		change func(*config.Config)
		key    string
	}{
		"another host":  {func(*config.Config) {}, ""},
		"off":           {func(c *config.Config) { c.Media.Listen, c.Media.PublicURL = "", "" }, ""},
		"pinned origin": {func(c *config.Config) { c.Media.Origins = []string{"http://store:9000"} }, ""},
		"loopback port": {func(c *config.Config) {
			c.PublicURL, c.Media.PublicURL = "http://localhost:8420", "http://localhost:8430"
		}, ""},
		"same host":   {func(c *config.Config) { c.Media.PublicURL = "https://node.host.example:8443" }, "media.public_url"},
		"same origin": {func(c *config.Config) { c.Media.PublicURL = "https://NODE.host.example" }, "media.public_url"},
		"same loopback": {func(c *config.Config) {
			c.PublicURL, c.Media.PublicURL = "http://localhost:8420", "http://localhost:8420"
		}, "media.public_url"},
		"plain http":        {func(c *config.Config) { c.Media.PublicURL = "http://media.host.example" }, "media.public_url"},
		"path":              {func(c *config.Config) { c.Media.PublicURL += "/media" }, "media.public_url"},
		"no address":        {func(c *config.Config) { c.Media.PublicURL = "" }, "media.public_url"},
		"address alone":     {func(c *config.Config) { c.Media.Listen = "" }, "media.public_url"},
		"same listener":     {func(c *config.Config) { c.Media.Listen = c.Listen.Public }, "media.listen"},
		"no platform":       {func(c *config.Config) { c.Platform = config.Platform{} }, "media.listen"},
		"origin with path":  {func(c *config.Config) { c.Media.Origins = []string{"https://store.example/m"} }, "media.origins"},
		"origin of nothing": {func(c *config.Config) { c.Media.Origins = []string{"store.example"} }, "media.origins"},
	} {
		err := with(c.change)
		if c.key == "" && err != nil || c.key != "" && (err == nil || !strings.Contains(err.Error(), c.key+": ")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTermsAreReadStrictly(t *testing.T) {
	t.Parallel()
	read := func(text string) ([]config.TermsSection, error) {
		path := filepath.Join(t.TempDir(), "terms.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return config.Desk{TermsFile: path}.Terms()
	}
	got, err := read("sections:\n  - key: \"4.2\"\n    en: Kettles stay at home.\n    fr: Les bouilloires restent chez elles.\n" +
		"  - key: Rule 5\n    en: No bridges.\n")
	want := []config.TermsSection{{Key: "4.2", Text: map[string]string{"en": "Kettles stay at home.",
		"fr": "Les bouilloires restent chez elles."}}, {Key: "Rule 5", Text: map[string]string{"en": "No bridges."}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err := (config.Desk{}).Terms(); err != nil || got != nil {
		t.Errorf("without a file: %v, %v", got, err)
	}
	if _, err := (config.Desk{TermsFile: filepath.Join(t.TempDir(), "none")}).Terms(); err == nil {
		t.Error("a file that is not there is no terms")
	}
	for _, text := range []string{
		"", "sections: []\n", "terms: []\n", "sections:\n  - key: a\n    en: b\nmore: 1\n", "sections:\n  - en: b\n",
		"sections:\n  - key: a\n", "sections:\n  - key: 4.2\n    en: b\n", "sections:\n  - key: a\n    English: b\n",
		"sections:\n  - key: a\n    en: \"\"\n", "sections:\n  - a\n", "sections:\n  - key: a\n    en: b\n  - key: a\n    en: c\n",
		"sections:\n  - key: a\n    en: " + strings.Repeat("b", 20_001) + "\n", "sections:\n  - key: a\n    en:\n      - b\n",
	} {
		if got, err := read(text); err == nil {
			t.Errorf("%.60q: taken for %v", text, got)
		}
	}
}
