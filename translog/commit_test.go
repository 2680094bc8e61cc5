// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tocsin/translog"
)

// Examples of RFC 9901: the digest that an opening must have. A leaf that lists it must accept the opening.
func TestOpeningsHaveTheDigestsOfRFC9901(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		opening translog.Opening
		digest  string
	}{
		{translog.Opening{Salt: "_26bc4LT-ac6q2KI6cBW5es", Name: "family_name", Value: "Möbius"},
			"X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"},
		{translog.Opening{Salt: "6qMQvRL5haj", Name: "family_name", Value: "Möbius"},
			"uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"},
		{translog.Opening{Salt: "2GLC42sKQveCfGfryNRN9w", Name: "given_name", Value: "John"},
			"jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4"},
		{translog.Opening{Salt: "eluV5Og3gSNII8EYnsxA_A", Name: "family_name", Value: "Doe"},
			"TGf4oLbgwd5JQaHyKVQZU9UdGE0w5rtDsrZzfUaomLo"},
	} {
		l := translog.Leaf{SD: []string{v.digest}}
		if err := l.Verify(v.opening); err != nil {
			t.Errorf("%s: %v", v.opening.Name, err)
		}
	}
}

func TestOpeningOpensItsFieldAndNoOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z.]{1,10}`), 0, translog.HiddenFields,
			rapid.ID[string]).Draw(t, "names")
		var fields []translog.Field
		for _, name := range names {
			fields = append(fields, translog.Field{Name: name, Value: rapid.String().Draw(t, "value")})
		}
		sd, openings, err := testKey(1).Commit("ord_bridge", fields...)
		if err != nil {
			t.Fatal(err)
		}
		if len(sd) != translog.HiddenFields || !slices.IsSorted(sd) {
			t.Fatalf("digests are not %d in order: %v", translog.HiddenFields, sd)
		}
		l := translog.Leaf{SD: sd}
		for i, o := range openings {
			if o.Name != fields[i].Name || o.Value != fields[i].Value {
				t.Fatalf("opening %d is of another field", i)
			}
			if err := l.Verify(o); err != nil {
				t.Fatalf("opening %q: %v", o.Name, err)
			}
			for _, wrong := range []translog.Opening{
				{Salt: o.Salt, Name: o.Name, Value: o.Value + "."},
				{Salt: o.Salt, Name: o.Name + ".", Value: o.Value},
				{Salt: o.Salt + "A", Name: o.Name, Value: o.Value},
				{Salt: "", Name: o.Name, Value: o.Value},
			} {
				if err := l.Verify(wrong); !errors.Is(err, translog.ErrUnverified) {
					t.Fatalf("forged opening: got error %v, want ErrUnverified", err)
				}
			}
		}
	})
}

func TestCommitmentsAreDerivedAndDifferByKeyAndRecord(t *testing.T) {
	t.Parallel()
	field := translog.Field{Name: translog.FieldAddress, Value: "https://example.org/kettle"}
	commit := func(key byte, record string) ([]string, []translog.Opening) {
		sd, openings, err := testKey(key).Commit(record, field)
		if err != nil {
			t.Fatal(err)
		}
		return sd, openings
	}
	sd, openings := commit(1, "ord_a")
	again, openingsAgain := commit(1, "ord_a")
	if diff := cmp.Diff(sd, again) + cmp.Diff(openings, openingsAgain); diff != "" {
		t.Errorf("the same input gave other commitments:\n%s", diff)
	}
	for _, other := range []struct {
		key    byte
		record string
	}{{2, "ord_a"}, {1, "ord_b"}} {
		otherSD, _ := commit(other.key, other.record)
		for _, d := range otherSD {
			if slices.Contains(sd, d) {
				t.Errorf("key %d, record %s shares a digest: linkable", other.key, other.record)
			}
		}
	}
}

// Computed once by another implementation (Python's hmac, hashlib and json): leaves in old logs must stay
// openable.
func TestCommitmentVector(t *testing.T) {
	t.Parallel()
	var key translog.RecordKey
	for i := range key {
		key[i] = byte(i)
	}
	field := translog.Field{Name: "address", Value: "line\u2028\"one\"\\\n\u0001é"}
	sd, openings, err := key.Commit("ord_teapot", field)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(map[string]any{"sd": sd, "openings": openings})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(commitmentVector, string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBadFieldsAreRefused(t *testing.T) {
	t.Parallel()
	name := func(n string) translog.Field { return translog.Field{Name: n, Value: "x"} }
	var nine []translog.Field
	for _, n := range "abcdefghi" {
		nine = append(nine, name(string(n)))
	}
	for what, fields := range map[string][]translog.Field{
		"nine fields":   nine,
		"a name twice":  {name("a"), name("a")},
		"a bad name":    {name("A b")},
		"no name":       {name("")},
		"not even text": {{Name: "a", Value: "\xff"}},
	} {
		if _, _, err := testKey(1).Commit("ord_a", fields...); !errors.Is(err, translog.ErrMalformed) {
			t.Errorf("%s: got error %v, want ErrMalformed", what, err)
		}
	}
	if _, _, err := testKey(1).Commit("not an id"); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("bad record: got error %v, want ErrMalformed", err)
	}
	if err := testOrder(t).Verify(translog.Opening{Value: "\xff"}); !errors.Is(err, translog.ErrMalformed) {
		t.Errorf("opening that is not text: got error %v, want ErrMalformed", err)
	}
}

const commitmentVector = `{"openings":[{"salt":"JrZT7HUv4933TKGHzvY47Q",` +
	`"name":"address",` +
	`"value":"line\u2028\"one\"\\\n\u0001é"}],"sd":[` +
	`"2Z34Heom5Y8DOxC32RnYpVpGTLRkuqxipRSzwfZv-sI",` +
	`"Ip4OzvQ7LJ5veLin72csa939Hcp8MLF0qBHnJ8rxkmw",` +
	`"e9oqfnlnZZAGKcy4aBC9cUIrIcaYb6Ftrm3nm_lwbp8",` +
	`"ep27Md4mfgBDsBcmHVSK8QfE933GemgKkK35GRefAmc",` +
	`"h5crCftnoeqePnr3ILD1ZDa_euFk3m3xwPrwUv8G4UU",` +
	`"jIpSxqC5rvxkEN_4ocsom3wsoriLd99rRH-ixqli_dU",` +
	`"n5AfBmasOuHukGun6mGuERweUUyVBZl5WinONBrqPss",` +
	`"yFPWY0pC9ESr2o1jgkmd-h75Oj0niQ7IksaHFWV4ylE"]}`
