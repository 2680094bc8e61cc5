// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"time"

	"tocsin"
	"tocsin/wire"
)

// exampleHost is a host with a fresh key, and a directory that lists it.
func exampleHost() (wire.Signer, tocsin.Directory) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	key, err := wire.NewKey(private.Public())
	if err != nil {
		panic(err)
	}
	key.ID, key.Uses = "host-2026", []tocsin.KeyUse{tocsin.UseDocument}
	key.From = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	directory := tocsin.Directory{Parties: []tocsin.Party{{ID: "garden-board", Keys: []tocsin.Key{key}}}}
	return wire.Signer{
		Party: "garden-board", Key: key.ID, Algorithm: key.Algorithm, Private: private,
	}, directory
}

// A host signs a receipt; the authority verifies it with nothing but its directory.
func ExampleVerify() {
	signer, directory := exampleHost()
	received := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	letter := wire.Letter{ID: wire.NewDocumentID(), Audience: "city-authority", At: received}
	signed, err := wire.Sign(signer, letter, &wire.Receipt{
		Document:   tocsin.DigestOf([]byte("the order")),
		DocumentID: wire.NewDocumentID(), ReceivedAt: received,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	document, err := wire.Verify(signed, wire.Context{
		Directory: directory, Audience: "city-authority", Now: received.Add(time.Second),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	switch body := document.Body.(type) {
	case *wire.Receipt:
		fmt.Println(document.Issuer, "received it at", body.ReceivedAt.Format(time.TimeOnly))
	default:
		fmt.Println("another document")
	}
	// Output: garden-board received it at 12:00:00
}

// A refused document answers its failure class, which the vectors name and a Refusal carries back.
func ExampleVerify_refused() {
	signer, directory := exampleHost()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	letter := wire.Letter{ID: wire.NewDocumentID(), Audience: "city-authority", At: now}
	signed, err := wire.Sign(signer, letter, &wire.Receipt{
		Document: tocsin.DigestOf([]byte("the order")), DocumentID: wire.NewDocumentID(), ReceivedAt: now,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	_, err = wire.Verify(signed, wire.Context{Directory: directory, Audience: "another-authority", Now: now})
	fmt.Println(tocsin.ReasonOf(err))
	// Output: wrong_addressee
}

// What an officer's passkey signs depends on every byte of the order and on the nonce.
func ExampleChallenge() {
	nonce := make([]byte, wire.NonceSize) // random in earnest
	fmt.Printf("%x\n", wire.Challenge([]byte("order"), nonce)[:4])
	fmt.Printf("%x\n", wire.Challenge([]byte("orders"), nonce)[:4])
	// Output:
	// d9a704e3
	// ebb9e8e7
}

// Two of three publishers sign an edition of the directory; a node that pinned their keys reads it.
func ExampleVerifyDirectory() {
	_, directory := exampleHost()
	directory.Serial, directory.IssuedAt = 1, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	p := &directory.Parties[0]
	p.Name, p.Country, p.Source, p.Checker = "Garden board", "IE", "example", "example"

	pinned := wire.Publishers{Threshold: 2}
	edition, err := wire.NewSignedDirectory(directory)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range []tocsin.KeyID{"publisher-1", "publisher-2", "publisher-3"} {
		signer, listed := exampleHost()
		key := listed.Parties[0].Keys[0]
		key.ID, key.Uses, signer.Key = id, []tocsin.KeyUse{wire.UseDirectory}, id
		pinned.Keys = append(pinned.Keys, key)
		if id == "publisher-3" {
			continue // did not sign this edition
		}
		if err := edition.Sign(signer, directory.IssuedAt); err != nil {
			fmt.Println(err)
			return
		}
	}
	data, err := edition.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}

	read, err := wire.VerifyDirectory(data, pinned, directory.IssuedAt.Add(time.Hour), false)
	fmt.Println(read.Serial, len(read.Parties), err)
	// Output: 1 1 <nil>
}
