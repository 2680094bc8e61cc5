// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"

	"tocsin/internal/flow"
)

// WriteTo mails somebody who gave a notice: one attempt.
func (s *Service) WriteTo(ctx context.Context, m flow.NoticeMail) error {
	if s.Mail == nil {
		return never(ReasonNotConfigured)
	}
	message, err := s.envelope(m.Address, m.Key, string(m.Reference), s.tidings(m))
	if err != nil {
		return err
	}
	return s.post(ctx, message)
}

// tidings puts a mail into the language of the notice. Nothing in it was written by anybody but us, and nothing in it
// is from the notice or the decision: whose the address is, nobody checked.
func (s *Service) tidings(m flow.NoticeMail) text {
	l := s.Words.Localizer(m.Language, "")
	t := text{title: l.T("mail.title." + string(m.Tidings)), link: m.Page, lines: []string{
		l.T("mail.says." + string(m.Tidings)),
		l.T("alert.message.reference", "Reference", string(m.Reference)),
		l.T("mail.at", "Time", moment(m.At, "")),
	}}
	if m.Until != nil {
		t.lines = append(t.lines, l.T("mail.until", "Time", moment(*m.Until, "")))
	}
	if m.Tidings == flow.TidingsOutcome || m.Tidings == flow.TidingsSecond {
		t.lines = append(t.lines, l.T("public.remedies.title"))
		if m.Tidings == flow.TidingsOutcome {
			t.lines = append(t.lines, "- "+l.T("public.remedies.complaint"))
		}
		t.lines = append(t.lines, "- "+l.T("public.remedies.settlement"), "- "+l.T("public.remedies.court"))
	}
	t.lines = append(t.lines, l.T("mail.page"))
	t.after = l.T("mail.stranger")
	return t
}
