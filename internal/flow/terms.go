// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

// TermsSection is one section of the host's own terms, as it published them: shown beside a decision, never judged
// by the node.
type TermsSection struct {
	Key  string            // as people quote it, such as "4.2"
	Text map[string]string // by language
}

// In gives the text in the first of some languages that it exists in, and which that is. The terms are in force as they
// were published: a section that lacks all of them is shown in one it has.
func (s TermsSection) In(languages ...string) (text, language string) {
	for _, l := range languages {
		if text, ok := s.Text[l]; ok {
			return text, l
		}
	}
	for l, t := range s.Text {
		if language == "" || l < language {
			text, language = t, l
		}
	}
	return text, language
}
