// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin"
)

// fingerprint makes one up.
func fingerprint(fill byte) string {
	return string(tocsin.DigestOf([]byte{fill}))
}

func TestValidateNamesTheKeyAndNeverTheValue(t *testing.T) {
	t.Parallel()
	board := Platform{Callback: "http://127.0.0.1:1/canary", Resolve: "https://board.example/r", SecretFile: "s"}
	cases := []struct {
		name string
		set  func(*Config)
		key  string
	}{
		{"no party", func(c *Config) { c.Party = "" }, "party"},
		{"party with a space", func(c *Config) { c.Party = "a canary" }, "party"},
		{"no address", func(c *Config) { c.PublicURL = "" }, "public_url"},
		{"http beyond loopback", func(c *Config) { c.PublicURL = "http://canary.example" }, "public_url"},
		{"address with a path", func(c *Config) { c.PublicURL = "https://canary.example/sub" }, "public_url"},
		{"address with a query", func(c *Config) { c.PublicURL = "https://canary.example/?" }, "public_url"},
		{"address with a user", func(c *Config) { c.PublicURL = "https://canary@node.example" }, "public_url"},
		{"unparsable address", func(c *Config) { c.PublicURL = "https://canary\x7f" }, "public_url"},
		{"demonstration in public", func(c *Config) { c.Demonstration = true }, "demonstration"},
		{"demonstration listening to all", func(c *Config) {
			c.Demonstration, c.PublicURL, c.Listen.Public = true, "http://a.localhost:1", "0.0.0.0:1"
		}, "demonstration"},
		{"no data folder", func(c *Config) { c.DataDir = "" }, "data_dir"},
		{"no key folder", func(c *Config) { c.KeyDir = "" }, "key_dir"},
		{"keys among the data", func(c *Config) { c.DataDir, c.KeyDir = "canary", "canary/../canary/keys" }, "key_dir"},
		{"one folder for both", func(c *Config) { c.DataDir, c.KeyDir = "canary", "./canary" }, "key_dir"},
		{"data among the keys", func(c *Config) { c.DataDir, c.KeyDir = "canary/data", "canary" }, "data_dir"},
		{"no port", func(c *Config) { c.Listen.Public = "canary" }, "listen.public"},
		{"port too large", func(c *Config) { c.Listen.Public = "canary:65536" }, "listen.public"},
		{"one listener for both", func(c *Config) { c.Listen.Metrics = c.Listen.Public }, "listen.metrics"},
		{"metrics without port", func(c *Config) { c.Listen.Metrics = "canary" }, "listen.metrics"},
		{"other database", func(c *Config) { c.Database.URL = "mysql://canary" }, "database.url"},
		{"two databases", func(c *Config) {
			c.Database = Database{URL: "postgres://canary", URLFile: "canary"}
		}, "database.url_file"},
		{"threshold zero", func(c *Config) { c.Directory.Threshold = 0 }, "directory.threshold"},
		{"threshold out of reach", func(c *Config) {
			c.Directory = Directory{Threshold: 2, Publishers: []string{fingerprint(1)}}
		}, "directory.threshold"},
		{"no such blur", func(c *Config) { c.Wellness.Blur = 4 }, "wellness.blur"},
		{"breaks without work", func(c *Config) { c.Wellness.BreakAfter = time.Minute }, "wellness.break_after"},
		{"fewer than no views", func(c *Config) { c.Wellness.ViewsPerDay = -1 }, "wellness.views_per_day"},
		{"HMA without matching", func(c *Config) { c.Compat.HMA, c.Matching.Enabled = true, false }, "compat.hma"},
		{"asserted of nobody", func(c *Config) { c.Compat.HMAAssertions = []string{"=public"} }, "compat.hma_assertions"},
		{"asserted otherwise", func(c *Config) { c.Compat.HMAAssertions = []string{"canary=private"} },
			"compat.hma_assertions"},
		{"asserted twice", func(c *Config) {
			c.Compat.HMAAssertions = []string{"canary=public", "canary=reported"}
		}, "compat.hma_assertions"},
		{"files somewhere", func(c *Config) { c.Compat.HMAFiles = "canary" }, "compat.hma_files"},
		{"publisher twice", func(c *Config) {
			c.Directory = Directory{Threshold: 2, Publishers: []string{fingerprint(1), fingerprint(1)}}
		}, "directory.publishers"},
		{"no fingerprint", func(c *Config) { c.Directory.Publishers = []string{"canary"} }, "directory.publishers"},
		{"platform without secret", func(c *Config) { c.Platform = board; c.Platform.SecretFile = "" }, "platform.secret_file"},
		{"platform without resolver", func(c *Config) { c.Platform = board; c.Platform.Resolve = "" }, "platform.resolve"},
		{"platform in the clear", func(c *Config) {
			c.Platform = board
			c.Platform.Callback = "http://canary.example/c"
		}, "platform.callback"},
		{"platform at a public number", func(c *Config) {
			c.Platform = board
			c.Platform.Callback = "http://192.0.2.7/canary"
		}, "platform.callback"},
		{"automatic without platform", func(c *Config) { c.AutomaticExecution.Enabled = true }, "automatic_execution.enabled"},
		{"automatic without limit", func(c *Config) {
			c.AutomaticExecution.MaxPerHourPerIssuer = 0
		}, "automatic_execution.max_per_hour_per_issuer"},
		{"issuers never known", func(c *Config) {
			c.AutomaticExecution.TrustedFrom = 101
		}, "automatic_execution.trusted_from"},
		{"ratified too late", func(c *Config) {
			c.AutomaticExecution.RatifyWithin = 48 * time.Hour
		}, "automatic_execution.ratify_within"},
		{"alarm too late", func(c *Config) { c.DeliveryAlarmAfter = 2 * time.Hour }, "delivery_alarm_after"},
		{"nobody called", func(c *Config) { c.Duty.Alarms = nil }, "duty.alarms"},
		{"called after the hour", func(c *Config) { c.Duty.Alarms = []time.Duration{time.Hour} }, "duty.alarms"},
		{"alarms out of order", func(c *Config) {
			c.Duty.Alarms = []time.Duration{30 * time.Minute, 10 * time.Minute}
		}, "duty.alarms"},
		{"log format", func(c *Config) { c.Log.Format = "canary" }, "log.format"},
		{"log level", func(c *Config) { c.Log.Level = "canary" }, "log.level"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := valid()
			c.set(&cfg)
			err := cfg.Validate()
			if err == nil {
				t.Fatal("accepted")
			}
			named := false
			for line := range strings.Lines(err.Error()) {
				named = named || strings.HasPrefix(line, c.key+": ")
			}
			if !named || strings.Contains(err.Error(), "canary") {
				t.Errorf("want a message for %s without the value, got: %v", c.key, err)
			}
		})
	}
}

func TestValidateAcceptsWhatOperatorsNeed(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*Config){
		"loopback in the clear": func(c *Config) { c.PublicURL = "http://127.0.0.1:8420" },
		"six": func(c *Config) {
			c.PublicURL = "http://[::1]:8420/"
			c.Listen = Listen{Public: "[::1]:0", Metrics: "[::1]:0"}
		},
		"demonstration": func(c *Config) { c.Demonstration, c.PublicURL = true, "http://host.localhost:8420" },
		"platform on a private network": func(c *Config) {
			c.Platform = Platform{Callback: "http://board:8080/c", Resolve: "http://10.0.0.7/r", SecretFile: "s"}
			c.AutomaticExecution.Enabled = true
		},
		"postgres":       func(c *Config) { c.Database.URL = "postgres://127.0.0.1/garden" },
		"postgres file":  func(c *Config) { c.Database.URLFile = "/run/credentials/database" },
		"publishers":     func(c *Config) { c.Directory = Directory{2, []string{fingerprint(1), fingerprint(2)}} },
		"sibling prefix": func(c *Config) { c.DataDir, c.KeyDir = "tocsin", "tocsin-keys" },
	}
	for name, set := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := valid()
			set(&cfg)
			if err := cfg.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestKeyFolderBehindASymbolicLinkIsRefused(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "data", "inner"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "data", "inner"), filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	cfg := valid()
	cfg.DataDir, cfg.KeyDir = filepath.Join(root, "data"), filepath.Join(root, "link", "keys")
	if err := cfg.Validate(); err == nil {
		t.Error("keys reached the data folder through a link")
	}
}
