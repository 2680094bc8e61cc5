// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"crypto/ed25519"
	"fmt"
	"log"
	"time"

	"tocsin/translog"
)

// An authority logs an order without showing its target, and proves to the host that it did.
func Example() {
	const origin = "authority.example/log/1"
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	signer, err := translog.NewSigner(origin, private)
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := translog.NewVerifier(origin, private.Public().(ed25519.PublicKey))
	if err != nil {
		log.Fatal(err)
	}

	// What is hidden: committed to under the record's own key.
	key := translog.RecordKey{1, 2, 3} // 32 random bytes
	sd, openings, err := key.Commit("ord_example", translog.Field{
		Name: translog.FieldAddress, Value: "https://board.example/post/12",
	})
	if err != nil {
		log.Fatal(err)
	}
	// What is public.
	leaf := translog.Leaf{
		Type: translog.TypeOrder, Issuer: "fr-authority", To: "ie-host", Legal: "eu-2021-784:3",
		Hour:     translog.HourOf(time.Date(2026, 3, 1, 9, 41, 0, 0, time.UTC)),
		Deadline: translog.Deadline1h, Signers: []string{"key-of-one", "key-of-another"}, SD: sd,
	}

	var tree translog.Memory
	index, err := tree.Append(leaf)
	if err != nil {
		log.Fatal(err)
	}
	signed, err := tree.Checkpoint(origin).Sign(signer)
	if err != nil {
		log.Fatal(err)
	}
	proof, err := translog.Prove(signed, index, &tree)
	if err != nil {
		log.Fatal(err)
	}

	// The host has the entry, the proof's text and the authority's key; it asks nobody.
	entry, err := leaf.Encode()
	if err != nil {
		log.Fatal(err)
	}
	received, err := translog.ParseProof(proof.Encode())
	if err != nil {
		log.Fatal(err)
	}
	checkpoint, err := received.Verify(entry, translog.TrustLogs(verifier))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("logged as entry", received.Index, "of", checkpoint.Size, "in", checkpoint.Origin)
	fmt.Println("the address is the one committed to:", leaf.Verify(openings[0]) == nil)
	// Output:
	// logged as entry 0 of 1 in authority.example/log/1
	// the address is the one committed to: true
}

// A log that keeps its right edge beside its size appends without reading anything.
func ExampleEdge() {
	var edge translog.Edge
	for _, entry := range []string{"gate opened", "gate closed", "gate opened"} {
		stored, next, err := edge.Append([]byte(entry))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(next.Size(), "entries:", len(stored), "hashes stored from index", stored[0].Index)
		edge = next
	}
	kept, err := translog.ParseEdge(edge.Size(), edge.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("same root after keeping:", kept.Root() == edge.Root())
	// Output:
	// 1 entries: 1 hashes stored from index 0
	// 2 entries: 2 hashes stored from index 1
	// 3 entries: 1 hashes stored from index 3
	// same root after keeping: true
}

// While an order must stay secret, the log shows only that something was logged and when it must be told.
func ExampleConceal() {
	hour := translog.HourOf(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))
	sd, _, err := translog.RecordKey{1}.Commit("ord_example")
	if err != nil {
		log.Fatal(err)
	}
	secret := translog.Leaf{
		Type: translog.TypeReceipt, Of: translog.TypeOrder, Code: translog.CodeLogged, Issuer: "fr-authority",
		Hour: hour, EmbargoUntil: hour + 6*7*24, EmbargoMax: hour + 12*7*24, SD: sd,
	}
	opaque, inner, err := translog.Conceal(secret)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("to be opened by", opaque.EmbargoMax)

	// Later, an opening leaf carries inner, and every reader can check it.
	revealed, err := opaque.Reveal(inner)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("it was a", revealed.Type, "of an", revealed.Of, "by", revealed.Issuer)
	// Output:
	// to be opened by 2026-05-24T09:00:00Z
	// it was a receipt of an order by fr-authority
}
