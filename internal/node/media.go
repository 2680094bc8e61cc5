// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/media"
	"tocsin/internal/mediaproxy"
	"tocsin/internal/outbound"
	"tocsin/internal/telemetry"
)

const (
	// viewTime is how long the origin of a medium may take to send it.
	viewTime = 15 * time.Second
	// viewsAtOnce bounds how many files are in memory: each up to media.MaxBytes.
	viewsAtOnce = 4
)

// openMedia gives the use cases what they need to show media, where the operator gave these an origin of their own.
func (n *Node) openMedia() error {
	if !n.Config.Media.Shown() {
		return nil
	}
	origins := append([]string{originOf(n.Config.Platform.Callback), originOf(n.Config.Platform.Resolve)},
		n.Config.Media.Origins...)
	if n.media == nil {
		n.media = &laboratory{}
	}
	v, err := newViewer(n.media, origins...)
	if err != nil {
		return err
	}
	n.viewer, n.Flow.Viewer, n.Flow.Sessions = v, v, n.store.Sessions(n.clock)
	n.stills = server(telemetry.Requests(n.log, n.metrics, mediaproxy.Handler(n.Flow, n.sharing(), n.log)))
	return nil
}

// sharing is as narrow as where console and media live allows.
func (n *Node) sharing() mediaproxy.Sharing {
	if u, err := url.Parse(n.Config.Media.PublicURL); err == nil && strings.EqualFold(u.Hostname(), n.PublicURL().Hostname()) {
		return mediaproxy.SameSite
	}
	return mediaproxy.CrossOrigin
}

// mediaOrigin is where a browser finds stills; empty where none are shown.
func (n *Node) mediaOrigin() string {
	if !n.Config.Media.Shown() {
		return ""
	}
	return originOf(n.Config.Media.PublicURL)
}

// Viewer fetches files by the one outgoing client, with limits of its own, and has stills made of them in the child.
type Viewer struct {
	fetch *outbound.Client
	lab   *laboratory
	slots chan struct{}
}

// NewViewer gives one that may also fetch from some pinned origins. Close ends it.
func NewViewer(origins ...string) (*Viewer, error) { return newViewer(&laboratory{}, origins...) }

func newViewer(lab *laboratory, origins ...string) (*Viewer, error) {
	c, err := outbound.New(outbound.Config{UserAgent: "tocsin/" + telemetry.ReadBuild().Version, Timeout: viewTime,
		MaxBody: media.MaxBytes, Declared: origins})
	if err != nil {
		return nil, err
	}
	return &Viewer{c, lab, make(chan struct{}, viewsAtOnce)}, nil
}

// Close drops connections and children.
func (v *Viewer) Close() {
	v.fetch.Close()
	v.lab.close()
}

// Still fetches a file and makes a still of it.
func (v *Viewer) Still(ctx context.Context, address string, size flow.ViewSize) (flow.Still, error) {
	select {
	case v.slots <- struct{}{}:
		defer func() { <-v.slots }()
	case <-ctx.Done():
		return flow.Still{}, ctx.Err()
	}
	data, err := v.get(ctx, address)
	if err != nil {
		return flow.Still{}, err
	}
	hasher, err := v.lab.open(ctx)
	if err != nil {
		return flow.Still{}, err
	}
	wanted := media.Small
	if size == flow.ViewLarge {
		wanted = media.Large
	}
	s, err := hasher.Still(ctx, data, wanted)
	if err != nil {
		return flow.Still{}, err
	}
	content, err := s.JPEG()
	if err != nil {
		return flow.Still{}, err
	}
	return flow.Still{Type: "image/jpeg", Content: content, Width: s.Width, Height: s.Height, Frames: s.Frames,
		Animated: s.Animated}, nil
}

// get fetches an address: from a pinned origin as it is, else only where it is public https.
func (v *Viewer) get(ctx context.Context, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, unshown(flow.ReasonUnsafeAddress, nil)
	}
	via := v.fetch.Foreign()
	if o, ok := outbound.OriginOf(req.URL); ok && v.fetch.IsDeclared(o) {
		via = v.fetch.Declared()
	}
	resp, err := via.Do(req)
	if err != nil {
		return nil, unfetchedMedium(err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone,
		http.StatusUnavailableForLegalReasons:
		return nil, unshown(flow.ReasonWithheld, nil)
	default:
		return nil, unshown(flow.ReasonUnfetchable, nil)
	}
	var body bytes.Buffer
	if _, err := io.Copy(&body, resp.Body); err != nil {
		return nil, unshown(flow.ReasonUnfetchable, err)
	}
	return body.Bytes(), nil
}

func unfetchedMedium(err error) error {
	failed, ok := errors.AsType[*outbound.Error](err)
	if !ok {
		return err
	}
	switch failed.Kind {
	case outbound.KindTooLarge:
		return unshown(media.ReasonTooLarge, failed)
	case outbound.KindInvalid, outbound.KindBlocked, outbound.KindNotDeclared, outbound.KindRedirect:
		return unshown(flow.ReasonUnsafeAddress, failed)
	}
	return unshown(flow.ReasonUnfetchable, failed)
}

// unshown says why a medium is not shown. The cause names no address.
func unshown(reason tocsin.Reason, cause error) error {
	e := &tocsin.Error{Code: tocsin.CodeUnsupported, Reason: reason, Err: cause}
	switch reason {
	case flow.ReasonUnsafeAddress:
		e.Public = "The platform named an address that this node may not ask."
	case flow.ReasonWithheld:
		e.Public = "The file is not there any more, or is not given out."
	case media.ReasonTooLarge:
		e.Public = "The file is too large."
	default:
		e.Code, e.Public = tocsin.CodeBusy, "The file could not be fetched now."
	}
	return e
}
