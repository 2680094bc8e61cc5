// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"fmt"
	"log"

	"tocsin/match/winnow"
)

const known = "Fill the kettle, light the stove and wait until the water sings. Meanwhile cut the bread " +
	"from yesterday."

func Example() {
	posted := "Look what somebody wrote! FILL the kettle, light the stove\nand wait until the water sings. " +
		"Meanwhile cut the bread from yesterday. And not a word about the pot, which has to be warmed first."
	a, err := winnow.Public.Sum(known)
	if err != nil {
		log.Fatal(err)
	}
	b, err := winnow.Public.Sum(posted)
	if err != nil {
		log.Fatal(err)
	}
	c, err := winnow.Compare(&a, &b)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("match %v, containment %.2f, embedded %v\n", c.Matches(), c.Containment, c.Embedded)
	for _, p := range c.Passages {
		fmt.Printf("%q\n", posted[p.Query.Start:p.Query.End])
	}
	// Output:
	// match true, containment 1.00, embedded true
	// "the kettle, light the stove\nand wait until the water sings. Meanwhile cut the bread from yest"
}

func ExampleIndex() {
	index := winnow.NewIndex(winnow.Public.Key())
	text, err := winnow.Public.Sum(known)
	if err != nil {
		log.Fatal(err)
	}
	if err := index.Add(7, &text); err != nil {
		log.Fatal(err)
	}
	query, err := winnow.Public.Sum(known + " Then call everybody to the table under the pear tree.")
	if err != nil {
		log.Fatal(err)
	}
	hits, err := index.Search(&query)
	if err != nil {
		log.Fatal(err)
	}
	for _, hit := range hits {
		fmt.Printf("text %d: %.0f %% of its shingles\n", hit.ID, 100*hit.Containment)
	}
	// Output:
	// text 7: 100 % of its shingles
}

func ExampleWithKey() {
	group, err := winnow.WithKey([]byte("thirty-two bytes that a group has"))
	if err != nil {
		log.Fatal(err)
	}
	shared, err := group.Sum(known)
	if err != nil {
		log.Fatal(err)
	}
	form := shared.String()
	received, err := winnow.Parse(form)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(form[:4], received.Key, received.Digest == shared.Digest)
	// Output:
	// tw1. 8e1a1fb9866d73d1 true
}
