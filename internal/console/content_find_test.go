// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"

	"tocsin"
)

// sends posts the form of the search by content; a field named file is a file.
func (p *person) sends(path string, fields map[string]string) answer {
	p.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		part, err := form.CreateFormField(name)
		if name == "file" {
			part, err = form.CreateFormFile(name, "picture.png")
		}
		check(p.t, err)
		_, err = part.Write([]byte(value))
		check(p.t, err)
	}
	check(p.t, form.Close())
	req := p.request(http.MethodPost, path, &body)
	req.Header.Set("Content-Type", form.FormDataContentType())
	return p.do(req)
}

// TestContentIsFoundByItsHashTextAddressAndFile, and by nothing that only resembles it.
func TestContentIsFoundByItsHashTextAddressAndFile(t *testing.T) {
	t.Parallel()
	w := newDesk(t, nil)
	const text, file = "Kettles stand on bridges. I saw one.", "the bytes of a picture of a kettle"
	byText := "/cases/" + string(w.upload("1", string(tocsin.DigestOf([]byte(text))), kettlePicture))
	byFile := "/cases/" + string(w.upload("2", string(tocsin.DigestOf([]byte(file))), kettlePicture))
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	path := p.take()
	if a := p.post(path+"/keep", doing(p.finding(path+"/keep"), "confirm")); !strings.HasPrefix(a.path, "/decisions/") {
		t.Fatalf("decide: %d at %s", a.status, a.path)
	}
	decided, other := byText, byFile
	if path == byFile {
		decided, other = byFile, byText
	}
	for _, c := range []struct {
		what   string
		fields map[string]string
		found  []string
		not    []string
	}{
		{"a text", map[string]string{"text": text}, []string{byText}, []string{byFile, text}},
		{"a text that only resembles it", map[string]string{"text": text + " "}, nil, []string{byText, byFile}},
		{"a file", map[string]string{"file": file, "text": ""}, []string{byFile}, []string{byText, file}},
		{"a hash", map[string]string{"hash": " " + strings.ToUpper(string(tocsin.DigestOf([]byte(file)))) + " "}, []string{byFile}, []string{byText}},
		{"the picture's hash", map[string]string{"hash": kettlePicture}, []string{byText, byFile}, nil},
		{"an address", map[string]string{"address": w.board.URL + "/post/1"}, []string{byText, "/items/"}, []string{byFile}},
		{"a part of an address", map[string]string{"address": w.board.URL + "/post"}, nil, []string{byText, byFile}},
	} {
		a := p.sends("/search/content", c.fields)
		if a.status != http.StatusOK {
			t.Errorf("%s: %d %s", c.what, a.status, words(a.body))
		}
		for _, want := range c.found {
			if !strings.Contains(a.body, want) {
				t.Errorf("%s: %s is not found: %s", c.what, want, words(a.body))
			}
		}
		for _, no := range c.not {
			if strings.Contains(a.body, no) {
				t.Errorf("%s: %s is there", c.what, no)
			}
		}
		if strings.Contains(strings.Join(c.found, " "), decided) && !strings.Contains(a.body, "/decisions/dec_") {
			t.Errorf("%s: the decision is not found", c.what)
		}
		if len(c.found) == 1 && c.found[0] == other && strings.Contains(a.body, "/decisions/dec_") {
			t.Errorf("%s: a decision about something else is found", c.what)
		}
	}
	for what, fields := range map[string]map[string]string{"Give exactly one of these": {"text": "a", "hash": kettleBytes},
		"This is no MD5": {"hash": "kettle"}, "This is no address": {"address": " / "}} {
		if a := p.sends("/search/content", fields); a.status != unprocessable || !strings.Contains(a.body, what) {
			t.Errorf("%v: %d, no %q: %s", fields, a.status, what, words(a.body))
		}
	}
	if a := p.sends("/search/content", map[string]string{}); a.status != unprocessable {
		t.Errorf("nothing: %d", a.status)
	}
	if a := p.post("/search/content", nil); a.status < 400 || a.status >= 500 {
		t.Errorf("no such form: %d", a.status)
	}
	if strings.Contains(w.log.String(), "Kettles stand") {
		t.Error("the text stands in the log")
	}
}

// TestNothingOfAFileThatIsLookedForIsWritten looks at the folder in which the server would put it.
func TestNothingOfAFileThatIsLookedForIsWritten(t *testing.T) {
	w := newDesk(t, nil)
	p := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary) // from here on: what all tests share was made elsewhere
	before, err := os.ReadDir(temporary)
	check(t, err)
	large := strings.Repeat("kettle", 8<<20/6)
	if a := p.sends("/search/content", map[string]string{"file": large}); a.status != http.StatusOK || !strings.Contains(a.body, "Nothing here is about") {
		t.Errorf("%d %s", a.status, words(a.body))
	}
	if after, err := os.ReadDir(temporary); err != nil || len(after) != len(before) {
		t.Errorf("%d files more, %v", len(after)-len(before), err)
	}
	if a := p.sends("/search/content", map[string]string{"file": strings.Repeat("k", 33<<20)}); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", a.status)
	}
	if a := p.sends("/search", map[string]string{"file": large}); a.status != http.StatusRequestEntityTooLarge && a.status != unprocessable {
		t.Errorf("another form takes as much: %d", a.status)
	}
}
