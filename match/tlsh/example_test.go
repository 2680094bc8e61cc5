// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tlsh_test

import (
	"fmt"
	"strings"

	"tocsin/match/tlsh"
)

func Example() {
	recipe := strings.Join([]string{
		"Fill the kettle, light the stove and wait until the water sings. Meanwhile cut the bread from",
		"yesterday, pick a handful of mint in the garden behind the kitchen, and warm the old brown pot",
		"with a little water. Four spoons of leaves are enough for six cups; pour slowly, stir once, and",
		"let it stand for five minutes. On a rainy morning add honey and a slice of lemon, and carry the",
		"tray to the bench under the pear tree.",
	}, " ")
	known, err := tlsh.Sum([]byte(recipe))
	if err != nil {
		fmt.Println(err)
		return
	}
	posted, err := tlsh.Sum([]byte(strings.Replace(recipe, "six cups", "seven cups", 1)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(known)
	d := tlsh.Compare(known, posted)
	fmt.Printf("%+v\n", d)
	fmt.Println("match:", d.WithoutLength() <= tlsh.MatchDistance)
	// Output:
	// T1CAE0F12377880BB49A132429825F51E1E706743C266B0842245C823A3B068F7887D3E4
	// {Length:0 Ratios:0 Checksum:1 Buckets:10}
	// match: true
}
