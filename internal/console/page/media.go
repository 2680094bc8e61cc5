// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strconv"

	"tocsin/internal/flow"
)

// MediaKind is how a browser shows a medium.
type MediaKind string

// The kinds of media.
const (
	MediaImage MediaKind = "image"
	MediaVideo MediaKind = "video"
	MediaAudio MediaKind = "audio"
)

// Medium is something a person may look at. Nothing of it is asked for before she presses the button.
type Medium struct {
	ID      string // of the element, unique on the page
	Address string // below the node's own media proxy, which journals the view before it serves a byte
	Kind    MediaKind
	Label   string // what it is said to show, in words that warn; required
	Alt     string // what is known of it, for who cannot see it
	Show    string // address of this page with the medium shown, for who has no script
	Shown   bool   // the person followed Show
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
