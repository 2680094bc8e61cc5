// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit_test

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tocsin/internal/logaudit"
	"tocsin/internal/publog"
	"tocsin/translog"
)

// start is the hour of the first leaf in these tests.
var start = translog.HourOf(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))

// node is a party with one shard of a log, served over HTTP by the real public face. The hooks, when set,
// change what it serves.
type node struct {
	translog.Memory
	party     string
	origin    string
	signer    note.Signer
	verifier  note.Verifier
	published []byte

	onTile    func(tlog.Tile, []byte) []byte
	onEntries func(from int64, entries [][]byte) [][]byte
}

func newNode(t testing.TB, party string, shard int64) *node {
	t.Helper()
	n := &node{party: party, origin: translog.Origin(party+".example", shard)}
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), byte(shard)))
	var err error
	if n.signer, err = translog.NewSigner(n.origin, key); err != nil {
		t.Fatal(err)
	}
	if n.verifier, err = translog.NewVerifier(n.origin, key.Public().(ed25519.PublicKey)); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) CurrentShard(context.Context) (int64, error) { return 1, nil }

func (n *node) Checkpoint(context.Context, int64) ([]byte, error) { return n.published, nil }

func (n *node) Tile(_ context.Context, _ int64, t tlog.Tile) ([]byte, error) {
	b, err := translog.TileData(n.Memory.Checkpoint("").Size, t, n)
	if err == nil && n.onTile != nil {
		b = n.onTile(t, slices.Clone(b))
	}
	return b, err
}

func (n *node) Entries(_ context.Context, _, from int64, count int) ([][]byte, error) {
	entries, err := n.Memory.Entries(from, count)
	if err == nil && n.onEntries != nil {
		entries = n.onEntries(from, slices.Clone(entries))
	}
	return entries, err
}

// log appends leaves and gives the index of the first.
func (n *node) log(t testing.TB, entries ...translog.Entry) int64 {
	t.Helper()
	first, err := n.Append(entries...)
	if err != nil {
		t.Fatal(err)
	}
	return first
}

func (n *node) start(t testing.TB) *node {
	t.Helper()
	n.log(t, translog.Leaf{Type: translog.TypeShardStart, Issuer: n.party, Hour: start, Shard: 1})
	return n
}

// fill appends orders until the log has a size.
func (n *node) fill(t testing.TB, size int64) *node {
	t.Helper()
	entry, err := order(t, n.party, "ie-host", start).Encode()
	if err != nil {
		t.Fatal(err)
	}
	missing := max(0, size-n.head().Size)
	if _, err := n.AppendBytes(slices.Repeat([][]byte{entry}, int(missing))...); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) head() translog.Checkpoint { return n.Memory.Checkpoint(n.origin) }

// serve publishes what there is and gives an audit of it.
func (n *node) serve(t testing.TB) logaudit.Audit {
	t.Helper()
	var err error
	if n.published, err = n.head().Sign(n.signer); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(publog.Handler(n, slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	return logaudit.Audit{
		Base: server.URL + "/log", Policy: translog.TrustLogs(n.verifier), Client: server.Client(),
	}
}

func (n *node) audit(t testing.TB) logaudit.Report {
	t.Helper()
	report, err := n.serve(t).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func sealed(t testing.TB) []string {
	t.Helper()
	sd, _, err := translog.RecordKey{1}.Commit("ord_kettle")
	if err != nil {
		t.Fatal(err)
	}
	return sd
}

func order(t testing.TB, issuer, to string, hour translog.Hour) translog.Leaf {
	return translog.Leaf{
		Type: translog.TypeOrder, Issuer: issuer, To: to, Legal: "eu-2021-784:3", Hour: hour,
		Deadline: translog.Deadline1h, Signers: []string{"key-a", "key-b"}, SD: sealed(t),
	}
}

func receipt(t testing.TB, issuer, code string, hour translog.Hour) translog.Leaf {
	return translog.Leaf{
		Type: translog.TypeReceipt, Of: translog.TypeOrder, Issuer: issuer, Code: code, Hour: hour, SD: sealed(t),
	}
}

// withheld makes a leaf that must be opened in six weeks, in twelve at the latest.
func withheld(l translog.Leaf) translog.Leaf {
	l.EmbargoUntil, l.EmbargoMax = l.Hour+6*7*24, l.Hour+12*7*24
	return l
}

func conceal(t testing.TB, l translog.Leaf) (translog.Opaque, []byte) {
	t.Helper()
	o, inner, err := translog.Conceal(l)
	if err != nil {
		t.Fatal(err)
	}
	return o, inner
}
