// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pair is what pytx is asked about.
type pair struct {
	Type string `json:"type"`
	A    string `json:"a"`
	B    string `json:"b"`
}

// opinion is what pytx says of a pair: HMA answers with it.
type opinion struct {
	Values     []*string
	Match      bool
	Text       string
	Similarity map[string]any
}

func askPytx(t *testing.T, pairs []pair) []opinion {
	t.Helper()
	installed := os.Getenv("TOCSIN_INTEROP")
	if installed == "" {
		t.Skip("NOT TESTED: PYTX IS NOT INSTALLED: run interop/run to let it compare what we compare")
	}
	input, err := json.Marshal(pairs)
	check(t, err)
	var trouble bytes.Buffer
	python := filepath.Join(installed, "venv", "bin", "python")
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "..", "interop", "hma", "peer.py"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &trouble
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("run peer: %v\n%s", err, trouble.String())
	}
	var answer struct {
		Peer    string
		Results []opinion
	}
	check(t, json.Unmarshal(output, &answer))
	t.Logf("peer: %s", answer.Peer)
	if len(answer.Results) != len(pairs) {
		t.Fatalf("%d results for %d pairs", len(answer.Results), len(pairs))
	}
	return answer.Results
}

// flipped is the hash with its first bits turned over.
func flipped(hash string, bits int) string {
	digits := []byte(hash)
	for i := range bits {
		var digit byte
		_, _ = fmt.Sscanf(string(digits[i/4]), "%x", &digit)
		digits[i/4] = fmt.Sprintf("%x", digit^1<<(i%4))[0]
	}
	return string(digits)
}

func pairs() (all []pair) {
	const md5 = "b30bf1db5c29fa4109884d2d32980214"
	for _, bits := range []int{0, 1, 9, 30, 31, 32, 52, 128, 256} {
		all = append(all, pair{"pdq", aHash, flipped(aHash, bits)})
	}
	return append(all, pair{"video_md5", md5, md5}, pair{"video_md5", md5, "00" + md5[2:]},
		pair{"video_md5", " " + strings.ToUpper(md5) + " ", md5}, pair{"pdq", "kettle", aHash},
		pair{"pdq", aHash, aHash[1:]},
		pair{"video_md5", "kettle", md5}, pair{"video_md5", md5, md5 + "0"})
}

// TestInteropComparisonsAreThoseOfPytx on HMA's wire.
func TestInteropComparisonsAreThoseOfPytx(t *testing.T) {
	t.Parallel()
	asked := pairs()
	opinions := askPytx(t, asked)
	l := newLab(t)
	for i, p := range asked {
		body, err := json.Marshal(map[string][]string{p.Type: {p.A, p.B}})
		check(t, err)
		r := l.do("POST", "/m/compare", string(body))
		want := opinions[i]
		if want.Values[0] == nil || want.Values[1] == nil {
			if r.status != http.StatusBadRequest {
				t.Errorf("%v: pytx refuses it, we answer %d", p, r.status)
			}
			continue
		}
		var got map[string][2]any
		check(t, json.Unmarshal([]byte(l.want(http.StatusOK, r)), &got))
		if diff := cmp.Diff([2]any{want.Match, map[string]any(want.Similarity)}, got[p.Type]); diff != "" {
			t.Errorf("%v: %s", p, diff)
		}
	}
}

// TestInteropLookupsMatchWhatPytxMatches, with its text for the distance, and what is stored is what it
// would store.
func TestInteropLookupsMatchWhatPytxMatches(t *testing.T) {
	t.Parallel()
	asked := pairs()
	opinions := askPytx(t, asked)
	l := newLab(t)
	for i, p := range asked {
		want := opinions[i]
		if want.Values[0] == nil || want.Values[1] == nil {
			continue
		}
		bank := fmt.Sprint("BANK_", i)
		l.want(http.StatusCreated, l.do("POST", "/c/banks", `{"name":"`+bank+`"}`))
		added := l.want(http.StatusOK, l.do("POST", "/c/bank/"+bank+"/signal", `{"`+p.Type+`":"`+p.B+`"}`))
		if !strings.Contains(added, `"`+*want.Values[1]+`"`) {
			t.Errorf("%v is stored as %s", p, added)
		}
		found := l.want(http.StatusOK, l.do("GET", "/m/lookup?banks="+bank+"&signal_type="+p.Type+"&signal="+
			url.QueryEscape(p.A), ""))
		if strings.Contains(found, bank) != want.Match {
			t.Errorf("%v: pytx matches %v, we answer %s", p, want.Match, found)
		}
		if want.Match && !strings.Contains(found, `"distance":"`+want.Text+`"`) {
			t.Errorf("%v: pytx writes the distance %q, we answer %s", p, want.Text, found)
		}
	}
}
