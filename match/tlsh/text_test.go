// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tlsh_test

import (
	"math/rand/v2"
	"slices"
	"strings"
)

var words = map[string][]string{
	"latin": strings.Fields(`the garden kettle bridge stands beside a quiet river and rain falls on green
		leaves while bread bakes slowly in warm kitchens near old stone walls under clear morning skies`),
	"arabic": strings.Fields(`الحديقة المطبخ الجسر النهر المطر الخبز الصباح الشجرة الهواء الباب القديم الأخضر
		الدافئ على بجانب تحت فوق قرب مع ثم`),
	"cyrillic": strings.Fields(`сад чайник мост река дождь хлеб утро дерево ветер дверь старый зелёный тёплый
		на у под над рядом с и затем`),
}

// prose is neutral text of about the given number of words.
func prose(random *rand.Rand, script string, n int) string {
	chosen := make([]string, n)
	for i := range chosen {
		chosen[i] = words[script][random.IntN(len(words[script]))]
	}
	return strings.Join(chosen, " ") + "."
}

// texts are neutral texts of three scripts and many sizes, near copies of each, and texts without a digest.
func texts(seed uint64, rounds int) []string {
	random := rand.New(rand.NewPCG(seed, 17))
	var all []string
	for range rounds {
		for _, script := range []string{"latin", "arabic", "cyrillic"} {
			text := prose(random, script, 5+random.IntN(250))
			edited := strings.Fields(text)
			edited[random.IntN(len(edited))] = "lantern"
			all = append(all, text, strings.Join(edited, " "), text+" "+prose(random, script, 20))
		}
		noise := make([]byte, 50+random.IntN(3000))
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		all = append(all, string(noise))
	}
	return slices.Concat(all, []string{
		"", "kettle", strings.Repeat("k", 49), strings.Repeat("k", 50), strings.Repeat("kettle ", 400),
		prose(random, "latin", 40)[:49], prose(random, "latin", 40)[:50],
	})
}
