// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/internal/blob"
	"tocsin/internal/flow"
	"tocsin/internal/matcher"
	"tocsin/internal/media"
	"tocsin/match/pdq"
)

// TestMain lets this program be the child that decodes pictures.
func TestMain(m *testing.M) {
	if code, child := media.RunIfChild(); child {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// newMatchingLab is a lab whose node matches: with the index, the blobs and the decoder of a real one.
func newMatchingLab(t *testing.T, with ...func(*flow.Deps)) *lab {
	t.Helper()
	return newLab(t, append(with, func(d *flow.Deps) {
		blobs, err := blob.New(filepath.Join(t.TempDir(), "blobs"), blob.Options{})
		check(t, err)
		at := func(ctx context.Context, digest tocsin.Digest) (matcher.Blob, error) {
			f, err := blobs.At(ctx, digest)
			if err != nil {
				return nil, err
			}
			return f, nil
		}
		m, err := matcher.Open(filepath.Join(t.TempDir(), "index"), at, matcher.Options{})
		check(t, err)
		t.Cleanup(func() { check(t, m.Close()) })
		pictures, err := media.New(t.Context(), media.Options{Processes: 1})
		check(t, err)
		t.Cleanup(pictures.Close)
		d.Matcher, d.Blobs, d.Media = m, blobs, laboratory{pictures}
		d.Settings.Flood = flow.Flood{Floor: 5, Factor: 3}
		d.Settings.KeepHashesFor = 24 * time.Hour
	})...)
}

// laboratory computes fingerprints as a node does.
type laboratory struct{ pictures *media.Hasher }

func (l laboratory) Fingerprint(ctx context.Context, content []byte) ([]flow.Fingerprint, error) {
	file, err := media.Read(ctx, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	var prints []flow.Fingerprint
	for _, d := range file.Digests {
		prints = append(prints, flow.Fingerprint{Type: string(d.Algorithm()), Value: d.String()})
	}
	p, err := l.pictures.Picture(ctx, file.Data, media.Dihedral)
	if err != nil {
		return prints, err
	}
	own := flow.Fingerprint{Type: pdq.Name, Quality: p.Quality, Width: p.Width, Height: p.Height}
	if p.Quality >= pdq.MinQuality {
		own.Value = p.Hashes[0].String()
		for _, h := range p.Hashes[1:] {
			own.Rotated = append(own.Rotated, h.String())
		}
	}
	return append(prints, own), nil
}

// bank opens a bank and gives its id.
func (l *lab) bank(name string, change ...func(*api.BankBody)) tocsin.RecordID {
	l.t.Helper()
	body := api.BankBody{Name: name, Policy: "Pictures of kettles.", Polarity: tocsin.PolarityPositive,
		Marking: tocsin.MarkingGreen}
	for _, c := range change {
		c(&body)
	}
	var r api.Record
	l.want(http.StatusCreated, l.send("POST", "/banks", body)).read(l.t, &r)
	return r.ID
}

func negative(b *api.BankBody) { b.Polarity = tocsin.PolarityNegative }

// signal adds a signal to a bank and gives its id.
func (l *lab) signal(bank, signalType, value string) tocsin.RecordID {
	l.t.Helper()
	var r api.Record
	l.want(http.StatusCreated, l.send("POST", "/banks/"+bank+"/signals",
		api.NewSignal{Type: tocsin.SignalType(signalType), Value: value, Confidence: 80, Reference: "K-1",
			Labels: []string{"kettle"}})).read(l.t, &r)
	return r.ID
}

// screen asks about content that is public.
func (l *lab) screen(queries ...api.ScreenQuery) []api.ScreenAnswer {
	l.t.Helper()
	return l.screening(api.ScreenBody{Assertion: flow.AssertedPublic, Queries: queries})
}

func (l *lab) screening(body api.ScreenBody) []api.ScreenAnswer {
	l.t.Helper()
	var s api.Screened
	l.want(http.StatusOK, l.send("POST", "/screen", body)).read(l.t, &s)
	return s.Answers
}

// field is one part of a form.
type field struct {
	name, value string
	file        bool
}

func fields(pairs ...string) []field {
	var all []field
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, field{pairs[i], pairs[i+1], pairs[i] == "file"})
	}
	return all
}

// form sends a form and gives what came back.
func (l *lab) form(parts ...field) reply {
	l.t.Helper()
	body, kind := formBody(l.t, parts)
	return l.sendRaw("POST", "/screen", body, "Authorization", "Bearer "+l.token, "Content-Type", kind)
}

func formBody(t *testing.T, parts []field) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		begin := w.CreateFormField
		if p.file {
			begin = func(name string) (io.Writer, error) { return w.CreateFormFile(name, "kettle") }
		}
		to, err := begin(p.name)
		check(t, err)
		_, err = to.Write([]byte(p.value))
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes(), w.FormDataContentType()
}

// picture is a file of the decoder's tests.
func picture(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "media", "testdata", name))
	check(t, err)
	return string(content)
}

// hash is a hash of a picture that is far from those of other seeds, with its first bits turned over.
func hash(seed uint64, distance int) string {
	var h pdq.Hash
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range h {
		h[i] = byte(r.Uint32())
	}
	for i := range distance {
		h[i/8] ^= 1 << (i % 8)
	}
	return h.String()
}

const gardenText = "In the garden behind the old bridge somebody left a kettle that still holds water, and " +
	"every morning the sparrows come to drink from it before the gardener arrives with a longer " +
	"list of things to do than the day before, which he then reads aloud to the roses, the beans " +
	"and the bench beside the gate."

// proposals are the proposals of an answer with the values they are about.
func proposals(a api.ScreenAnswer) string {
	var all []string
	for _, m := range a.Matches {
		all = append(all, m.Bank.Name+":"+string(m.Type)+":"+string(m.Proposal))
	}
	return strings.Join(all, " ")
}

// flatPicture shows nothing.
func flatPicture(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	check(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 100, 100))))
	return b.String()
}
