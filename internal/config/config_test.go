// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/knadh/koanf/v2"
)

var update = flag.Bool("update", false, "rewrite the generated page")

// write puts a configuration file into a temporary folder.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tocsin.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// valid is the smallest configuration that Validate accepts.
func valid() Config {
	c := Default()
	c.Party, c.PublicURL = "garden", "https://node.example"
	return c
}

func TestExampleParsesToDefaults(t *testing.T) {
	t.Parallel()
	got, err := Parse(Source{File: write(t, Example())})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("example differs from the defaults (-want +got):\n%s", diff)
	}
	if err := valid().Validate(); err != nil {
		t.Errorf("defaults with a party and an address are refused: %v", err)
	}
}

func TestReferencePageIsFresh(t *testing.T) {
	t.Parallel()
	const page = "../../docs/config.md"
	if *update {
		if err := os.WriteFile(page, []byte(Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(stored), Reference()); diff != "" {
		t.Errorf("docs/config.md is stale; run go generate ./internal/config (-stored +now):\n%s", diff)
	}
}

func TestEveryKeyIsDocumentedOnceAndHasItsOwnVariable(t *testing.T) {
	t.Parallel()
	var documented []string
	variables := map[string]bool{}
	for _, f := range Fields() {
		documented = append(documented, f.Key)
		if f.Doc == "" || !strings.HasSuffix(f.Doc, ".") {
			t.Errorf("%s: the explanation must be a sentence", f.Key)
		}
		if variables[f.Env()] {
			t.Errorf("%s: variable %s belongs to two keys", f.Key, f.Env())
		}
		variables[f.Env()] = true
		if otherVariable(f.Env()) {
			t.Errorf("%s: variable %s is taken for something else", f.Key, f.Env())
		}
		if head, _, nested := strings.Cut(f.Key, "."); nested && sections[head] == "" {
			t.Errorf("%s: its section has no explanation", f.Key)
		}
	}
	var known []string
	for key := range schema {
		known = append(known, key)
	}
	slices.Sort(known)
	slices.Sort(documented)
	if diff := cmp.Diff(known, documented); diff != "" {
		t.Errorf("keys of the struct and of the table differ (-struct +table):\n%s", diff)
	}
}

func TestFlagsOverrideVariablesOverrideFile(t *testing.T) {
	t.Parallel()
	file := write(t, "party: pty_file\nlog:\n  level: warn\n  format: json\nduty:\n  alarms: [5m]\n")
	got, err := Parse(Source{
		File: file,
		Environ: []string{
			"PATH=/bin", "TOCSIN_LOG_LEVEL=error", "TOCSIN_PARTY=pty_env", "TOCSIN_DEMONSTRATION=true",
			"TOCSIN_AUTOMATIC_EXECUTION_MAX_PER_HOUR_PER_ISSUER=7", "TOCSIN_DIRECTORY_PUBLISHERS=aaa, bbb",
			"TOCSIN_CONFIG=elsewhere", "TOCSIN_TEST_POSTGRES=postgres://…", "TOCSIN_SOAK=3",
			"TOCSIN_INTEROP=peers",
		},
		Flags: map[string]string{"party": "pty_flag", "delivery_alarm_after": "20m"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Party = "pty_flag"
	want.Log = Log{Format: "json", Level: "error"}
	want.Duty.Alarms = []time.Duration{5 * time.Minute}
	want.Demonstration = true
	want.AutomaticExecution.MaxPerHourPerIssuer = 7
	want.Directory.Publishers = []string{"aaa", "bbb"}
	want.DeliveryAlarmAfter = 20 * time.Minute
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wrong precedence (-want +got):\n%s", diff)
	}
}

func TestUnknownKeyIsRefusedAndNamesTheNearest(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		src  func(t *testing.T) Source
		want string
	}{
		{"in the file", func(t *testing.T) Source { return Source{File: write(t, "data_dirr: x\n")} }, `"data_dir"`},
		{"in a section", func(t *testing.T) Source {
			return Source{File: write(t, "automatic_execution:\n  enable: true\n")}
		}, `"automatic_execution.enabled"`},
		{"at the wrong level", func(t *testing.T) Source { return Source{File: write(t, "level: info\n")} }, `"log.level"`},
		{"in another case", func(t *testing.T) Source { return Source{File: write(t, "Party: x\n")} }, `"party"`},
		{"dotted in the file", func(t *testing.T) Source {
			return Source{File: write(t, "unheard.of: {a: 1}\n")}
		}, "unknown key"},
		{"a variable", func(*testing.T) Source {
			return Source{Environ: []string{"TOCSIN_LISTEN_PUBLC=127.0.0.1:1"}}
		}, `"TOCSIN_LISTEN_PUBLIC"`},
		{"a flag", func(*testing.T) Source { return Source{Flags: map[string]string{"log.levle": "info"}} }, `"log.level"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(c.src(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v does not hold %s", err, c.want)
			}
		})
	}
}

func TestWrongTypeIsRefusedWithoutShowingTheValue(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"number as duration":      "delivery_alarm_after: 424242\n",
		"text as duration":        "delivery_alarm_after: canary\n",
		"number as text":          "party: 424242\n",
		"text as number":          "directory: {threshold: canary}\n",
		"fraction as number":      "directory: {threshold: 1.424242}\n",
		"text as bool":            "demonstration: canary\n",
		"number as bool":          "demonstration: 424242\n",
		"text as list":            "duty: {alarms: canary}\n",
		"list of wrong type":      "duty: {alarms: [424242]}\n",
		"list with an empty":      "directory: {publishers: [canary, null]}\n",
		"key without value":       "party:\n",
		"section as text":         "log: canary\n",
		"key as section":          "data_dir: {canary: canary}\n",
		"key twice":               "party: canary\nparty: canary\n",
		"second document":         "party: canary\n---\nparty: canary\n",
		"list instead of mapping": "- canary\n",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(Source{File: write(t, text)})
			if err == nil {
				t.Fatal("accepted")
			}
			shown := strings.ReplaceAll(err.Error(), "data_dir.canary", "")
			if strings.Contains(shown, "canary") || strings.Contains(shown, "424242") {
				t.Errorf("the error shows the value: %v", err)
			}
		})
	}
}

func TestEmptySectionKeepsDefaults(t *testing.T) {
	t.Parallel()
	got, err := Parse(Source{File: write(t, "---\n# all of it commented out\nplatform:\nlog: {}\n")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
}

func TestUnreadableFileIsRefused(t *testing.T) {
	t.Parallel()
	large := write(t, "#"+strings.Repeat("x", maxFile)+"\n")
	for _, path := range []string{filepath.Join(t.TempDir(), "absent.yaml"), t.TempDir(), large} {
		if _, err := Load(Source{File: path}); err == nil {
			t.Errorf("%s accepted", filepath.Base(path))
		}
	}
}

func TestSecretsAreReadFromTheirFilesAndNeverShown(t *testing.T) {
	t.Parallel()
	secret := write(t, "whsec_Y2FuYXJ5\n")
	if got, err := (Platform{SecretFile: secret}).Secret(); err != nil || got != "whsec_Y2FuYXJ5" {
		t.Errorf("secret: %q, %v", got, err)
	}
	address := write(t, "postgres://gardener:canary@127.0.0.1/garden\n")
	got, err := (Database{URLFile: address}).PostgresURL()
	if err != nil || !strings.HasPrefix(got, "postgres://") || strings.HasSuffix(got, "\n") {
		t.Errorf("address: %v", err)
	}
	for name, text := range map[string]string{
		"empty": "\n", "two lines": "whsec_a\nwhsec_canary\n", "no secret": "canary", "long": strings.Repeat("x", 5000),
	} {
		path := write(t, text)
		_, errSecret := Platform{SecretFile: path}.Secret()
		_, errURL := Database{URLFile: path}.PostgresURL()
		for _, err := range []error{errSecret, errURL} {
			if err == nil || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if got, err := (Database{}).PostgresURL(); got != "" || err != nil {
		t.Errorf("no database set: %q, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(Example()))
	f.Add([]byte("party: x\nlog: {level: debug}\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("---\n---\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k := koanf.New(".")
		if err := loadYAML(k, "fuzz", text); err != nil {
			return
		}
		cfg := Default()
		if err := k.Unmarshal("", &cfg); err != nil {
			t.Errorf("a file with the right types does not decode: %v", err)
		}
		_ = cfg.Validate()
	})
}
