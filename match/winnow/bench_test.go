// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package winnow_test

import (
	"strings"
	"testing"

	"tocsin/match/winnow"
)

func BenchmarkSum(b *testing.B) {
	for script, text := range map[string]string{
		"latin":    "The old kettle stands on the stove while rain falls over the garden and bread bakes. ",
		"cyrillic": "Старый чайник стоит на плите, дождь идёт над садом, и хлеб медленно печётся на кухне. ",
		"arabic":   "الغلاية القديمة على الموقد بينما يهطل المطر فوق الحديقة ويخبز الخبز ببطء في المطبخ. ",
		"accented": "Le vieux poe\u0302le chauffe la the\u0301ie\u0300re, la pluie tombe sur le pre\u0301. ",
	} {
		for name, size := range map[string]int{"post": 320, "article": 64 << 10} {
			text := strings.Repeat(text, size/len(text)+1)
			b.Run(script+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := winnow.Public.Sum(text); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkFold(b *testing.B) {
	text := strings.Repeat("The old kettle stands on the stove while rain falls over the garden. ", 900)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := winnow.Fold(text); err != nil {
			b.Fatal(err)
		}
	}
}
