// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// neighbour is a node that notes what it is asked, and answers what the test wants.
type neighbour struct {
	*httptest.Server
	mu      sync.Mutex
	status  int
	answer  string
	refuse  int // this many first
	asked   []upload
	arrived chan upload
}

// upload is one question: the names of its parts in order, and what they hold.
type upload struct {
	bearer, path string
	order        []string
	parts        map[string]string
}

const examined = `{"answers":[{"matches":[],"fingerprints":[]}]}`

func newNeighbour(t *testing.T) *neighbour {
	t.Helper()
	n := &neighbour{status: http.StatusOK, answer: examined, arrived: make(chan upload, 100)}
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u := upload{bearer: r.Header.Get("Authorization"), path: r.Method + " " + r.URL.Path, parts: map[string]string{}}
		form, err := r.MultipartReader()
		for err == nil {
			part, next := form.NextPart()
			if next != nil {
				break
			}
			content, _ := io.ReadAll(part)
			u.order, u.parts[part.FormName()] = append(u.order, part.FormName()), string(content)
		}
		if err != nil { // no form
			content, _ := io.ReadAll(r.Body)
			u.parts["body"] = string(content)
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		n.asked = append(n.asked, u)
		if n.refuse > 0 {
			n.refuse--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(n.status)
		io.WriteString(w, n.answer)
		n.arrived <- u
	}))
	t.Cleanup(n.Close)
	return n
}

// next is the next question that was answered.
func (n *neighbour) next(t *testing.T) upload {
	t.Helper()
	select {
	case u := <-n.arrived:
		return u
	case <-time.After(30 * time.Second):
		t.Fatal("the board asked nothing")
		return upload{}
	}
}

// join makes the board ask n.
func (f *running) join(n *neighbour) {
	f.t.Helper()
	if err := f.board.Join(n.URL, "tsk_kettle"); err != nil {
		f.t.Fatal(err)
	}
}

func TestNewPostIsScreenedWithItsReferenceAndTheWordThatItIsPublic(t *testing.T) {
	t.Parallel()
	f, n := start(t), newNeighbour(t)
	f.join(n)
	id, _ := f.create(drawn("a kettle on the stove"), nil)
	u := n.next(t)
	shown := f.get("/media/" + strconv.Itoa(id) + ".png").body
	if u.path != "POST /api/v1/screen" || u.bearer != "Bearer tsk_kettle" ||
		!slices.Equal(u.order, []string{"assertion", "item", "file"}) {
		t.Errorf("asked %s with %q, parts %v", u.path, u.bearer, u.order)
	}
	if u.parts["assertion"] != "public" || u.parts["item"] != strconv.Itoa(id) || u.parts["file"] != shown {
		t.Errorf("asserted %q of %q; the picture shown is what was sent: %v", u.parts["assertion"], u.parts["item"],
			u.parts["file"] == shown)
	}
}

func TestMatchAloneHidesNothing(t *testing.T) {
	t.Parallel()
	f, n := start(t), newNeighbour(t)
	n.answer = `{"answers":[{"matches":[{"proposal":"review","distance":0}]}]}`
	f.join(n)
	id, _ := f.create(drawn("a kettle on the stove"), nil)
	n.next(t)
	next, _ := f.create(drawn("another kettle"), nil)
	n.next(t) // so that the first answer has been read
	for _, post := range []int{id, next} {
		if r := f.get("/post/" + strconv.Itoa(post)); r.status != http.StatusOK {
			t.Errorf("post %d answers %d", post, r.status)
		}
	}
}

// What was posted before a node was there, or while it did not answer, is asked about later, once and in order.
func TestPostsWaitForTheNode(t *testing.T) {
	t.Parallel()
	f, n := start(t), newNeighbour(t)
	first, _ := f.create(drawn("a first kettle"), nil)
	hidden, _ := f.create(drawn("a kettle that is gone"), nil)
	second, _ := f.create(drawn("a second kettle"), nil)
	f.remove(hidden, "remove") // no longer public: not asked about
	n.refuse = 1
	f.join(n)
	for _, want := range []int{first, second} {
		if u := n.next(t); u.parts["item"] != strconv.Itoa(want) {
			t.Errorf("asked about %s, want %d", u.parts["item"], want)
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.asked) != 3 { // one of them refused
		t.Errorf("%d questions", len(n.asked))
	}
}

// One picture that the node refuses does not keep the others waiting.
func TestRefusedPictureIsNotAskedAboutAgain(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"refused": {http.StatusUnprocessableEntity, "{}"},
		"failed":  {http.StatusOK, `{"answers":[{"matches":[],"error":{"reason":"media_unsupported"}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, n := start(t), newNeighbour(t)
			n.status, n.answer = answer.status, answer.body
			f.join(n)
			for range 2 {
				id, _ := f.create(drawn("a kettle"), nil)
				if u := n.next(t); u.parts["item"] != strconv.Itoa(id) {
					t.Errorf("asked about %s, want %d", u.parts["item"], id)
				}
			}
		})
	}
}

func TestJoiningNeedsANodeAndAKey(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, c := range [][2]string{{"", "key"}, {"kettle", "key"}, {"http://node.test/path", "key"}, {"http://node.test", ""}} {
		if err := f.board.Join(c[0], c[1]); err == nil || strings.Contains(err.Error(), "kettle") {
			t.Errorf("%v: %v", c, err)
		}
	}
}
