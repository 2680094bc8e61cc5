// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// MediaKind is how a browser shows a medium.
type MediaKind string

// The kinds of media.
const (
	MediaImage MediaKind = "image"
	MediaVideo MediaKind = "video"
	MediaAudio MediaKind = "audio"
)

// Medium is one file of an item. Nothing of it is asked for before a person presses a button.
type Medium struct {
	File    int // its place among the files of the item
	Kind    MediaKind
	Address string // below the node's own media proxy, good once; empty before a press
	Frames  int    // of an animation that are on what is shown
	Problem string // why it cannot be shown, in words
}

// KindOfMedium is what a platform says a file is. What it does not say is tried as a picture.
func KindOfMedium(mediaType string) MediaKind {
	for _, k := range []MediaKind{MediaVideo, MediaAudio} {
		if strings.HasPrefix(strings.ToLower(mediaType), string(k)+"/") {
			return k
		}
	}
	return MediaImage
}

func (m Medium) pick(size string) string { return strconv.Itoa(m.File) + "." + size }

// Sight is what a page says of the media of an item, and to whom.
type Sight struct {
	Files   []Medium
	Said    []tocsin.Category // what the item is said to be
	Ask     string            // address that a press is posted to
	Form    string            // of the page, that a press without script sends along; empty: one of its own
	Seen    flow.Seen         // by the reader, who alone reads it
	Session int64             // media she was shown in this session
	Off     bool              // the operator gave media no origin
	Denied  bool              // the reader's duties do not show any
}

// field is the name under which a press is sent; inside another form it is one of that form's buttons.
func (s Sight) field() string {
	if s.Form != "" {
		return "do"
	}
	return "see"
}

func (s Sight) value(pick string) string {
	if s.Form != "" {
		return SeePrefix + pick
	}
	return pick
}

// SeePrefix begins the value of a button that shows media from inside another form.
const SeePrefix = "see."

func (s Sight) into() templ.Attributes {
	if s.Form == "" {
		return nil
	}
	return templ.Attributes{"form": s.Form, "formnovalidate": true}
}

// warning says what the item is said to be, before anything of it is seen.
func (s Sight) warning(ctx context.Context) string {
	if len(s.Said) == 0 {
		return T(ctx, "console.media.unknown")
	}
	var words []string
	for _, c := range s.Said {
		words = append(words, category(ctx, c))
	}
	return T(ctx, "console.media.said", "What", locale.From(ctx).List(words))
}

// counted says how many media the reader was shown.
func (s Sight) counted(ctx context.Context) string { return Counted(ctx, s.Session, s.Seen) }

// Counted says how many media somebody was shown: in her session, and within a day.
func Counted(ctx context.Context, session int64, seen flow.Seen) string {
	text := N(ctx, "console.wellness.session", int(session)) + " "
	if seen.Limit > 0 {
		return text + N(ctx, "console.wellness.day_of", seen.Day, "Limit", seen.Limit)
	}
	return text + N(ctx, "console.wellness.day", seen.Day)
}

// veil is the look of a medium under a person's preferences: classes, because no page styles inline.
func veil(w flow.Wellness) []string {
	classes := []string{"veil", "blur-" + strconv.Itoa(min(max(w.Blur, 0), flow.MostBlur))}
	if w.Grey {
		classes = append(classes, "grey")
	}
	return classes
}

// veilWord says what the person will see when she presses.
func veilWord(ctx context.Context, w flow.Wellness) string {
	switch {
	case w.Blur > 0 && w.Grey:
		return T(ctx, "console.media.blurred_grey")
	case w.Blur > 0:
		return T(ctx, "console.media.blurred")
	case w.Grey:
		return T(ctx, "console.media.grey")
	}
	return T(ctx, "console.media.plain")
}

func mediaWord(ctx context.Context, k MediaKind) string {
	return T(ctx, "console.media.kind."+string(k))
}
