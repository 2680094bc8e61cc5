// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"tocsin"
	"tocsin/decode/lexicon"
	"tocsin/internal/blob"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/matcher"
	"tocsin/internal/media"
	"tocsin/match/pdq"
	"tocsin/wire"
)

// BlobDir is the folder of the lists that were imported. They are part of the node's data, as its database is.
func BlobDir(c config.Config) string { return filepath.Join(c.DataDir, "blobs") }

// indexDir holds what the matcher derives from journal and blobs. It can be deleted while the node is stopped.
func indexDir(c config.Config) string { return filepath.Join(c.DataDir, "index") }

// openBlobs opens the folder of imported lists.
func (n *Node) openBlobs() (err error) {
	if n.blobs, err = blob.New(BlobDir(n.Config), blob.Options{Clock: n.clock}); err != nil {
		return err
	}
	n.Flow.Blobs = n.blobs
	return nil
}

// OpenMatching gives the use cases what matching needs, before they start; [New] does so itself. Only one process
// may have the index open.
func (n *Node) OpenMatching() (err error) {
	if !n.Config.Matching.Enabled {
		return nil
	}
	at := func(ctx context.Context, d tocsin.Digest) (matcher.Blob, error) {
		f, err := n.blobs.At(ctx, d)
		if err != nil {
			return nil, err
		}
		return f, nil
	}
	report := func(err error) { n.log.Warn("match index", "error", err) }
	if n.matcher, err = matcher.Open(indexDir(n.Config), at, matcher.Options{Report: report}); err != nil {
		return fmt.Errorf("open match index: %w", err)
	}
	if err := n.openLexicons(); err != nil {
		return err
	}
	n.media = &laboratory{}
	n.Flow.Matcher, n.Flow.Media = n.matcher, n.media
	return nil
}

func (n *Node) openLexicons() error {
	o := Lexicons{Files: n.Config.Matching.Lexicons, Clock: n.clock, Report: n.reportUnapproved}
	if n.Config.Lexicon.Exchange {
		o.Adopted = n.Flow.AdoptedEntries
	}
	if !n.Config.Demonstration {
		o.Trust = func() wire.Context { return wire.Context{Directory: n.Flow.Directory(), Now: n.clock.Now()} }
	}
	reader, err := OpenLexicons(o)
	if reader != nil {
		n.Flow.Reader = reader
	}
	return err
}

func (n *Node) reportUnapproved(missing []lexicon.Problem) {
	if len(missing) > 0 {
		n.log.Warn("entries of lexicons are not read for lack of approvals; see: tocsin lexicon lint --directory",
			"approvals", len(missing), "first", missing[0].Error())
	}
}

// laboratory computes fingerprints. Its first child starts with the first picture: most nodes never see one.
type laboratory struct {
	mu     sync.Mutex
	hasher *media.Hasher
	closed bool
}

// Fingerprint gives the digests of any content, and the hash of a picture.
func (l *laboratory) Fingerprint(ctx context.Context, content []byte) ([]flow.Fingerprint, error) {
	file, err := media.Read(ctx, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	var prints []flow.Fingerprint
	for _, d := range file.Digests {
		prints = append(prints, flow.Fingerprint{Type: string(d.Algorithm()), Value: d.String()})
	}
	hasher, err := l.open(ctx)
	if err != nil {
		return prints, err
	}
	picture, err := hasher.Picture(ctx, file.Data, media.Dihedral)
	if err != nil {
		return prints, err
	}
	return append(prints, pictureOf(picture)), nil
}

func pictureOf(p media.Picture) flow.Fingerprint {
	print := flow.Fingerprint{Type: pdq.Name, Quality: p.Quality, Width: p.Width, Height: p.Height}
	if p.Quality < pdq.MinQuality {
		return print // too few features: neither kept nor looked up
	}
	print.Value = p.Hashes[0].String()
	for _, h := range p.Hashes[1:] {
		print.Rotated = append(print.Rotated, h.String())
	}
	return print
}

// open starts the hasher when it is needed first; one that could not start is tried again with the next file.
func (l *laboratory) open(ctx context.Context) (*media.Hasher, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, tocsin.Errorf(tocsin.CodeBusy, media.ReasonUnavailable, "The node is stopping.")
	}
	if l.hasher != nil {
		return l.hasher, nil
	}
	var err error
	l.hasher, err = media.New(context.WithoutCancel(ctx), media.Options{Ahead: 1})
	return l.hasher, err
}

func (l *laboratory) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed = true; l.hasher != nil {
		l.hasher.Close()
	}
}
