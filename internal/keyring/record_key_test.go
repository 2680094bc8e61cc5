// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
)

func TestRecordKeySurvivesRestartAndRotation(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	id, event := tocsin.NewRecordID(tocsin.KindItem), tocsin.NewEventID()
	key, wrapped, err := r.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := key.Seal("document", []byte("a kettle"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rotate(); err != nil {
		t.Fatal(err)
	}
	_, later, err := r.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(wrapped[1:9], later[1:9]) {
		t.Error("the older key-encryption key still wraps")
	}
	again, err := open(t, dir).OpenKey(id, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := again.Open("document", sealed)
	if err != nil || string(plain) != "a kettle" {
		t.Errorf("opened %q, %v", plain, err)
	}
	if key.Commit(event, plain) != again.Commit(event, plain) || !bytes.Equal(key.LogKey(), again.LogKey()) {
		t.Error("a key opened again derives other keys")
	}
}

func TestWrappedKeyOpensForItsRecordOnly(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	id := tocsin.NewRecordID(tocsin.KindItem)
	_, wrapped, err := r.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.OpenKey(tocsin.NewRecordID(tocsin.KindItem), wrapped); err == nil {
		t.Error("another record opened the key")
	}
	if _, err := r.OpenKey(id, nil); tocsin.CodeOf(err) != tocsin.CodeErased {
		t.Errorf("an erased key gives %v", err)
	}
	short, long := wrapped[:len(wrapped)-1], append(bytes.Clone(wrapped), 0)
	for _, b := range [][]byte{short, long, {1}, make([]byte, len(wrapped))} {
		if _, err := r.OpenKey(id, b); err == nil {
			t.Errorf("%d bytes that are no wrapped key were opened", len(b))
		}
	}
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	id := tocsin.NewRecordID(tocsin.KindItem)
	key, wrapped, err := r.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := key.Seal("document", []byte("a bridge"))
	if err != nil {
		t.Fatal(err)
	}
	flipEach(wrapped, func(b []byte, bit int) {
		if _, err := r.OpenKey(id, b); err == nil {
			t.Errorf("wrapped key: bit %d flipped, and opened", bit)
		}
	})
	flipEach(sealed, func(b []byte, bit int) {
		if _, err := key.Open("document", b); err == nil {
			t.Errorf("sealed text: bit %d flipped, and opened", bit)
		}
	})
	for n := range sealed {
		if _, err := key.Open("document", sealed[:n]); err == nil {
			t.Errorf("the first %d bytes were opened", n)
		}
	}
}

func flipEach(b []byte, try func(b []byte, bit int)) {
	for bit := range len(b) * 8 {
		flipped := bytes.Clone(b)
		flipped[bit/8] ^= 1 << (bit % 8)
		try(flipped, bit)
	}
}

func TestSealedTextOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	mine, _, err := r.NewKey(tocsin.NewRecordID(tocsin.KindItem))
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := r.NewKey(tocsin.NewRecordID(tocsin.KindItem))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "plain")
		context, elsewhere := rapid.String().Draw(t, "context"), rapid.String().Draw(t, "elsewhere")
		sealed, err := mine.Seal(context, plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := mine.Open(context, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened %x, %v", got, err)
		}
		if _, err := mine.Open(elsewhere, sealed); elsewhere != context && err == nil {
			t.Fatal("opened in another context")
		}
		if _, err := other.Open(context, sealed); err == nil {
			t.Fatal("opened with another record's key")
		}
		again, err := mine.Seal(context, plain)
		if err != nil || bytes.Equal(again, sealed) {
			t.Fatalf("the same text sealed twice looks the same, %v", err)
		}
		if len(plain) >= 8 && bytes.Contains(sealed, plain) {
			t.Fatal("the text stands in what was sealed")
		}
	})
}

func TestCommitmentIsOfOneEventAndOneRecord(t *testing.T) {
	t.Parallel()
	_, r := newRing(t)
	keys := make([]flow.RecordKey, 2)
	for i := range keys {
		var err error
		if keys[i], _, err = r.NewKey(tocsin.NewRecordID(tocsin.KindItem)); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[tocsin.Digest]bool{}
	for _, event := range []tocsin.EventID{tocsin.NewEventID(), tocsin.NewEventID()} {
		for _, plain := range []string{"", "a garden", "a kettle"} {
			for _, key := range keys {
				d := key.Commit(event, []byte(plain))
				if !d.Valid() || seen[d] || d != key.Commit(event, []byte(plain)) {
					t.Errorf("commitment %s is malformed, repeated or unstable", d)
				}
				seen[d] = true
			}
		}
	}
	if len(keys[0].LogKey()) != 32 || bytes.Equal(keys[0].LogKey(), keys[1].LogKey()) {
		t.Error("log keys are not 32 bytes of one record")
	}
	keys[0].LogKey()[0] ^= 1
	if bytes.Equal(keys[0].LogKey(), keys[1].LogKey()) {
		t.Error("a caller reached into the key")
	}
}

func TestDestroyedWrappingKeyShredsWhatItWrapped(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	id := tocsin.NewRecordID(tocsin.KindItem)
	_, old, err := r.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	first := r.WrappingKeys()[0]
	if err := r.Destroy(first.ID); tocsin.CodeOf(err) != tocsin.CodeConflict {
		t.Errorf("the key that wraps could be destroyed: %v", err)
	}
	if _, err := r.Rotate(); err != nil {
		t.Fatal(err)
	}
	_, recent, err := r.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Destroy(first.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.Destroy(first.ID); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("destroyed twice: %v", err)
	}
	for _, ring := range []*keyring.Ring{r, open(t, dir)} {
		if _, err := ring.OpenKey(id, old); tocsin.CodeOf(err) != tocsin.CodeErased {
			t.Errorf("what a destroyed key wrapped gives %v", err)
		}
		if _, err := ring.OpenKey(id, recent); err != nil {
			t.Errorf("what a later key wrapped is lost: %v", err)
		}
	}
	for path := range files(t, dir) {
		if strings.Contains(path, first.ID) {
			t.Errorf("%s is left", path)
		}
	}
}

func TestAnotherProcessRotatesAndItsKeysOpen(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	other := open(t, dir)
	added, err := other.Rotate()
	if err != nil || added.Number != 2 {
		t.Fatalf("rotated to %+v, %v", added, err)
	}
	id := tocsin.NewRecordID(tocsin.KindItem)
	_, wrapped, err := other.NewKey(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.OpenKey(id, wrapped); err != nil {
		t.Errorf("a key wrapped by the other process does not open: %v", err)
	}
	if keys := r.WrappingKeys(); len(keys) != 2 || keys[1] != added {
		t.Errorf("the ring knows %v", keys)
	}
}

func TestInterruptedWritesAreIgnoredAndWiped(t *testing.T) {
	t.Parallel()
	dir, r := newRing(t)
	if err := r.WriteMark(flow.Published{Shard: 1, Size: 7, Origin: "node.example/log-1"}); err != nil {
		t.Fatal(err)
	}
	want := r.WrappingKeys()
	// What each step of a write or a destruction leaves when it is the last.
	kek, err := os.ReadFile(filepath.Join(dir, "kek", onlyName(t, filepath.Join(dir, "kek"))))
	if err != nil {
		t.Fatal(err)
	}
	left := map[string][]byte{
		"kek/.tocsin-1": nil, "kek/.tocsin-2": kek[:20], "kek/.tocsin-000009-00000000000000ff.pem": kek,
		"party/.tocsin-4": []byte("half a key"), "service/.tocsin-5": []byte("{"),
		".tocsin-6": []byte(`{"shard":1,"size":99`),
	}
	for name, content := range left {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, dir)
	if got := again.WrappingKeys(); len(got) != len(want) || got[0] != want[0] {
		t.Errorf("key-encryption keys are %v, were %v", got, want)
	}
	if m, ok, err := again.ReadMark(); err != nil || !ok || m.Size != 7 {
		t.Errorf("mark is %+v, %v, %v", m, ok, err)
	}
	for name := range left {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", name, err)
		}
	}
}

// onlyName gives the only name in a folder.
func onlyName(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries in %s, %v", len(entries), dir, err)
	}
	return entries[0].Name()
}
