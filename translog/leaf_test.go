// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/translog"
)

var noon = translog.HourOf(time.Date(2026, 3, 1, 12, 34, 56, 0, time.UTC))

func testKey(n byte) translog.RecordKey { return translog.RecordKey{0: 1, 31: n} }

func hide(t testing.TB, fields ...translog.Field) []string {
	t.Helper()
	sd, _, err := testKey(7).Commit("ord_kettle", fields...)
	if err != nil {
		t.Fatal(err)
	}
	return sd
}

func testOrder(t testing.TB) translog.Leaf {
	t.Helper()
	return translog.Leaf{
		Type: translog.TypeOrder, Issuer: "fr-authority", To: "ie-host", Legal: "eu-2021-784:3",
		Hour: noon, Deadline: translog.Deadline1h, Signers: []string{"key-b", "key-a"},
		SD: hide(t, translog.Field{Name: translog.FieldAddress, Value: "https://example.org/garden/12"}),
	}
}

// validLeaves has one leaf of every type, with the least it must have.
func validLeaves(t testing.TB) map[translog.Type]translog.Leaf {
	t.Helper()
	re, sd, digest := new(int64), hide(t), translog.DigestOf([]byte("published"))
	leaves := make(map[translog.Type]translog.Leaf)
	for _, typ := range translog.Types() {
		l := translog.Leaf{Type: typ, Issuer: "fr-authority", Hour: noon, SD: sd, Re: re, Code: "done"}
		switch typ {
		case translog.TypeOrder:
			l = testOrder(t)
		case translog.TypeBlocking:
			l.Legal, l.Signers = "fr-lcen:6-1", []string{"key-a"}
		case translog.TypeReceipt:
			l.Of, l.Code = translog.TypeOrder, translog.CodeUnlogged
		case translog.TypeRefusal:
			l.Of, l.Issuer = translog.TypeOrder, ""
		case translog.TypeAction:
			l.Legal = "eu-2021-784:3"
		case translog.TypeGag:
			l.EmbargoUntil, l.EmbargoMax = noon+24, noon+48
		case translog.TypeEmbargoExtension:
			l.EmbargoUntil, l.Signers, l.SD = noon+24, []string{"key-c"}, nil
		case translog.TypeOpening, translog.TypeErasure:
			l.SD = nil
		case translog.TypeKeyEvent:
			l.SD, l.Re, l.Digest = nil, nil, digest
		case translog.TypePolicyChange, translog.TypeStatistics:
			l.SD, l.Re, l.Digest, l.Code = nil, nil, digest, ""
		case translog.TypeHeartbeat:
			l = translog.Leaf{Type: typ, Issuer: "fr-authority", Hour: noon}
		case translog.TypeShardStart:
			l = translog.Leaf{Type: typ, Issuer: "fr-authority", Hour: noon, Shard: 1}
		}
		leaves[typ] = l
	}
	return leaves
}

func TestEveryTypeOfLeafRoundTrips(t *testing.T) {
	t.Parallel()
	for typ, l := range validLeaves(t) {
		b, err := l.Encode()
		if err != nil {
			t.Errorf("%s: %v", typ, err)
			continue
		}
		got, err := translog.ParseEntry(b)
		if err != nil {
			t.Errorf("%s: %v", typ, err)
			continue
		}
		slices.Sort(l.Signers)
		if diff := cmp.Diff(translog.Entry(l), got); diff != "" {
			t.Errorf("%s: (-encoded +parsed)\n%s", typ, diff)
		}
	}
}

func TestLeafHasOneEncoding(t *testing.T) {
	t.Parallel()
	l := testOrder(t)
	l.SD = nil
	for i := range translog.HiddenFields {
		l.SD = append(l.SD, translog.DigestOf([]byte{byte(i)}))
	}
	slices.Sort(l.SD)
	b, err := l.Encode()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"v":1,"t":"order","issuer":"fr-authority","to":"ie-host","legal":"eu-2021-784:3",` +
		`"hour":"2026-03-01T12:00:00Z","deadline":"1h","signers":["key-a","key-b"],"_sd":["` +
		strings.Join(l.SD, `","`) + `"],"_sd_alg":"sha-256"}`
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLeafSizeDoesNotTellHowManyFieldsItHides(t *testing.T) {
	t.Parallel()
	sizes := make(map[int]bool)
	var fields []translog.Field
	for i := range translog.HiddenFields {
		fields = append(fields, translog.Field{
			Name: fmt.Sprintf("address.%d", i), Value: strings.Repeat("https://example.org/bridge/", i+1),
		})
		l := testOrder(t)
		l.SD = hide(t, fields...)
		b, err := l.Encode()
		if err != nil {
			t.Fatal(err)
		}
		sizes[len(b)] = true
	}
	if len(sizes) != 1 {
		t.Errorf("leaves hiding 1 to %d fields have sizes %v, want one size", translog.HiddenFields, sizes)
	}
}

func TestLeafThatBreaksARuleIsRefused(t *testing.T) {
	t.Parallel()
	index, negative := int64(3), int64(-1)
	for name, change := range map[string]func(*translog.Leaf){
		"unknown type":             func(l *translog.Leaf) { l.Type = "rumour" },
		"no issuer":                func(l *translog.Leaf) { l.Issuer = "" },
		"no legal basis":           func(l *translog.Leaf) { l.Legal = "" },
		"no hour":                  func(l *translog.Leaf) { l.Hour = 0 },
		"hour beyond RFC 3339":     func(l *translog.Leaf) { l.Hour = 1 << 40 },
		"no deadline":              func(l *translog.Leaf) { l.Deadline = "" },
		"invented deadline":        func(l *translog.Leaf) { l.Deadline = "soon" },
		"one signer":               func(l *translog.Leaf) { l.Signers = []string{"key-a"} },
		"one signer twice":         func(l *translog.Leaf) { l.Signers = []string{"key-a", "key-a"} },
		"nine signers":             func(l *translog.Leaf) { l.Signers = strings.Split("a.b.c.d.e.f.g.h.i", ".") },
		"nothing hidden":           func(l *translog.Leaf) { l.SD = nil },
		"seven digests":            func(l *translog.Leaf) { l.SD = l.SD[1:] },
		"digests out of order":     func(l *translog.Leaf) { l.SD = []string{7: l.SD[0]} },
		"negative index":           func(l *translog.Leaf) { l.Re = &negative },
		"shard without index":      func(l *translog.Leaf) { l.Shard = 2 },
		"negative shard":           func(l *translog.Leaf) { l.Re, l.Shard = &index, -1 },
		"digest of the target":     func(l *translog.Leaf) { l.Digest = translog.DigestOf(nil) },
		"an inner leaf":            func(l *translog.Leaf) { l.Inner = []byte("{}") },
		"of has no place":          func(l *translog.Leaf) { l.Of = translog.TypeOrder },
		"embargo without limit":    func(l *translog.Leaf) { l.EmbargoUntil = noon + 1 },
		"embargo without due date": func(l *translog.Leaf) { l.EmbargoMax = noon + 1 },
		"embargo before the leaf":  func(l *translog.Leaf) { l.EmbargoUntil, l.EmbargoMax = noon-1, noon+1 },
		"embargo past its limit":   func(l *translog.Leaf) { l.EmbargoUntil, l.EmbargoMax = noon+2, noon+1 },
	} {
		l := testOrder(t)
		change(&l)
		if _, err := l.Encode(); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got error %v, want ErrMalformed", name, err)
		}
	}
}

func TestOnlyAShardAfterTheFirstNamesOneBefore(t *testing.T) {
	t.Parallel()
	digest := translog.DigestOf([]byte("the last checkpoint"))
	for _, c := range []struct {
		shard  int64
		digest string
		ok     bool
	}{{1, "", true}, {2, digest, true}, {2, "", true}, {1, digest, false}, {0, "", false}, {-1, "", false}} {
		l := translog.Leaf{
			Type: translog.TypeShardStart, Issuer: "ie-host", Hour: noon, Shard: c.shard, Digest: c.digest,
		}
		if _, err := l.Encode(); (err == nil) != c.ok {
			t.Errorf("shard %d, digest %q: got error %v", c.shard, c.digest, err)
		}
	}
}

func TestReceiptSaysOfWhatAndWhetherItWasLogged(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*translog.Leaf){
		"of nothing":                  func(l *translog.Leaf) { l.Of = "" },
		"of what no party receives":   func(l *translog.Leaf) { l.Of = translog.TypeHeartbeat },
		"of a type that is not there": func(l *translog.Leaf) { l.Of = "rumour" },
		"silent about the proof":      func(l *translog.Leaf) { l.Code = "" },
		"vague about the proof":       func(l *translog.Leaf) { l.Code = "maybe" },
	} {
		l := validLeaves(t)[translog.TypeReceipt]
		change(&l)
		if _, err := l.Encode(); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("receipt %s: got error %v, want ErrMalformed", name, err)
		}
	}
}

// Text planted in any public field must be refused, and the refusal must not repeat it.
func TestNoTextEntersAPublicField(t *testing.T) {
	t.Parallel()
	for _, canary := range []string{"Canary sings", "https://example.org/canary", "canary@example.org",
		"canary\n", "CANARY", "canary/1", strings.Repeat("canary", 11), "c\u0101nary"} {
		for name, plant := range map[string]func(*translog.Leaf){
			"type":     func(l *translog.Leaf) { l.Type = translog.Type(canary) },
			"issuer":   func(l *translog.Leaf) { l.Issuer = canary },
			"to":       func(l *translog.Leaf) { l.To = canary },
			"of":       func(l *translog.Leaf) { l.Of = translog.Type(canary) },
			"legal":    func(l *translog.Leaf) { l.Legal = canary },
			"code":     func(l *translog.Leaf) { l.Code = canary },
			"deadline": func(l *translog.Leaf) { l.Deadline = translog.Deadline(canary) },
			"signers":  func(l *translog.Leaf) { l.Signers = []string{"key-a", canary} },
			"digest":   func(l *translog.Leaf) { l.Digest = canary },
			"inner":    func(l *translog.Leaf) { l.Inner = []byte(canary) },
			"sd":       func(l *translog.Leaf) { l.SD[0] = canary },
		} {
			l := testOrder(t)
			plant(&l)
			b, err := l.Encode()
			if !errors.Is(err, translog.ErrMalformed) {
				t.Errorf("%s: accepted %q: %s", name, canary, b)
			} else if strings.Contains(strings.ToLower(err.Error()), "canary") {
				t.Errorf("%s: the error repeats its input: %v", name, err)
			}
		}
	}
}

func TestParserAcceptsOnlyTheCanonicalEncoding(t *testing.T) {
	t.Parallel()
	good, err := testOrder(t).Encode()
	if err != nil {
		t.Fatal(err)
	}
	swap := func(old, new string) []byte {
		changed := bytes.Replace(good, []byte(old), []byte(new), 1)
		if bytes.Equal(changed, good) {
			t.Fatalf("%q is not in the encoding", old)
		}
		return changed
	}
	for name, b := range map[string][]byte{
		"empty":              nil,
		"not JSON":           []byte("leaf"),
		"another version":    swap(`"v":1`, `"v":2`),
		"no version":         swap(`"v":1,`, ``),
		"unknown field":      swap(`"v":1,`, `"v":1,"note":"x",`),
		"field in capitals":  swap(`"issuer"`, `"Issuer"`),
		"repeated field":     swap(`"legal"`, `"to":"ie-host","legal"`),
		"another order":      swap(`"v":1,"t":"order",`, `"t":"order","v":1,`),
		"a space":            swap(`"v":1,`, `"v":1, `),
		"an escape":          swap(`"order"`, `"\u006frder"`),
		"wrong type":         swap(`"fr-authority"`, `7`),
		"null":               swap(`"fr-authority"`, `null`),
		"deep":               swap(`"fr-authority"`, strings.Repeat("[", 30000)),
		"half an hour":       swap(`12:00:00Z`, `12:30:00Z`),
		"another zone":       swap(`12:00:00Z`, `12:00:00+01:00`),
		"another digest":     swap(`sha-256`, `sha-512`),
		"trailing bytes":     append(slices.Clone(good), '\n'),
		"second object":      append(slices.Clone(good), good...),
		"over the size":      append(slices.Clone(good), bytes.Repeat([]byte(" "), translog.MaxEntry)...),
		"an opaque in shape": []byte(`{"v":1,"epoch":"2026-03-01T00:00:00Z","t":"order"}`),
	} {
		if _, err := translog.ParseEntry(b); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got error %v, want ErrMalformed", name, err)
		}
	}
}
