// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package testkit

import (
	"path/filepath"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/wire"
)

// Signer signs with a party's own key of a use, for documents that a test makes in its name.
func (w *World) Signer(id tocsin.PartyID, use tocsin.KeyUse) wire.Signer {
	w.Helper()
	dir := filepath.Join(w.dir, string(id))
	if n := w.at(id); n != nil {
		dir = n.Config.KeyDir
	}
	keys, err := keyring.Open(dir)
	if err != nil {
		w.Fatal(err)
	}
	key, private, err := keys.Signer(use)
	if err != nil {
		w.Fatal(err)
	}
	return wire.Signer{Party: id, Key: key.ID, Algorithm: key.Algorithm, Private: private}
}

// Sign makes a document of one party for another.
func (w *World) Sign(from, to tocsin.PartyID, body wire.Body) wire.Bundle {
	w.Helper()
	signed, err := wire.Sign(w.Signer(from, tocsin.UseDocument),
		wire.Letter{ID: wire.NewDocumentID(), Audience: to, At: w.Clock.Now()}, body)
	if err != nil {
		w.Fatal(err)
	}
	return wire.Bundle{Document: string(signed)}
}

// Captured approves an order whose delivery to the host is cut, and gives what would have arrived.
func (w *World) Captured(o tocsin.Order) (issued tocsin.RecordID, bundle wire.Bundle) {
	w.Helper()
	f := w.Authority.Faults
	f.Down(SendTo(Host))
	before := len(f.Sent(Host))
	issued = w.Approve(o)
	order := w.Issued(issued).File.Signed
	w.Until("the order was offered", func() bool {
		for _, s := range f.Sent(Host)[before:] {
			if s.Bundle.Document == order {
				bundle = s.Bundle
				return true
			}
		}
		return false
	})
	return issued, bundle
}

// Deliver hands a bundle to a node, past the hop, and gives its verified answer with the exact bytes.
func (w *World) Deliver(n *Node, sender tocsin.PartyID, bundle wire.Bundle) (*wire.Document, []byte) {
	w.Helper()
	answer, err := n.Flow().Receive(w.Context(), sender, w.Clock.Now(), bundle)
	if err != nil {
		w.Fatalf("deliver to %s: %v", n.ID, err)
	}
	doc, err := wire.Verify(answer, wire.Context{Directory: w.Directory, Audience: sender, Now: w.Clock.Now(),
		Demonstration: true})
	if err != nil {
		w.Fatalf("the answer of %s does not verify: %v", n.ID, err)
	}
	return doc, answer
}

// MustRefuse hands a bundle to a node that must not take it.
func (w *World) MustRefuse(n *Node, sender tocsin.PartyID, bundle wire.Bundle, want tocsin.Reason) {
	w.Helper()
	doc, _ := w.Deliver(n, sender, bundle)
	refusal, ok := doc.Body.(*wire.Refusal)
	if !ok {
		w.Errorf("%s took it with a %s, want a refusal for %q", n.ID, doc.Type, want)
		return
	}
	if refusal.Reason != want {
		w.Errorf("refused for %q, want %q", refusal.Reason, want)
	}
}

// MustAccept hands a bundle to a node that must take it.
func (w *World) MustAccept(n *Node, sender tocsin.PartyID, bundle wire.Bundle) *wire.Receipt {
	w.Helper()
	doc, _ := w.Deliver(n, sender, bundle)
	receipt, ok := doc.Body.(*wire.Receipt)
	if !ok {
		w.Fatalf("%s answered with %+v", n.ID, doc.Body)
	}
	return receipt
}

// Records gives every record of a kind at a node.
func (w *World) Records(n *Node, kind tocsin.RecordKind) (rows []flow.Row) {
	w.Helper()
	page := flow.Page{Kind: kind, Limit: 200}
	err := n.Flow().Store.View(w.Context(), func(tx flow.Tx) error {
		for {
			more, next, err := tx.Records(page)
			if err != nil {
				return err
			}
			rows = append(rows, more...)
			if next == "" {
				return nil
			}
			page.After = next
		}
	})
	if err != nil {
		w.Fatal(err)
	}
	return rows
}
