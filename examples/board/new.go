// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tocsin/examples/board/picture"
)

const (
	maxText = 1000 // characters
	maxAlt  = 300  // characters
	maxTags = 5
	// maxForm leaves room for the text fields beside a picture of the largest size.
	maxForm = picture.MaxUpload + 64<<10
)

// tagPattern is one tag: lower-case letters and digits of any script.
var tagPattern = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}-]{0,31}$`)

// newPage is the form for a new post, with what was typed when it comes back with an error.
type newPage struct {
	Error           string
	Text, Alt, Tags string
	Motif           string
	Motifs          []string
	Language        string
	Languages       []language
}

// language is one in which an author can choose to be told things.
type language struct{ Tag, Name string }

// languages are those; more cost nothing, because the node writes what is told.
var languages = []language{{"en", "English"}, {"fr", "Français"}, {"ar", "العربية"}}

func emptyForm() newPage {
	p := newPage{Motif: picture.Motifs[0].Name, Languages: languages}
	for _, m := range picture.Motifs {
		p.Motifs = append(p.Motifs, m.Name)
	}
	return p
}

func (b *Board) serveNew(w http.ResponseWriter, _ *http.Request) {
	b.renderForm(w, http.StatusOK, emptyForm())
}

func (b *Board) renderForm(w http.ResponseWriter, status int, p newPage) {
	b.render(w, status, cacheNever, "new", "New post", p)
}

// createPost stores a post and sends its author to the author link. Only the hash of its token is kept, so
// that the link cannot be shown again.
func (b *Board) createPost(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	form := emptyForm()
	if err := r.ParseMultipartForm(maxForm); err != nil {
		status := http.StatusBadRequest
		form.Error = "The form could not be read."
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			status, form.Error = http.StatusRequestEntityTooLarge, "The picture is larger than 4 MiB."
		}
		b.renderForm(w, status, form)
		return
	}
	defer r.MultipartForm.RemoveAll()
	form.Text, form.Alt = r.PostFormValue("text"), r.PostFormValue("alt")
	form.Tags, form.Motif = r.PostFormValue("tags"), r.PostFormValue("motif")
	form.Language = r.PostFormValue("language")

	token := newToken()
	id, err := b.addPost(r.Context(), form, r.MultipartForm.File["picture"], token)
	var refused picture.Error
	switch {
	case errors.As(err, &refused):
		form.Error = refused.Error()
		b.renderForm(w, http.StatusUnprocessableEntity, form)
	case err != nil:
		b.serveFailure(w, r, err)
	default:
		w.Header().Set("Cache-Control", cacheNever)
		http.Redirect(w, r, id.path()+"?"+url.Values{"author": {token}}.Encode(), http.StatusSeeOther)
	}
}

func (b *Board) addPost(ctx context.Context, form newPage, files []*multipart.FileHeader, token string) (
	id postID, err error,
) {
	p := post{PostedAt: b.now()}
	hash := sha256.Sum256([]byte(token))
	p.authorHash = hash[:]
	if p.Text, err = cleanText(form.Text, maxText, "Write a text of 1 to 1000 characters."); err != nil {
		return 0, err
	}
	if p.Tags, err = splitTags(form.Tags); err != nil {
		return 0, err
	}
	if p.Language = form.Language; !knownLanguage(p.Language) {
		return 0, picture.Error("Choose one of the languages, or none.")
	}
	pic, alt, err := b.choosePicture(ctx, form, files)
	if err != nil {
		return 0, err
	}
	if p.Alt, err = cleanText(alt, maxAlt, "Describe your picture in 1 to 300 characters."); err != nil {
		return 0, err
	}
	err = b.store.write(ctx, func(tx *sql.Tx) error {
		if id, err = insertPost(ctx, tx, p, pic); err != nil {
			return err
		}
		return willScreen(ctx, tx, id)
	})
	wake(b.posted)
	return id, err
}

func knownLanguage(tag string) bool {
	return tag == "" || slices.ContainsFunc(languages, func(l language) bool { return l.Tag == tag })
}

// choosePicture takes the uploaded file when there is one, and draws the chosen motif otherwise.
func (b *Board) choosePicture(ctx context.Context, form newPage, files []*multipart.FileHeader) (
	pic picture.Picture, alt string, err error,
) {
	select {
	case b.decoding <- struct{}{}:
		defer func() { <-b.decoding }()
	case <-ctx.Done():
		return picture.Picture{}, "", ctx.Err()
	}
	if len(files) == 1 && files[0].Size > 0 {
		data, err := readUpload(files[0])
		if err != nil {
			return picture.Picture{}, "", err
		}
		pic, err = picture.Read(data)
		return pic, form.Alt, err
	}
	m, ok := picture.FindMotif(form.Motif)
	if !ok || len(files) > 1 {
		return picture.Picture{}, "", picture.Error("Choose one drawing, or one file.")
	}
	if alt = form.Alt; strings.TrimSpace(alt) == "" {
		alt = m.Alt
	}
	pic, err = m.Draw(rand.Uint64())
	return pic, alt, err
}

func readUpload(header *multipart.FileHeader) ([]byte, error) {
	f, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// cleanText trims s, unifies its line ends and refuses control characters and wrong lengths with message.
func cleanText(s string, limit int, message picture.Error) (string, error) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	bad := strings.ContainsFunc(s, func(c rune) bool { return unicode.IsControl(c) && c != '\n' })
	if s == "" || bad || !utf8.ValidString(s) || utf8.RuneCountInString(s) > limit {
		return "", message
	}
	return s, nil
}

func splitTags(s string) (tags []string, err error) {
	seen := make(map[string]bool)
	for name := range strings.FieldsFuncSeq(strings.ToLower(s), func(c rune) bool {
		return unicode.IsSpace(c) || c == ',' || c == '#'
	}) {
		if !tagPattern.MatchString(name) {
			return nil, picture.Error("A tag is 1 to 32 letters, digits or hyphens.")
		}
		if !seen[name] {
			seen[name] = true
			tags = append(tags, name)
		}
	}
	if len(tags) > maxTags {
		return nil, picture.Error("A post has at most five tags.")
	}
	return tags, nil
}
