// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package blob_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin"
	"tocsin/internal/blob"
)

func open(t *testing.T, dir string, o blob.Options) *blob.Store {
	t.Helper()
	s, err := blob.New(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *blob.Store, text string) tocsin.Digest {
	t.Helper()
	digest, size, err := s.Put(t.Context(), strings.NewReader(text))
	if err != nil || size != int64(len(text)) || digest != tocsin.DigestOf([]byte(text)) {
		t.Fatalf("put: %q, %d bytes, %v", digest, size, err)
	}
	return digest
}

func read(ctx context.Context, s *blob.Store, digest tocsin.Digest) (string, error) {
	r, err := s.Open(ctx, digest)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), errors.Join(err, r.Close())
}

func list(t *testing.T, s *blob.Store) []blob.Info {
	t.Helper()
	var all []blob.Info
	for info, err := range s.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, info)
	}
	return all
}

// files are the names of all files below a folder, wherever they lie.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			all = append(all, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatIsPutIsReadListedAndDeleted(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "a", "b"), blob.Options{})
	want := []blob.Info{}
	for _, text := range []string{"kettle", "", strings.Repeat("garden ", 100_000)} {
		digest := put(t, s, text)
		want = append(want, blob.Info{Digest: digest, Size: int64(len(text))})
		if got, err := read(t.Context(), s, digest); err != nil || got != text {
			t.Errorf("read %d bytes, %v; want %d", len(got), err, len(text))
		}
	}
	slices.SortFunc(want, func(a, b blob.Info) int { return cmp.Compare(a.Digest, b.Digest) })
	if diff := gocmp.Diff(want, list(t, s)); diff != "" {
		t.Error(diff)
	}
	gone := want[1].Digest
	if err := s.Delete(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	if has, err := s.Has(t.Context(), gone); has || err != nil {
		t.Errorf("after its deletion: has %v, %v", has, err)
	}
	if _, err := s.Open(t.Context(), gone); tocsin.CodeOf(err) != tocsin.CodeNotFound {
		t.Errorf("open after deletion: %v", err)
	}
	if err := s.Delete(t.Context(), gone); tocsin.ReasonOf(err) != blob.ReasonUnknown {
		t.Errorf("second deletion: %v", err)
	}
	if n := len(list(t, s)); n != 2 {
		t.Errorf("%d blobs are listed, want 2", n)
	}
}

func TestListStopsWhenAsked(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), blob.Options{})
	put(t, s, "kettle")
	put(t, s, "bridge")
	for range s.List(t.Context()) {
		break // must not call again
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var last error
	for _, err := range s.List(ctx) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("list of an ended context: %v", last)
	}
}

func TestOnlyADigestNamesABlob(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "blobs"), blob.Options{})
	if err := os.WriteFile(filepath.Join(dir, "outside"), []byte("kettle"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []tocsin.Digest{"", "..", "../outside", "../../outside", "incoming",
		tocsin.Digest(strings.ToUpper(string(tocsin.DigestOf([]byte("kettle"))))),
		tocsin.Digest("/" + strings.Repeat("a", 63))} {
		_, openErr := s.Open(t.Context(), name)
		_, hasErr := s.Has(t.Context(), name)
		for _, err := range []error{openErr, hasErr, s.Delete(t.Context(), name)} {
			if tocsin.ReasonOf(err) != blob.ReasonName {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
}

func TestOnlyTheOwnerReadsBlobs(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: Windows has no such modes.")
	}
	dir := filepath.Join(t.TempDir(), "blobs")
	s := open(t, dir, blob.Options{})
	put(t, s, "kettle")
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBlobAboveTheLimitLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, blob.Options{MaxSize: 6})
	put(t, s, "kettle")
	_, _, err := s.Put(t.Context(), strings.NewReader("kettles"))
	if tocsin.CodeOf(err) != tocsin.CodeTooLarge || tocsin.ReasonOf(err) != blob.ReasonTooLarge {
		t.Errorf("one byte above the limit: %v", err)
	}
	if all := files(t, dir); len(all) != 1 {
		t.Errorf("files: %v", all)
	}
}

func TestBrokenSourceLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, blob.Options{})
	broken := errors.New("the line went dead")
	_, _, err := s.Put(t.Context(), io.MultiReader(strings.NewReader("ket"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("put: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, strings.NewReader("kettle")); !errors.Is(err, context.Canceled) {
		t.Errorf("put in an ended context: %v", err)
	}
	if all := files(t, dir); len(all) != 0 {
		t.Errorf("files: %v", all)
	}
}

// TestDamagedBlobIsNeverReadToItsEnd cuts, changes and lengthens the file behind the store's back.
func TestDamagedBlobIsNeverReadToItsEnd(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), blob.Options{})
	text := strings.Repeat("kettle", 1000)
	digest := put(t, s, text)
	changed := []byte(text)
	changed[3000] ^= 1
	for name, content := range map[string][]byte{"empty": nil, "torn": []byte(text[:4096]), "changed": changed,
		"longer": []byte(text + "x")} {
		if err := os.WriteFile(s.Path(digest), content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := read(t.Context(), s, digest); tocsin.ReasonOf(err) != blob.ReasonDamaged {
			t.Errorf("%s: %v", name, err)
		}
	}
	put(t, s, text)
	if got, err := read(t.Context(), s, digest); err != nil || got != text {
		t.Errorf("after it was put again: %v", err)
	}
}

// TestStepOfTheDiskThatFailsIsNoAcknowledgement pairs each step with a failure: nothing is acknowledged, no
// half blob is ever seen, and the same blob can be put afterwards.
func TestStepOfTheDiskThatFailsIsNoAcknowledgement(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is full")
	for name, breakIt := range map[string]func(*blob.Store){
		"sync of the file": func(s *blob.Store) { s.Break(func(*os.File) error { return broken }, nil, nil) },
		"rename":           func(s *blob.Store) { s.Break(nil, func(string, string) error { return broken }, nil) },
		"rename that was done and told otherwise": func(s *blob.Store) {
			s.Break(nil, func(from, to string) error { return errors.Join(os.Rename(from, to), broken) }, nil)
		},
		"sync of the folder": func(s *blob.Store) { s.Break(nil, nil, func(string) error { return broken }) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, dir, blob.Options{})
			breakIt(s)
			if _, _, err := s.Put(t.Context(), strings.NewReader("kettle")); !errors.Is(err, broken) {
				t.Errorf("put: %v", err)
			}
			again := open(t, dir, blob.Options{})
			for _, info := range list(t, again) {
				if text, err := read(t.Context(), again, info.Digest); err != nil || text != "kettle" {
					t.Errorf("what is there is not whole: %q, %v", text, err)
				}
			}
			digest := put(t, again, "kettle")
			if text, err := read(t.Context(), again, digest); err != nil || text != "kettle" {
				t.Errorf("put again: %q, %v", text, err)
			}
			if all := files(t, dir); len(all) != 1 {
				t.Errorf("files: %v", all)
			}
		})
	}
}

// TestLostRenameIsInvisibleAndSwept is a process that died between writing and moving.
func TestLostRenameIsInvisibleAndSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open(t, dir, blob.Options{})
	left := filepath.Join(dir, "incoming", "123")
	if err := os.WriteFile(left, []byte("kettle"), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(left)
	if err != nil {
		t.Fatal(err)
	}
	after := func(d time.Duration) tocsin.Clock {
		return tocsin.ClockFunc(func() time.Time { return info.ModTime().Add(d) })
	}
	s := open(t, dir, blob.Options{Clock: after(time.Hour)})
	if has, err := s.Has(t.Context(), tocsin.DigestOf([]byte("kettle"))); has || err != nil {
		t.Errorf("has %v, %v", has, err)
	}
	if all := list(t, s); len(all) != 0 {
		t.Errorf("listed: %v", all)
	}
	if len(files(t, dir)) != 1 {
		t.Error("a file that somebody may be writing was removed")
	}
	open(t, dir, blob.Options{Clock: after(25 * time.Hour)})
	if all := files(t, dir); len(all) != 0 {
		t.Errorf("left: %v", all)
	}
}

func TestFilesThatAreNoBlobsAreNotListed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, blob.Options{})
	digest := put(t, s, "kettle")
	for _, name := range []string{"readme", string(digest), filepath.Join(string(digest[:2]), "x")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("kettle"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := gocmp.Diff([]blob.Info{{Digest: digest, Size: 6}}, list(t, s)); diff != "" {
		t.Error(diff)
	}
}

// TestSameBlobPutAtOnceIsWholeAtAnyMoment has writers of the same two blobs, and readers that look meanwhile.
func TestSameBlobPutAtOnceIsWholeAtAnyMoment(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	texts := []string{strings.Repeat("kettle", 20_000), strings.Repeat("bridge", 20_000)}
	var all sync.WaitGroup
	for range 4 {
		s := open(t, dir, blob.Options{})
		for _, text := range texts {
			all.Go(func() {
				if _, _, err := s.Put(t.Context(), strings.NewReader(text)); err != nil {
					t.Error(err)
				}
			})
			all.Go(func() {
				got, err := read(t.Context(), s, tocsin.DigestOf([]byte(text)))
				if err == nil && got != text || err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
					t.Errorf("read meanwhile: %d bytes, %v", len(got), err)
				}
			})
		}
	}
	all.Wait()
	if n := len(files(t, dir)); n != len(texts) {
		t.Errorf("%d files, want %d", n, len(texts))
	}
}

// TestReaderFinishesABlobThatIsDeleted holds on systems where an open file outlives its name.
func TestReaderFinishesABlobThatIsDeleted(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: Windows keeps the name of an open file.")
	}
	s := open(t, t.TempDir(), blob.Options{})
	digest := put(t, s, "kettle")
	r, err := s.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := s.Delete(t.Context(), digest); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || string(text) != "kettle" {
		t.Errorf("read %q, %v", text, err)
	}
}

// TestAnyBytesComeBackAsTheyWent holds however the source is cut into reads.
func TestAnyBytesComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), blob.Options{MaxSize: 2000})
	rapid.Check(t, func(rt *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(rt, "content")
		var source io.Reader = bytes.NewReader(content)
		switch rapid.IntRange(0, 2).Draw(rt, "cut") {
		case 1:
			source = iotest.OneByteReader(source)
		case 2:
			source = iotest.DataErrReader(source)
		}
		digest, size, err := s.Put(t.Context(), source)
		if err != nil || size != int64(len(content)) {
			rt.Fatalf("put %d bytes: %v", size, err)
		}
		got, err := read(t.Context(), s, digest)
		if err != nil || got != string(content) {
			rt.Fatalf("read: %v", err)
		}
	})
}

func TestOldBlobsAreThoseThatNobodyPutSince(t *testing.T) {
	t.Parallel()
	s, err := blob.New(t.TempDir(), blob.Options{})
	if err != nil {
		t.Fatal(err)
	}
	old, _, err := s.Put(t.Context(), strings.NewReader("kettle"))
	if err != nil {
		t.Fatal(err)
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	if err := os.Chtimes(s.Path(old), yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader("bridge")); err != nil {
		t.Fatal(err)
	}
	since := yesterday.Add(time.Hour)
	given := func() (all []tocsin.Digest) {
		for digest, err := range s.Old(t.Context(), since) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, digest)
		}
		return all
	}
	if got := given(); len(got) != 1 || got[0] != old {
		t.Errorf("old are %v", got)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader("kettle")); err != nil {
		t.Fatal(err)
	}
	if got := given(); len(got) != 0 {
		t.Errorf("put again, and old are %v", got)
	}
}
