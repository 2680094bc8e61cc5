// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
)

// Source is where a configuration comes from. Later ones override earlier ones: file, environment, flags.
type Source struct {
	// File is the path of the YAML file; empty means there is none.
	File string
	// Environ is the environment as os.Environ gives it; only TOCSIN_… variables are looked at.
	Environ []string
	// Flags are the dotted keys that were set on the command line, with their text.
	Flags map[string]string
}

// maxFile bounds the file: a configuration is a page, and a mistaken path may name something endless.
const maxFile = 1 << 20

const envPrefix = "TOCSIN_"

// envOthers are variables with our prefix that are no configuration: the path of the file itself, and what
// the tests are told about the machine.
var envOthers = []string{"TOCSIN_CONFIG", "TOCSIN_INTEROP", "TOCSIN_SOAK", "TOCSIN_TEST_"}

// Load reads all sources and refuses what Validate refuses.
func Load(src Source) (Config, error) {
	cfg, err := Parse(src)
	if err != nil {
		return Config{}, err
	}
	if err := cfg.Validate(); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// Parse reads all sources over the defaults. It checks names and types; Validate checks meaning.
func Parse(src Source) (Config, error) {
	k := koanf.New(".")
	var problems []error
	if src.File != "" {
		problems = append(problems, loadFile(k, src.File))
	}
	problems = append(problems, loadEnviron(k, src.Environ), loadFlags(k, src.Flags))
	if err := errors.Join(problems...); err != nil {
		return Config{}, fmt.Errorf("read configuration: %w", err)
	}
	cfg := Default()
	if err := k.Unmarshal("", &cfg); err != nil {
		// Every value was brought to its type before; the decoder's own message could quote one.
		return Config{}, errors.New("read configuration: a value does not fit its key")
	}
	return cfg, nil
}

// document hands bytes that we read ourselves to the YAML parser.
type document []byte

func (d document) ReadBytes() ([]byte, error)    { return d, nil }
func (d document) Read() (map[string]any, error) { return nil, errors.ErrUnsupported }

func loadFile(k *koanf.Koanf, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("open configuration file: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return fmt.Errorf("open configuration file %s: not a regular file of at most 1 MiB", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("open configuration file: %w", err)
	}
	return loadYAML(k, path, text)
}

func loadYAML(k *koanf.Koanf, name string, text []byte) error {
	if severalDocuments(text) {
		return fmt.Errorf("%s: more than one YAML document; only the first would count", name)
	}
	file := koanf.New(".")
	if err := file.Load(document(text), yaml.Parser()); err != nil {
		return fmt.Errorf("%s: not readable as YAML: %w", name, err)
	}
	var problems []error
	values := map[string]any{}
	for key, value := range file.All() {
		typed, err := fromFile(key, value)
		switch {
		case errors.Is(err, errEmptySection):
		case err != nil:
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		default:
			values[key] = typed
		}
	}
	problems = append(problems, k.Load(confmap.Provider(values, "."), nil))
	return errors.Join(problems...)
}

// severalDocuments reports a "---" that comes after content.
func severalDocuments(text []byte) bool {
	content := false
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, " \t\r\n")
		switch {
		case len(line) == 0 || line[0] == '#':
		case bytes.Equal(line, []byte("---")) || bytes.HasPrefix(line, []byte("--- ")):
			if content {
				return true
			}
			content = true
		default:
			content = true
		}
	}
	return false
}

func loadEnviron(k *koanf.Koanf, environ []string) error {
	keys := map[string]string{}
	for key := range schema {
		keys[envName(key)] = key
	}
	var problems []error
	provider := env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, text string) (string, any) {
			key, known := keys[name]
			if !known {
				if !otherVariable(name) {
					problems = append(problems, unknown("variable", name, keys))
				}
				return "", nil
			}
			value, err := fromText(key, text)
			if err != nil {
				problems = append(problems, fmt.Errorf("variable %s: %w", name, err))
				return "", nil
			}
			return key, value
		},
	})
	problems = append(problems, k.Load(provider, nil))
	return errors.Join(problems...)
}

func otherVariable(name string) bool {
	for _, other := range envOthers {
		if name == other || strings.HasSuffix(other, "_") && strings.HasPrefix(name, other) {
			return true
		}
	}
	return false
}

func loadFlags(k *koanf.Koanf, flags map[string]string) error {
	values := map[string]any{}
	var problems []error
	for key, text := range flags {
		value, err := fromText(key, text)
		if err != nil {
			problems = append(problems, fmt.Errorf("flag: %w", err))
			continue
		}
		values[key] = value
	}
	problems = append(problems, k.Load(confmap.Provider(values, "."), nil))
	return errors.Join(problems...)
}

func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}
