// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"strings"
	"time"

	"tocsin/internal/flow"
)

// text is what a person reads: what it is about, a reference, when, and where.
type text struct {
	title string
	lines []string
	link  string
	after string // behind the link; may be empty
}

// words puts a message into the language of its reader. Nothing in it was written by anybody but us.
func (s *Service) words(m flow.Message) text {
	l := s.Words.Localizer(m.Language, "")
	topic := l.T("alert.topic." + string(m.Topic))
	t := text{link: s.Node.JoinPath("/alerts/" + string(m.Alert)).String()}
	if m.Topic == flow.TopicTest {
		t.title, t.link = topic, s.Node.JoinPath("/alerts").String()
		return t
	}
	reference := string(m.About)
	if reference == "" {
		reference = string(m.Alert)
	}
	if m.Handled {
		t.title = l.T("alert.message.handled_title", "Topic", topic)
		t.lines = []string{l.T("alert.message.reference", "Reference", reference), l.T("alert.message.handled")}
		return t
	}
	t.title = topic
	t.lines = []string{l.T("alert.message.reference", "Reference", reference)}
	if m.Deadline != nil {
		t.lines = append(t.lines, l.T("alert.message.due", "Time", moment(*m.Deadline, m.Zone)))
	}
	if m.Urgent {
		t.lines = append(t.lines, l.T("alert.message.acknowledge"))
	}
	return t
}

func (t text) body() string {
	lines := append(t.lines, t.link)
	if t.after != "" {
		lines = append(lines, "", t.after)
	}
	return strings.Join(lines, "\n") + "\n"
}

// moment writes a time so that nobody has to guess its zone: the hour is told in the reader's and in UTC.
func moment(at time.Time, zone string) string {
	const form = "2006-01-02 15:04"
	universal := at.UTC().Format(form) + " UTC"
	if zone == "" || zone == "UTC" || zone == "Local" {
		return universal
	}
	there, err := time.LoadLocation(zone)
	if err != nil {
		return universal
	}
	return at.In(there).Format(form) + " " + zone + " (" + universal + ")"
}
