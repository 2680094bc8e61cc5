// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"time"

	"tocsin"
	"tocsin/wire"
)

// publishers are three pinned keys of which two must sign.
func (w *world) publishers() *wire.Publishers {
	p := &wire.Publishers{Threshold: 2}
	for _, id := range []tocsin.KeyID{"pub-1", "pub-2", "pub-3"} {
		p.Keys = append(p.Keys, w.key("", id, ed25519Key, wire.UseDirectory))
	}
	w.key("", "pub-stranger", ed25519Key, wire.UseDirectory)
	return p
}

// edition signs the world's directory, after a change to it, with some publishers at noon.
func (w *world) edition(change func(*tocsin.Directory), signers ...tocsin.KeyID) []byte {
	w.t.Helper()
	d := w.directory
	if change != nil {
		change(&d)
	}
	s, err := wire.NewSignedDirectory(d)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, id := range signers {
		if err := s.Sign(w.signer(id), noon); err != nil {
			w.t.Fatal(err)
		}
	}
	out, err := s.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// signedBy is a directory vector with the named publishers' signatures.
func signedBy(change func(*tocsin.Directory), signers ...tocsin.KeyID) func(*world, *vector) []byte {
	return func(w *world, v *vector) []byte {
		v.Kind, v.Publishers = kindDirectory, w.publishers()
		return w.edition(change, signers...)
	}
}

// repinned is a directory vector whose reader pinned other facts about the first publisher.
func repinned(change func(*wire.Publishers)) func(*world, *vector) []byte {
	return func(w *world, v *vector) []byte {
		v.Kind, v.Publishers = kindDirectory, w.publishers()
		change(v.Publishers)
		return w.edition(nil, "pub-1", "pub-2")
	}
}

func directoryCases() []vectorCase {
	const g = "directory"
	return []vectorCase{
		good(g, "two-of-three", "enough publishers", signedBy(nil, "pub-1", "pub-3")),
		good(g, "stranger-beside", "a signature of an unknown publisher is passed over",
			signedBy(nil, "pub-stranger", "pub-1", "pub-2")),
		good(g, "demonstration-inside", "a demonstration directory in a demonstration",
			func(w *world, v *vector) []byte {
				v.Demonstration = true
				return signedBy(demonstration, "pub-1", "pub-2")(w, v)
			}),
		refused(g, "one-of-three", tocsin.RefusedWrongKey, "too few publishers", signedBy(nil, "pub-1")),
		refused(g, "none", tocsin.RefusedWrongKey, "no signature", signedBy(nil)),
		refused(g, "same-publisher-twice", tocsin.RefusedWrongKey, "one publisher signed twice",
			signedBy(nil, "pub-1", "pub-1")),
		refused(g, "strangers", tocsin.RefusedWrongKey, "a publisher and a stranger",
			signedBy(nil, "pub-1", "pub-stranger")),
		refused(g, "same-key-pinned-twice", tocsin.RefusedWrongKey, "two ids, one key",
			func(w *world, v *vector) []byte {
				v.Kind, v.Publishers = kindDirectory, w.publishers()
				v.Publishers.Keys[1].Public = v.Publishers.Keys[0].Public
				again := w.signer("pub-1")
				again.Key = "pub-2"
				w.signers["pub-2"] = again
				return w.edition(nil, "pub-1", "pub-2")
			}),
		refused(g, "no-threshold",
			tocsin.RefusedWrongKey, "a reader that asks for no signature trusts nobody",
			repinned(func(p *wire.Publishers) { p.Threshold = 0 })),
		refused(g, "publisher-compromised", tocsin.RefusedKeyCompromised, "a pinned key was stolen",
			repinned(func(p *wire.Publishers) {
				since := noon.Add(-time.Hour)
				p.Keys[0].CompromisedSince = &since
			})),
		refused(g, "publisher-wrong-use",
			tocsin.RefusedWrongKey, "a pinned key that may not sign directories",
			repinned(func(p *wire.Publishers) { p.Keys[0].Uses = []tocsin.KeyUse{tocsin.UseDocument} })),
		refused(g, "altered", tocsin.RefusedAltered, "a party was put in after the signatures",
			func(w *world, v *vector) []byte {
				signed := signedBy(nil, "pub-1", "pub-2")(w, v)
				s, err := wire.ParseSignedDirectory(signed)
				if err != nil {
					w.t.Fatal(err)
				}
				s.Payload = bytes.Replace(s.Payload, []byte(`"serial":7`), []byte(`"serial":8`), 1)
				out, err := s.Encode()
				if err != nil {
					w.t.Fatal(err)
				}
				return out
			}),
		refused(g, "demonstration-outside", tocsin.ReasonDemonstrationOnly, "a demonstration directory",
			signedBy(demonstration, "pub-1", "pub-2")),
		refused(g, "dated-in-the-future", tocsin.RefusedFutureDated, "issued tomorrow",
			signedBy(func(d *tocsin.Directory) { d.IssuedAt = noon.Add(24 * time.Hour) }, "pub-1", "pub-2")),
		refused(g, "not-a-document", tocsin.RefusedMalformed, "an order where a directory belongs",
			func(w *world, v *vector) []byte {
				v.Kind, v.Publishers = kindDirectory, w.publishers()
				return w.order()
			}),
	}
}

func demonstration(d *tocsin.Directory) { d.Demonstration = true }
