// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"slices"
	"strings"
	"testing"

	"tocsin/decode"
	"tocsin/decode/disguise"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

var offPicture = decode.About{FromPicture: true}

// TestTextOffAPictureIsReadAsSuchOnlyWhereTheCallerSaysSo reads what programs write that take letters for each other.
func TestTextOffAPictureIsReadAsSuchOnlyWhereTheCallerSaysSo(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"marlimo", "lilamo", "decade", "oiloil", "clarnet", "milk barn", "кнопка", "طلاسم", "modern"}, nil)
	for _, row := range []struct{ text, with, without string }{
		{"a marlirno here", "T2 marlimo", ""},
		{"a rnarIirno here", "T2 marlimo", ""},
		{"IiIamo", "T2 lilamo", ""},
		{"IiIarno", "", ""}, // G10: half of its letters
		{"darnet", "T2 clarnet", ""},
		{"]ilamo", "T2 lilamo", ""},
		{"miIk bam", "T2 milk barn", ""},
		{"кпопка", "T2 кнопка", ""},
		{"طل|سم", "T2 طلاسم", ""},
		{"(marIimo)", "T2 marlimo", ""},
		{"“marIimo”, he said", "T2 marlimo", ""},
		{"marlimo Marlimo", "T0 marlimo; T1 marlimo", "T0 marlimo; T1 marlimo"},
		{"m.a.r.I.i.m.o", "T2 marlimo", ""},
		{"marl!mo", "T2 marlimo", "T2 marlimo"}, // leet reads it as well
		{"a modem", "", ""},                     // G10: a common word
		{"decadc", "T2 decade", ""},
		{"dec4dc", "", ""},                   // G1
		{"011011", "", ""},                   // G6: a number
		{"0i10il", "T2 oiloil", "T2 oiloil"}, // G10, but leet reads it
		{"xmarIimo", "", ""},                 // G8
		{"marIimox", "", ""},                 // G8
		{"`marIimo`", "", ""},                // G6: code
		{"a@marIimo.example", "", ""},
	} {
		if got := strings.Join(short(d.Read(row.text, offPicture).Decodes), "; "); got != row.with {
			t.Errorf("%q off a picture is read as %q, want %q", row.text, got, row.with)
		}
		if got := strings.Join(short(d.Read(row.text, decode.About{}).Decodes), "; "); got != row.without {
			t.Errorf("%q is read as %q, want %q", row.text, got, row.without)
		}
	}
}

// TestReadingOffAPictureTellsThatItIsOne holds what is needed to repeat it: the mode, the table, the steps.
func TestReadingOffAPictureTellsThatItIsOne(t *testing.T) {
	t.Parallel()
	text := "the zorvlan stood there"
	found := demonstration.Read(text, offPicture).Decodes
	if len(found) != 1 {
		t.Fatalf("%d readings", len(found))
	}
	d := found[0]
	if _, err := d.Replay(text); err != nil {
		t.Error(err)
	}
	step := d.Path[0]
	if len(d.Path) != 1 || step.Op != fold.OpOCR || step.Source != "ocr@1" || step.From != "l" || step.To != "i" || d.Cost != fold.CostOCR ||
		!d.Context.FromPicture || !strings.Contains(d.Tables, "ocr@1") {
		t.Errorf("%+v", d)
	}
	if len(d.Alternatives) != 1 || d.Alternatives[0].Reading != "zorv1an" {
		t.Errorf("%+v", d.Alternatives)
	}
}

// TestMisreadLettersAreNotReadForAnEntryOfT1 holds that the mode reaches no entry that allows no T2.
func TestMisreadLettersAreNotReadForAnEntryOfT1(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"marlimo"}, func(_ int, e *lexicon.Entry) { e.Tiers = []fold.Tier{fold.T0, fold.T1} })
	if got := short(d.Read("marlirno MARLIMO", offPicture).Decodes); len(got) != 1 || got[0] != "T1 marlimo" {
		t.Errorf("read as %v", got)
	}
}

// TestWhatIsReadIsReadOffAPicture holds that the mode takes no reading away.
func TestWhatIsReadIsReadOffAPicture(t *testing.T) {
	t.Parallel()
	for _, language := range languages {
		words := wordsOf(t, language)[:10]
		d := decoderOf(t, language, words)
		for _, class := range disguise.Classes {
			luck := luckOf(3)
			for _, word := range words {
				if !class.For(scriptOf(language)) {
					continue
				}
				text := class.Write(word, luck)
				for _, want := range d.Read(text, decode.About{}).Decodes {
					if !slices.ContainsFunc(d.Read(text, offPicture).Decodes, func(r decode.Decode) bool {
						return r.Entry.ID == want.Entry.ID && r.Tier <= want.Tier && r.Cost <= want.Cost
					}) {
						t.Errorf("%s: %q is read as %s %s in a text, and not off a picture", class.Name, text, want.Tier, want.Normalised)
					}
				}
			}
		}
	}
}
