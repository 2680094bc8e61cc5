// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
)

// Fill posts small pictures until a board that has some posts has as many as wanted, as a visitor would. The
// board's own pictures take longer to draw than an order takes.
func Fill(ctx context.Context, board string, has, wanted int) error {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		return err
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client := &http.Client{CheckRedirect: stay}
	for post := has + 1; post <= wanted; post++ {
		r, err := newPost(ctx, board, picture.Bytes())
		if err != nil {
			return err
		}
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		resp.Body.Close()
		if at := fmt.Sprintf("/post/%d?", post); resp.StatusCode != http.StatusSeeOther ||
			!strings.HasPrefix(resp.Header.Get("Location"), at) {
			return fmt.Errorf("the board answers %d to post %d", resp.StatusCode, post)
		}
	}
	return nil
}

func newPost(ctx context.Context, board string, picture []byte) (*http.Request, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"text": "A plain grey square.", "alt": "A grey square"} {
		if err := form.WriteField(name, value); err != nil {
			return nil, err
		}
	}
	file, err := form.CreateFormFile("picture", "square.png")
	if err != nil {
		return nil, err
	}
	if _, err := file.Write(picture); err != nil {
		return nil, err
	}
	if err := form.Close(); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, local(board+"/new"), &body)
	if err == nil {
		r.Header.Set("Content-Type", form.FormDataContentType())
	}
	return r, err
}
