// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon_test

import (
	"fmt"

	"tocsin/match/canon"
)

// A defanged address found in text becomes the identity of what it names.
func ExampleCanonicalise() {
	u, err := canon.Canonicalise("hxxps://garden[.]example[.]org/Rose?utm_source=letter&id=7#top")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u)
	for _, step := range u.Keys()[canon.KeyIdentity].Trace {
		fmt.Printf("%s: %s\n", step.Rule, step.Sentence())
	}
	// Output:
	// garden.example.org/Rose?id=7
	// refang:scheme: the spoiled scheme restored
	// refang:bracket-dot: bracketed dots restored
	// identity:fragment: the fragment dropped, which the server never sees
	// identity:tracking: parameters dropped that say how a reader came
	// identity:scheme: the scheme dropped: the same place answers both
}

// A set finds an archived copy of a known page, and says of a known domain that it is context only.
func ExampleSet() {
	set := canon.NewSet()
	page, _ := canon.Parse("garden.example.org/rose")
	set.Add(1, page)
	shop, _ := canon.ParseDomain("archive.org")
	set.AddDomain(2, shop)

	copied, _ := canon.Canonicalise("https://web.archive.org/web/20260101000000/https://garden.example.org/rose")
	hits, _ := set.Lookup(copied, 10)
	for _, hit := range hits {
		fmt.Println(hit.ID, hit.Level, hit.Level.Context(), hit.Key.Value)
	}
	set.Remove(1, page)
	hits, _ = set.Lookup(page, 10)
	fmt.Println(len(hits))
	// Output:
	// 1 unwrapped false garden.example.org/rose
	// 2 domain true archive.org
	// 0
}
