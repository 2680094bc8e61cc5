// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
)

// TermsSection is one section of the host's own terms.
type TermsSection struct {
	Key  string
	Text map[string]string // by language
}

// Bounds of a file of terms.
const (
	maxTerms    = 2 << 20 // bytes
	maxSections = 500
	maxKey      = 60
	maxTermText = 20_000 // bytes of a section in one language
)

var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// Terms reads the sections of the host's own terms, in their order; none where no file is named. A mistake in the file
// is an error: half the terms would mislead whoever decides by them.
func (d Desk) Terms() ([]TermsSection, error) {
	if d.TermsFile == "" {
		return nil, nil
	}
	info, err := os.Stat(d.TermsFile)
	if err != nil {
		return nil, fmt.Errorf("desk.terms_file: %w", err)
	}
	if info.Size() > maxTerms {
		return nil, fmt.Errorf("desk.terms_file: larger than %d bytes", maxTerms)
	}
	text, err := os.ReadFile(d.TermsFile)
	if err != nil {
		return nil, fmt.Errorf("desk.terms_file: %w", err)
	}
	sections, err := parseTerms(text)
	if err != nil {
		return nil, fmt.Errorf("desk.terms_file: %w", err)
	}
	return sections, nil
}

func parseTerms(text []byte) ([]TermsSection, error) {
	file, err := yaml.Parser().Unmarshal(text)
	if err != nil {
		return nil, err
	}
	list, ok := file["sections"].([]any)
	if !ok || len(file) != 1 {
		return nil, errors.New("want one list, sections, and nothing else")
	}
	if len(list) == 0 || len(list) > maxSections {
		return nil, fmt.Errorf("want 1 to %d sections", maxSections)
	}
	seen := map[string]bool{}
	sections := make([]TermsSection, 0, len(list))
	for i, entry := range list {
		s, err := termsSection(entry)
		if err != nil {
			return nil, fmt.Errorf("section %d: %w", i+1, err)
		}
		if seen[s.Key] {
			return nil, fmt.Errorf("section %d: its key is there twice", i+1)
		}
		seen[s.Key] = true
		sections = append(sections, s)
	}
	return sections, nil
}

func termsSection(entry any) (TermsSection, error) {
	members, ok := entry.(map[string]any)
	if !ok {
		return TermsSection{}, errors.New("want a key and texts by language")
	}
	s := TermsSection{Text: map[string]string{}}
	for name, value := range members {
		text, ok := value.(string)
		text = strings.TrimSpace(text)
		switch {
		case !ok || text == "":
			return s, errors.New("a key or text is missing or is no text; put a number in quotes")
		case name == "key":
			s.Key = text
		case !languageForm.MatchString(name):
			return s, errors.New("a text stands under what is no language, such as en or fr")
		case len(text) > maxTermText:
			return s, fmt.Errorf("a text is longer than %d bytes", maxTermText)
		default:
			s.Text[name] = text
		}
	}
	if s.Key == "" || len(s.Key) > maxKey || len(s.Text) == 0 {
		return s, fmt.Errorf("want a key of at most %d bytes and a text", maxKey)
	}
	return s, nil
}
