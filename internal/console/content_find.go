// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
)

const (
	contentPath = "/search/content"
	// mostText is more than the longest text or address that anybody pastes.
	mostText = 1 << 20
	// maxFound bounds the body of a form with a file, with some room for what stands around it.
	maxFound = flow.MostFoundBytes + 2*mostText
)

// files are those in memory at the same time; others wait.
var files = make(chan struct{}, 2)

// findContent finds what is known of exactly one content. A file is read into memory, of which hashes are made; then it
// is forgotten, and so is a text: neither is shown again.
func (c *Console) findContent(w http.ResponseWriter, r *http.Request, who flow.Individual) error {
	ctx := r.Context()
	if err := c.Flow.MaySearch(who.Actor()); err != nil {
		return err
	}
	select {
	case files <- struct{}{}:
		defer func() { <-files }()
	case <-ctx.Done():
		return ctx.Err()
	}
	content, err := contentOf(r)
	if err != nil {
		return err
	}
	results := page.Results{States: stateChoices(ctx, ""), Content: page.Content{Asked: true, Address: content.Address, Hash: content.Hash}}
	found, err := c.Flow.FindContent(ctx, who.Actor(), content)
	if e, ok := errors.AsType[*tocsin.Error](err); ok && e.Code == tocsin.CodeInvalid {
		results.Content.Problem = page.Problem{Field: e.Field, Message: page.T(ctx, "content.problem."+e.Field)}
		return c.render(w, r, http.StatusUnprocessableEntity, page.Search(results))
	}
	if err != nil {
		return err
	}
	results.Content.Looked, results.More = found.Looked, found.More
	var ids []tocsin.RecordID
	for _, f := range found.Found {
		ids = append(ids, f.ID)
	}
	if results.Lines, err = c.Flow.Lines(ctx, who.Actor(), ids); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, page.Search(results))
}

// contentOf reads the form as it arrives, so that nothing of a file is written anywhere.
func contentOf(r *http.Request) (c flow.SoughtContent, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return c, badForm(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return c, badForm(err)
		}
		if err := readPart(&c, part); err != nil {
			return c, err
		}
	}
}

func readPart(c *flow.SoughtContent, part *multipart.Part) error {
	most := int64(mostText)
	if part.FormName() == "file" {
		most = flow.MostFoundBytes
	}
	text, err := io.ReadAll(io.LimitReader(part, most+1))
	if err != nil {
		return badForm(err)
	}
	if int64(len(text)) > most {
		return tocsin.Errorf(tocsin.CodeTooLarge, tocsin.RefusedTooLarge, "This is larger than what can be looked for.")
	}
	switch part.FormName() {
	case "text":
		c.Text = string(text)
	case "address":
		c.Address = string(text)
	case "hash":
		c.Hash = string(text)
	case "file":
		c.File = text
	}
	return nil
}
