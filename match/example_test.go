// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package match_test

import (
	"fmt"

	"tocsin/match"
)

// A platform keeps what it knows in a Set and asks before it shows anything.
func Example() {
	known := match.NewSet(match.Options{})
	_ = known.Add(1, "pdq", "d8f8f0cce0f4a84f0e370a22028f67f0b36e2ed596623e1d33e6b39c4e9c9b22")
	_ = known.Add(2, "url", "garden.example/kettles?id=7")

	answer, err := known.Search(match.Query{Type: "url", Radius: -1,
		Value: "hxxps://garden[.]example/kettles?id=7&utm_source=bridge"})
	for _, hit := range answer.Hits {
		fmt.Println(hit.ID, hit.Why.Level, err)
		for _, step := range hit.Why.Steps {
			fmt.Println(" ", step.Rule, "→", step.After)
		}
	}
	_ = known.Remove(2, "url", "garden.example/kettles?id=7") // the next query does not find it
	// Output:
	// 2 identity <nil>
	//   refang:scheme → https://garden[.]example/kettles?id=7&utm_source=bridge
	//   refang:bracket-dot → https://garden.example/kettles?id=7&utm_source=bridge
	//   identity:tracking → https://garden.example/kettles?id=7
	//   identity:scheme → garden.example/kettles?id=7
}

// A text is known again by the passages it shares with another, shown where they stand in the query.
func ExampleSet_Search() {
	known := match.NewSet(match.Options{})
	text, _ := match.Lookup("text")
	print, _ := text.Parse("The kettle on the bridge sings every morning until the gardener carries it home.")
	_ = known.Add(7, "text", print) // a fingerprint; the text itself is kept nowhere

	post := "Overheard: the KETTLE on the bridge sings every morning until the gardener carries it away."
	answer, _ := known.Search(match.Query{Type: "text", Value: post, Radius: -1})
	for _, hit := range answer.Hits {
		passage := hit.Why.Passages[0]
		fmt.Printf("%d: %q\n", hit.ID, post[passage.Start:passage.End])
	}
	// Output:
	// 7: " KETTLE on the bridge sings every morning until the gardener carries "
}
