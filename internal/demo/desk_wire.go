// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"tocsin/internal/api"
	"tocsin/match/pdq"
)

// lookalike gives the hash of a picture, and another picture that resembles it: darker, and with a mark in a corner.
func lookalike(original []byte) (known string, other []byte, err error) {
	from, err := png.Decode(bytes.NewReader(original))
	if err != nil {
		return "", nil, err
	}
	size := from.Bounds().Size()
	known, err = hashOf(from)
	if err != nil {
		return "", nil, err
	}
	to := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := from.At(x, y).RGBA()
			if x < size.X/10 && y < size.Y/10 {
				r, g, b = r/4*3, g/4*3, b/4*3
			}
			to.SetRGBA(x, y, color.RGBA{uint8(r / 257 * 9 / 10), uint8(g / 257 * 9 / 10), uint8(b / 257 * 9 / 10), 255})
		}
	}
	var file bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&file, to)
	return known, file.Bytes(), err
}

func hashOf(i image.Image) (string, error) {
	size := i.Bounds().Size()
	p := pdq.Picture{Width: size.X, Height: size.Y, Channels: 3, Pix: make([]byte, 0, 3*size.X*size.Y)}
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := i.At(x, y).RGBA()
			p.Pix = append(p.Pix, byte(r>>8), byte(g>>8), byte(b>>8))
		}
	}
	hash, quality, err := pdq.Sum(p)
	if err == nil && quality < pdq.MinQuality {
		err = errors.New("the picture shows too little to be known again")
	}
	return hash.String(), err
}

// form is a multipart body of fields and one file.
func form(file string, content []byte, fields ...[2]string) (body *bytes.Buffer, mediaType string, err error) {
	body = &bytes.Buffer{}
	parts := multipart.NewWriter(body)
	for _, f := range fields {
		if err := parts.WriteField(f[0], f[1]); err != nil {
			return nil, "", err
		}
	}
	part, err := parts.CreateFormFile(file, "picture.png")
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(content); err != nil {
		return nil, "", err
	}
	return body, parts.FormDataContentType(), parts.Close()
}

// upload posts a picture on the board as a member does, and gives the post's number and its author's link.
func (s *story) upload(picture []byte) (post, link string, err error) {
	body, mediaType, err := form("picture", picture, [2]string{"text", "A pattern of tiles that I cut from paper."},
		[2]string{"alt", "Quarter circles in four colours"}, [2]string{"language", "en"})
	if err != nil {
		return "", "", err
	}
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, local(s.Board.URL+"/new"), body)
	if err != nil {
		return "", "", err
	}
	r.Header.Set("Content-Type", mediaType)
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := (&http.Client{CheckRedirect: stay}).Do(r)
	if err != nil {
		return "", "", err
	}
	defer resp.Body.Close()
	link = resp.Header.Get("Location")
	post, _, _ = strings.Cut(strings.TrimPrefix(link, "/post/"), "?")
	if resp.StatusCode != http.StatusSeeOther || post == "" {
		return "", "", fmt.Errorf("the board answers %d to a new post", resp.StatusCode)
	}
	return post, link, nil
}

// object complains at the address that the author's page names: she opens it, writes, and presses the button.
func (s *story) object(reasons string) error {
	resp, page, err := s.fetch(s.desk.complaint)
	if err != nil {
		return err
	}
	key := complaintKey.FindSubmatch(page)
	if resp.StatusCode != http.StatusOK || key == nil {
		return fmt.Errorf("the address to complain at answers %d", resp.StatusCode)
	}
	answers := url.Values{"key": {string(key[1])}, "complaint.reasons": {reasons}}
	resp, err = http.PostForm(local(s.desk.complaint), answers) // and comes back to the page
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the complaint is answered with %d", resp.StatusCode)
	}
	return nil
}

// complaintKey is by what a form pressed twice is one complaint.
var complaintKey = regexp.MustCompile(`name="key"[^>]*value="([^"]+)"`)

// screen asks the host's node about a picture without saying where it is from.
func (s *story) screen(picture []byte, into any) error {
	body, mediaType, err := form("file", picture, [2]string{"assertion", "public"})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.machines("/screen"), body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", mediaType)
	return s.ask(r, into)
}

// read gets something of the host's node over its API.
func (s *story) read(path string, into any) error {
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.machines(path), nil)
	if err != nil {
		return err
	}
	return s.ask(r, into)
}

func (s *story) machines(path string) string { return local(s.Host.Config.PublicURL + api.Base + path) }

func (s *story) ask(r *http.Request, into any) error {
	r.Header.Set("Authorization", "Bearer "+s.desk.key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the node answers %d to %s %s", resp.StatusCode, r.Method, r.URL.Path)
	}
	return json.Unmarshal(body, into)
}

// status is what an address answers; 0 when nothing does.
func (s *story) status(address string) int {
	resp, _, err := s.fetch(address)
	if err != nil {
		return 0
	}
	return resp.StatusCode
}

// answers waits until an address answers a status.
func (s *story) answers(address string, status int) error {
	return s.until(fmt.Sprintf("the address answers %d", status), func() (bool, error) {
		return s.status(address) == status, s.ctx.Err()
	})
}
