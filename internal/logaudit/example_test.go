// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log"
	"log/slog"
	"net/http/httptest"

	"tocsin/internal/logaudit"
	"tocsin/internal/publog"
	"tocsin/translog"
)

// Anybody who has a log's address and public key can audit it.
func ExampleAudit() {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	authority := &node{party: "fr-authority", origin: "authority.example/log/1"}
	var err error
	if authority.signer, err = translog.NewSigner(authority.origin, private); err != nil {
		log.Fatal(err)
	}
	_, err = authority.Append(
		translog.Leaf{Type: translog.TypeShardStart, Issuer: authority.party, Hour: start, Shard: 1},
		translog.Leaf{Type: translog.TypeHeartbeat, Issuer: authority.party, Hour: start + 1})
	if err != nil {
		log.Fatal(err)
	}
	if authority.published, err = authority.head().Sign(authority.signer); err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(publog.Handler(authority, slog.New(slog.DiscardHandler)))
	defer server.Close()

	verifier, err := translog.NewVerifier(authority.origin, private.Public().(ed25519.PublicKey))
	if err != nil {
		log.Fatal(err)
	}
	report, err := logaudit.Audit{
		Base: server.URL + "/log/1", Policy: translog.TrustLogs(verifier), Client: server.Client(),
	}.Run(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Party, "has", report.Checkpoint.Size, "leaves; clean:", report.Clean(start.Time()))
	// Output:
	// fr-authority has 2 leaves; clean: true
}
