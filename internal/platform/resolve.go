// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
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
)

// Resolution says what an address or a reference names. Item is set for KindItem only.
type Resolution struct {
	Kind Kind
	Item Item
	// Language is what whoever put the item there is told things in (BCP 47); empty when the platform does not say.
	Language string
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
	members, err := object(answer, "kind")
	if err != nil {
		// Only an item has more to say, and then it must say all of it.
		if members, err = object(answer, "kind", "ref", "address"); err != nil {
			if members, err = object(answer, "kind", "ref", "address", "language"); err != nil {
				return Resolution{}, err
			}
		}
	}
	t, err := texts(members)
	if err != nil {
		return Resolution{}, err
	}
	r := Resolution{Kind: Kind(t["kind"]), Item: Item{Ref: t["ref"], Address: t["address"]},
		Language: t["language"]}
	switch r.Kind {
	case KindCollection, KindNone:
		if len(members) == 1 {
			return r, nil
		}
	case KindItem:
		if len(r.Language) <= maxLanguage && isRef(r.Item.Ref) && isAddress(r.Item.Address) && len(r.Item.Address) <= maxAddress {
			return r, nil
		}
	}
	return Resolution{}, errAnswer
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
