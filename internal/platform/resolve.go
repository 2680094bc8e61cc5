// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"unicode"
)

// Kind is what an address names on the platform.
type Kind string

// The kinds of answer. A collection (a profile, a tag, the whole site) is never restricted as one.
const (
	KindItem       Kind = "item"
	KindCollection Kind = "collection"
	KindNone       Kind = "none"
)

const (
	maxRef     = 256
	maxAddress = 4096
	// maxLanguage is more than any language tag in use.
	maxLanguage = 35
	// MaxMedia is how many files an item may have.
	MaxMedia = 32
	maxType  = 127
)

// Resolution says what an address or a reference names. Item is set for KindItem only.
type Resolution struct {
	Kind Kind
	Item Item
	// Language is what whoever put the item there is told things in (BCP 47); empty when the platform does not say.
	Language string
	// Media are the files that the item shows, in its order; none when the platform does not say.
	Media []Medium
}

// Medium is one file of an item. The address is for this node alone: the platform answers there as long as the item
// exists, whatever restricts it.
type Medium struct {
	Address string
	Type    string // media type, as the platform says; the file itself is believed
}

// Resolve asks which item an address names. The error is a *Refused, an *Unknown, or wraps ErrInvalid.
func (c *Client) Resolve(ctx context.Context, address string) (Resolution, error) {
	if !isAddress(address) || len(address) > maxAddress {
		return Resolution{}, invalid("not an absolute http or https address")
	}
	return c.ask(ctx, map[string]string{"address": address})
}

// Identify asks what a reference of the platform's own names. The errors are those of Resolve.
func (c *Client) Identify(ctx context.Context, ref string) (Resolution, error) {
	if !isRef(ref) {
		return Resolution{}, invalid("not a reference")
	}
	return c.ask(ctx, map[string]string{"ref": ref})
}

func (c *Client) ask(ctx context.Context, question map[string]string) (Resolution, error) {
	body, err := json.Marshal(question)
	if err != nil {
		return Resolution{}, invalid("question cannot be encoded")
	}
	// The question has no effect, so each attempt may have its own id.
	header, err := c.messages.Sign("rsv_"+rand.Text(), c.now(), body)
	if err != nil {
		return Resolution{}, invalid("question cannot be signed")
	}
	header.Set("Content-Type", "application/json")
	answer, err := c.post(ctx, c.resolve, header, body)
	if err != nil {
		return Resolution{}, err
	}
	r, err := parseResolution(answer)
	if err != nil {
		return Resolution{}, badAnswer(http.StatusOK)
	}
	return r, nil
}

func parseResolution(answer []byte) (Resolution, error) {
	members, err := optional(answer, "language", "media")
	if err != nil {
		return Resolution{}, err
	}
	var r Resolution
	if raw, ok := members["media"]; ok {
		if r.Media, err = parseMedia(raw); err != nil {
			return Resolution{}, err
		}
		delete(members, "media")
	}
	t, err := texts(members)
	if err != nil {
		return Resolution{}, err
	}
	r.Kind, r.Item, r.Language = Kind(t["kind"]), Item{Ref: t["ref"], Address: t["address"]}, t["language"]
	switch r.Kind {
	case KindCollection, KindNone:
		if len(members) == 1 && r.Media == nil {
			return r, nil
		}
	case KindItem:
		if len(r.Language) <= maxLanguage && isRef(r.Item.Ref) && isAddress(r.Item.Address) && len(r.Item.Address) <= maxAddress {
			return r, nil
		}
	}
	return Resolution{}, errAnswer
}

// optional reads an answer that says what kind of thing it is. Only an item has more to say: all of it, and what is
// optional.
func optional(answer []byte, more ...string) (map[string]json.RawMessage, error) {
	members, err := members(answer)
	if err != nil {
		return nil, err
	}
	want := []string{"kind"}
	if len(members) > 1 {
		want = append(want, "ref", "address")
	}
	for _, name := range more {
		if _, ok := members[name]; ok {
			want = append(want, name)
		}
	}
	return members, exactly(members, want)
}

func parseMedia(raw json.RawMessage) ([]Medium, error) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || list == nil || len(list) > MaxMedia {
		return nil, errAnswer
	}
	media := make([]Medium, 0, len(list))
	for _, one := range list {
		members, err := object(one, "address", "type")
		if err != nil {
			return nil, err
		}
		t, err := texts(members)
		if err != nil {
			return nil, err
		}
		m := Medium{t["address"], t["type"]}
		if !isAddress(m.Address) || len(m.Address) > maxAddress || !isType(m.Type) {
			return nil, errAnswer
		}
		media = append(media, m)
	}
	return media, nil
}

// isType accepts a media type without parameters.
func isType(s string) bool {
	kind, params, err := mime.ParseMediaType(s)
	return err == nil && len(params) == 0 && len(s) <= maxType && strings.Contains(kind, "/")
}

func isRef(s string) bool {
	if s == "" || len(s) > maxRef {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
