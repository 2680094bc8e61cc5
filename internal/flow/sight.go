// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tocsin"
)

// ViewSize is how large a person wants to see a medium.
type ViewSize string

// The sizes.
const (
	ViewSmall ViewSize = "small"
	ViewLarge ViewSize = "large"
)

// Still is what a person is shown of a file: a picture that this node made, and no byte of the file.
type Still struct {
	Type          string // media type
	Content       []byte
	Width, Height int
	Frames        int // of an animation that are on it
	Animated      bool
}

// Viewer fetches a file and makes a still of it. What cannot be fetched or decoded is an error whose reason can be
// told to the person; none holds an address.
type Viewer interface {
	Still(ctx context.Context, address string, size ViewSize) (Still, error)
}

// Sessions tells whether somebody is still signed in.
type Sessions interface {
	// Lives is asked with the digest of a session's token.
	Lives(ctx context.Context, session tocsin.Digest) (bool, error)
}

// Why no medium is shown.
const (
	ReasonNoViewer  tocsin.Reason = "no_viewer"  // the operator gave media no origin of their own
	ReasonNoMedium  tocsin.Reason = "no_medium"  // the platform named no such file
	ReasonSpentView tocsin.Reason = "view_spent" // the address was used, or its time is over
	// ReasonUnfetchable and ReasonWithheld: nobody sent the file, or whoever was asked would not.
	ReasonUnfetchable tocsin.Reason = "media_unfetchable"
	ReasonWithheld    tocsin.Reason = "media_withheld"
	// ReasonUnsafeAddress: the platform named an address that this node must not ask.
	ReasonUnsafeAddress tocsin.Reason = "media_unsafe_address"
)

// viewPeriod is how long the address of a view can be used, once.
const viewPeriod = time.Minute

// viewKey is the name under which used views stand among the nonces.
const viewKey tocsin.KeyID = "view"

// sight is what the address of a view says, sealed: whose it is, for which session, and what of.
type sight struct {
	Person  tocsin.ActorID
	Session tocsin.Digest
	Case    tocsin.RecordID
	Item    tocsin.RecordID
	File    int
	Size    ViewSize
	Until   time.Time
	Nonce   string
}

// AskView prepares one look at one file of a case's item, for one person in one session, and gives the token of
// its address. Nothing was shown yet, and nothing is counted. Errors say why it cannot be shown.
func (f *Flow) AskView(ctx context.Context, actor Actor, session tocsin.Digest, id tocsin.RecordID, file int,
	size ViewSize) (token string, s Still, err error) {
	look := sight{Person: actor.ID, Session: session, Case: id, File: file, Size: size}
	if size != ViewSmall && size != ViewLarge {
		return "", s, tocsin.Invalid(tocsin.ReasonUnknownValue, "size", "There is no such size.")
	}
	var address string
	err = f.view(ctx, func(u *unit) error {
		c, err := authorised[*tocsin.Case](u, actor, ActionCaseView, id)
		if err != nil {
			return err
		}
		look.Item = c.Item
		address, err = u.mediumOf(c, file)
		return err
	})
	if err != nil {
		return "", s, err
	}
	if f.Viewer == nil {
		return "", s, tocsin.Errorf(tocsin.CodeUnsupported, ReasonNoViewer, "This node shows no media.")
	}
	if s, err = f.Viewer.Still(ctx, address, size); err != nil {
		return "", s, err
	}
	look.Until, look.Nonce = f.Clock.Now().Add(viewPeriod), tocsin.NewToken("view")
	if token, err = f.sealSight(look); err != nil {
		return "", s, err
	}
	f.stills.keep(look, s)
	return token, s, nil
}

// mediumOf gives the address of a file of a case's item.
func (u *unit) mediumOf(c *tocsin.Case, file int) (string, error) {
	if c.Item == "" {
		return "", tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonNoItem,
			"The platform has not said yet which public item this is.")
	}
	item, err := load[*tocsin.Item](u, c.Item)
	if err != nil {
		return "", err
	}
	var known ItemFile
	if err := u.read(item, &known); err != nil {
		return "", err
	}
	if file < 0 || file >= len(known.Media) {
		return "", tocsin.Errorf(tocsin.CodeNotFound, ReasonNoMedium, "The platform named no such file.")
	}
	return known.Media[file].Address, nil
}

// View redeems a token: it journals the view and counts it, and gives the still afterwards. Whatever fails before,
// nothing is shown. It is the person's own right that is asked anew, and that she is still signed in.
func (f *Flow) View(ctx context.Context, token string) (Still, error) {
	look, err := f.openSight(token)
	if err != nil {
		return Still{}, err
	}
	if !f.Clock.Now().Before(look.Until) {
		return Still{}, spentView()
	}
	if f.Viewer == nil || f.Sessions == nil {
		return Still{}, tocsin.Errorf(tocsin.CodeUnsupported, ReasonNoViewer, "This node shows no media.")
	}
	lives, err := f.Sessions.Lives(ctx, look.Session)
	if err != nil {
		return Still{}, fmt.Errorf("find session: %w", err)
	}
	if !lives {
		return Still{}, unknownRecord()
	}
	var address string
	err = f.update(ctx, func(u *unit) (err error) {
		address, err = u.viewed(look)
		return err
	})
	if err != nil {
		return Still{}, err
	}
	if s, ok := f.stills.take(look.Nonce); ok {
		return s, nil
	}
	return f.Viewer.Still(ctx, address, look.Size) // another process made it
}

func spentView() error {
	return tocsin.Errorf(tocsin.CodeExpired, ReasonSpentView, "This address was used, or its time is over.")
}

// viewed uses up a token, and records the view in the case and in the count of the person.
func (u *unit) viewed(look sight) (address string, err error) {
	p, err := u.individual(tocsin.RecordID(look.Person))
	if err != nil {
		return "", err
	}
	if !u.f.admits(p) {
		return "", unknownRecord()
	}
	c, err := authorised[*tocsin.Case](u, p.Actor(), ActionCaseView, look.Case)
	if err != nil {
		return "", err
	}
	if c.Item != look.Item {
		return "", unknownRecord()
	}
	if address, err = u.mediumOf(c, look.File); err != nil {
		return "", err
	}
	fresh, err := u.tx.UseNonce(viewKey, look.Nonce, look.Until)
	if err != nil {
		return "", err
	}
	if !fresh {
		return "", spentView()
	}
	events, err := c.View(u.by(look.Person))
	if err := u.did(c, events, err); err != nil {
		return "", err
	}
	p.File.Preferences.Seen = p.File.Preferences.Seen.add(u.now, 1)
	return address, u.write(p.Person, p.File)
}

// sights seals and opens tokens under a key of this node's own.
func (f *Flow) sights() (cipher.AEAD, error) {
	block, err := aes.NewCipher(f.Sealer.LookupKey("view", "seal"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (f *Flow) sealSight(look sight) (string, error) {
	aead, err := f.sights()
	if err != nil {
		return "", fmt.Errorf("seal view: %w", err)
	}
	plain, err := json.Marshal(look)
	if err != nil {
		return "", fmt.Errorf("seal view: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(aead.Seal(nil, nil, plain, nil)), nil
}

var errSight = errors.New("not sealed by this node")

// openSight reads a token. Whatever is no token of this node is as unknown as any address.
func (f *Flow) openSight(token string) (look sight, err error) {
	aead, err := f.sights()
	if err != nil {
		return look, fmt.Errorf("open view: %w", err)
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err == nil {
		sealed, err = aead.Open(nil, nil, sealed, nil)
	}
	if err == nil {
		err = json.Unmarshal(sealed, &look)
	}
	if err != nil {
		return sight{}, &tocsin.Error{Code: tocsin.CodeNotFound, Reason: tocsin.ReasonUnknownRecord,
			Public: "There is nothing here.", Err: errSight}
	}
	return look, nil
}

// stills are those that were made and not yet shown, for as long as their tokens live, and few.
type stills struct {
	mu   sync.Mutex
	kept []keptStill
}

type keptStill struct {
	nonce string
	until time.Time
	still Still
}

// mostStills bounds what waits to be shown: at about a megabyte each.
const mostStills = 64

func (s *stills) keep(look sight, still Still) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, keptStill{look.Nonce, look.Until, still})
	if over := len(s.kept) - mostStills; over > 0 {
		s.kept = append([]keptStill{}, s.kept[over:]...)
	}
}

// take gives a still out, once.
func (s *stills) take(nonce string) (still Still, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := make([]keptStill, 0, len(s.kept))
	for _, k := range s.kept {
		if k.nonce == nonce {
			still, found = k.still, true
			continue
		}
		rest = append(rest, k)
	}
	s.kept = rest
	return still, found
}

// forget drops what nobody came for.
func (s *stills) forget(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := make([]keptStill, 0, len(s.kept))
	for _, k := range s.kept {
		if now.Before(k.until) {
			rest = append(rest, k)
		}
	}
	s.kept = rest
}
