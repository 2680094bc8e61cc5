// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"tocsin/cmd/tocsin/internal/remote"
	"tocsin/internal/api"
	"tocsin/internal/flow"
)

// atNode asks the running node. What needs no file goes in calls of many.
func (m *matching) atNode(ctx context.Context, things []thing) error {
	client, err := m.p.remote()
	if err != nil {
		return err
	}
	for len(things) > 0 {
		if things[0].file {
			if err := m.sendFile(ctx, client, things[0].what); err != nil {
				return err
			}
			things = things[1:]
			continue
		}
		n, queries := 0, []api.ScreenQuery{}
		for n < len(things) && !things[n].file && len(queries)+len(things[n].queries) <= flow.MostPieces {
			queries = append(queries, things[n].queries...)
			n++
		}
		if err := m.ask(ctx, client, things[:n], queries); err != nil {
			return err
		}
		things = things[n:]
	}
	return nil
}

// ask looks up things that are no files.
func (m *matching) ask(ctx context.Context, client *remote.Client, things []thing,
	queries []api.ScreenQuery) error {
	body := api.ScreenBody{Assertion: flow.Assertion(m.flags.assertion), Queries: queries, Banks: m.flags.banks,
		Every: m.flags.every}
	var s api.Screened
	if err := client.Call(ctx, http.MethodPost, "/screen", nil, body, &s); err != nil {
		return err
	}
	if len(s.Answers) != len(queries) {
		return fmt.Errorf("the node answered %d of %d queries", len(s.Answers), len(queries))
	}
	for _, t := range things {
		e := lookedUp[api.Match]{What: t.what}
		for _, a := range s.Answers[:len(t.queries)] {
			take(&e, a)
		}
		s.Answers = s.Answers[len(t.queries):]
		if err := tell(m, e, printMatch); err != nil {
			return err
		}
	}
	return nil
}

// sendFile has the node examine a file. One that cannot be read here is reported like one that it cannot
// examine.
func (m *matching) sendFile(ctx context.Context, client *remote.Client, name string) error {
	e := lookedUp[api.Match]{What: name}
	content, err := contentOf(name)
	if err != nil {
		e.Error = m.p.failureOf(err)
		return tell(m, e, printMatch)
	}
	body, contentType, err := m.form(name, content)
	if err != nil {
		return err
	}
	var s api.Screened
	if err := client.Send(ctx, "/screen", nil, body, contentType, &s, nil); err != nil {
		return err
	}
	if len(s.Answers) != 1 {
		return fmt.Errorf("the node answered %d times about one file", len(s.Answers))
	}
	take(&e, s.Answers[0])
	return tell(m, e, printMatch)
}

// form is a file as the node takes it: the fields first.
func (m *matching) form(name string, content []byte) (io.Reader, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	fields := [][2]string{{"assertion", m.flags.assertion}}
	for _, bank := range m.flags.banks {
		fields = append(fields, [2]string{"banks", bank})
	}
	if m.flags.every {
		fields = append(fields, [2]string{"every", "true"})
	}
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			return nil, "", fmt.Errorf("write form: %w", err)
		}
	}
	part, err := w.CreateFormFile("file", "file") // the name of the file stays here
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, "", fmt.Errorf("write form: %w", err)
	}
	return &b, w.FormDataContentType(), nil
}

// take adds an answer of the node to what is known of a thing.
func take(e *lookedUp[api.Match], a api.ScreenAnswer) {
	e.Fingerprints = append(e.Fingerprints, a.Fingerprints...)
	e.Matches = append(e.Matches, a.Matches...)
	e.More = e.More || a.More
	if a.Error != nil && e.Error == nil {
		e.Error = &failure{Exit: exitFailed, Code: a.Error.Code, Reason: a.Error.Reason, Message: a.Error.Detail}
	}
}

// printMatch prints a match for people, the proposal first.
func printMatch(w io.Writer, match api.Match) {
	disputed := ""
	if match.Disputed {
		disputed = ", disputed"
	}
	fmt.Fprintf(w, "  %s%s\t%s\t%s\tdistance %d of %d\n", match.Proposal, disputed, match.Bank.Name, match.Type,
		match.Distance, match.Threshold)
	printProvenance(w, match.Provenance)
	printWhy(w, match.Why)
}
