// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/decode"
	"tocsin/decode/disguise"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
	"tocsin/decode/vocabulary"
)

// demonstration reads for the invented words.
var demonstration = decode.New(lexicon.Demonstration(), tables, day)

// short is a reading as these tests write it.
func short(all []decode.Decode) (lines []string) {
	for _, d := range all {
		lines = append(lines, d.Tier.String()+" "+d.Normalised)
	}
	return lines
}

func TestTextsAreReadAsTheyShouldBe(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		want string // tier and reading, set apart by "; "
	}{
		{"the Zorvian stood there", "T0 Zorvian"},
		{"the zorvian stood there", "T1 zorvian"},
		{"ᴢ0rv1an", "T2 zorvian"},
		{"z.o.r.v.i.a.n", "T2 zorvian"},
		{"z o r v i a n", "T2 zorvian"},
		{"z0rvian zorv1an z0rv1an zorvi4n z0rv14n", "T2 zorvian; T2 zorvian; T2 zorvian; T2 zorvian; T2 zorvian"},
		{"Z O R V I A N", "T2 zorvian"},
		{`z () r \/ i a n`, "T3 zorvian"},  // of several characters each
		{"a z o r v i a n b c", ""},        // a single letter goes on the row
		{"I z o r v i a n", "T2 zorvian"},  // unless it is a word of its own
		{"z.o.r.v.i.a.n.s", "T2 zorvians"}, // the longer form
		{"z.o-r.v.i.a.n", ""},              // separators are all the same
		{"z..o..r..v..i..a..n", ""},        // and one in a gap
		{"z.orvian", ""},                   // in every gap
		{"z.o.rvian", ""},                  //
		{"zorrrvian", "T2 zorvian"},        //
		{"zo*vian", "T3 zorvian"},          //
		{"zorvia*", "T4 zorvian"},          // G2: no mask, but a letter left out
		{"zorvian**", "T1 zorvian"},        // Markdown's end
		{"**zorvian**", "T1 zorvian"},      //
		{"_zorvian_", "T1 zorvian"},        //
		{"zovian", "T4 zorvian"},           // a letter left out
		{"zrovian", "T4 zorvian"},          // two swapped
		{"zoovian", ""},                    // another letter is no edit
		{"prezorvian", ""},                 // G8
		{"zorvianism", ""},                 // G8
		{"zorvian7", ""},                   // G8: digits are letters here
		{"zorvian2", "T3 zorvians"},        // and may stand for one
		{"zorvian!", "T1 zorvian"},         //
		{"(zorvian)", "T1 zorvian"},        //
		{`\/zorvian`, "T1 zorvian"},        //
		{"zor|\\/ian", ""},                 // that is another letter
		{"zor\\/ian", "T3 zorvian"},        //
		{"zorvian@board.example", ""},      // G6: a mail address
		{"https://board.example/zorvian", ""},
		{"`z0rv1an`", ""},           // G6: code
		{"`zorvian`", "T1 zorvian"}, //
		{"quimber lantern", "T0 quimber lantern"},
		{"Quimber  Lantern", "T1 quimber lantern"},
		{"quimber\nlantern", "T1 quimber lantern"},
		{"quimber-lantern", "T2 quimber lantern"},
		{"quimberlantern", "T3 quimber lantern"},
		{"q.u.i.m.b.e.r l.a.n.t.e.r.n", "T2 quimber lantern"},
		{"q u i m b e r   l a n t e r n", "T2 quimber lantern"},
		{"quimber lanterns", ""},
		{"77 today", ""}, // a number never matches alone
		{"77 for the tarvole", "T0 77"},
		{"🫖 today", ""},
		{"🫖 zorvian", "T0 🫖; T1 zorvian"},
		{"قلمباش هنا", "T0 قلمباش"},
		{"قَلَمْباش", "T1 قلمباش"},
		{"قلمبـــاش", "T1 قلمباش"},
		{"ق ل م ب ا ش", "T2 قلمباش"},
		{"قلمبأش", "T2 قلمبأش"}, // the entry asks for it
		{"9alambash", "T4 9alambash"},
		{"زهره السامور", "T2 زهره السامور"},
		{"رهره السامور", "T4 رهره السامور"},
		{"z\u200bo\u200br\u200bv\u200bi\u200ba\u200bn", "T1 zorvian"},
		{"zorvian\u200b", "T1 zorvian"},
		{"#SeeBlenquilNow", "T3 blenquil"},
		{"#QuimberLanternFair", "T3 quimber lantern"},
		{"#quimberlantern", "T3 quimber lantern"},
		{"#MyZorvianFair", ""},             // seven letters
		{"#seeblenquilnow", "T3 blenquil"}, // common words say where words end
		{"seeblenquilnow", ""},             // inside a hashtag only
		{"seethequimberlanternnow", "T3 quimber lantern"},
		{"#seequimberlantern2024", "T3 quimber lantern"},
		{"#seezorvianfair", ""},         // seven letters
		{"xeethequimberlanternnow", ""}, // not all of it is explained
		{"seethequimberlanternow", ""},
		{"quimberlanternan", ""}, // what may be an ending is no word
		{"seequimberlanterna", ""},
		{"SeeBlenquilNow", ""}, // a name in code
		{"#ReBlenquilled", ""}, // a word inside a word
		{"z⭕rvian", ""},        // a pictograph wants a context
	} {
		got := strings.Join(short(demonstration.Read(row.text, decode.About{}).Decodes), "; ")
		if got != row.want {
			t.Errorf("%q is read as %q, want %q", row.text, got, row.want)
		}
	}
}

// TestReadingCarriesAllThatIsNeededToRepeatIt compares a record with the one that is documented.
func TestReadingCarriesAllThatIsNeededToRepeatIt(t *testing.T) {
	t.Parallel()
	text := "« Le ᴢ0rv1an » selon eux."
	found := demonstration.Read(text, decode.About{Language: "fr", DomainType: "news"}).Decodes
	if len(found) != 1 {
		t.Fatalf("%d readings", len(found))
	}
	d := found[0]
	steps := []decode.Step{
		{At: 6, End: 9, From: "ᴢ", To: "z", Op: fold.OpConfusable, Source: "extra@1"},
		{At: 9, End: 10, From: "0", To: "o", Op: fold.OpLeet, Source: "leet@1"},
		{At: 12, End: 13, From: "1", To: "i", Op: fold.OpLeet, Source: "leet@1"},
	}
	steps[0].Source = d.Path[0].Source // either table has it
	if diff := cmp.Diff(steps, d.Path); diff != "" {
		t.Error(diff)
	}
	if d.Span != (decode.Span{Start: 6, End: 15}) || d.Original != "ᴢ0rv1an" || d.Normalised != "zorvian" || d.Tier != fold.T2 ||
		d.Cost != 1200 || d.Note != decode.Note || d.Snapshot != lexicon.Demonstration().Digest() || d.Tables != tables.ID()+" "+vocabulary.ID {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff([]decode.Alternative{{Reading: "zorvlan", Cost: 1200}}, d.Alternatives); diff != "" {
		t.Error(diff)
	}
	if !d.Context.Quoted || d.Context.Attribution != "selon" || d.Context.Language != "fr" || d.Context.DomainType != "news" ||
		d.Context.Negation {
		t.Errorf("%+v", d.Context)
	}
	written, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back decode.Decode
	if err := json.Unmarshal(written, &back); err != nil {
		t.Fatal(err)
	}
	if _, err := back.Replay(text); err != nil {
		t.Errorf("the record that was written: %v", err)
	}
	for name, spoil := range map[string]func(*decode.Decode){
		"another text":  func(d *decode.Decode) { d.Span.Start++ },
		"another step":  func(d *decode.Decode) { d.Path[1].To = "u" },
		"one step less": func(d *decode.Decode) { d.Path = d.Path[1:] },
		"another order": func(d *decode.Decode) { d.Path[0], d.Path[1] = d.Path[1], d.Path[0] },
		"beyond":        func(d *decode.Decode) { d.Path[2].End = 99 },
		"another start": func(d *decode.Decode) { d.Path[1].From = "u" },
	} {
		bad := back
		bad.Path = append([]decode.Step{}, back.Path...)
		spoil(&bad)
		if _, err := bad.Replay(text); err == nil {
			t.Errorf("%s: replay says nothing", name)
		}
	}
}

func TestCounterExampleIsFlagged(t *testing.T) {
	t.Parallel()
	s := lexicon.Demonstration()
	for _, e := range s.Entries {
		for _, text := range e.CounterExamples {
			for _, r := range demonstration.Read("They went to "+text+" on Sunday.", decode.About{}).Decodes {
				if r.Entry.ID == e.ID && r.Context.CounterExample == "" {
					t.Errorf("%s: %q has no flag", e.ID, text)
				}
			}
		}
	}
}

// TestEntryIsReadOnlyInItsTiersAndTime changes what an entry allows.
func TestEntryIsReadOnlyInItsTiersAndTime(t *testing.T) {
	t.Parallel()
	s, err := lexicon.New([]lexicon.Entry{entryOf("kettle", "en", 1, fold.T0, fold.T1)})
	if err != nil {
		t.Fatal(err)
	}
	d := decode.New(s, tables, day)
	for text, want := range map[string]int{"kettle": 1, "KETTLE": 1, "k3ttle": 0, "k.e.t.t.l.e": 0, "ke*tle": 0, "ketle": 0} {
		if got := len(d.Read(text, decode.About{}).Decodes); got != want {
			t.Errorf("%q has %d readings, want %d", text, got, want)
		}
	}
	for _, at := range []time.Time{day.AddDate(-10, 0, 0), day.AddDate(100, 0, 0)} {
		if got := decode.New(s, tables, at).Read("kettle", decode.About{}).Decodes; got != nil {
			t.Errorf("on %s: %v", at, short(got))
		}
	}
}

// TestGateStopsAReadingThatNoOtherTierGives reads an entry that T4 may not read, so that a letter left out explains nothing.
func TestGateStopsAReadingThatNoOtherTierGives(t *testing.T) {
	t.Parallel()
	s, err := lexicon.New([]lexicon.Entry{entryOf("corvaned", "en", 1, fold.T0, fold.T1, fold.T2, fold.T3)})
	if err != nil {
		t.Fatal(err)
	}
	d := decode.New(s, tables, day)
	for text, want := range map[string]int{
		"corv*ned": 1, "corvane*": 0, "corvane#": 0, "corvane%": 0, // G2
		"[orvaned": 1, "[orvaned]": 0, "see [orvaned here]": 0, // G5
		"a[orvaned": 0, // G8
	} {
		if got := short(d.Read(text, decode.About{}).Decodes); len(got) != want {
			t.Errorf("%q is read as %v, want %d readings", text, got, want)
		}
	}
}

// TestSameTextIsReadTheSameByMany reads at once and in turn.
func TestSameTextIsReadTheSameByMany(t *testing.T) {
	t.Parallel()
	text := mixedText(t, "en", 1<<16) + mixedText(t, "ru", 1<<15) + mixedText(t, "ar", 1<<15)
	d := decoderOf(t, "en", append(append(wordsOf(t, "en"), wordsOf(t, "ru")...), wordsOf(t, "ar")...))
	want := d.Read(text, decode.About{})
	if len(want.Decodes) < 20 {
		t.Fatalf("%d readings are too few to compare", len(want.Decodes))
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if diff := cmp.Diff(want, d.Read(text, decode.About{})); diff != "" {
				t.Error(diff)
			}
		})
	}
	all.Wait()
	other := decoderOf(t, "en", append(append(wordsOf(t, "en"), wordsOf(t, "ru")...), wordsOf(t, "ar")...))
	if diff := cmp.Diff(want, other.Read(text, decode.About{})); diff != "" {
		t.Errorf("another decoder of the same lexicon: %s", diff)
	}
}

// TestWorkIsBoundedWhateverTheText reads hostile texts; what is not read for lack of work is said.
func TestWorkIsBoundedWhateverTheText(t *testing.T) {
	t.Parallel()
	d := decoderOf(t, "en", wordsOf(t, "en"))
	for _, h := range disguise.HostileTexts("kettle", 1<<15) {
		name, text := h.Name, h.Text
		r := d.Read(text, decode.About{FromPicture: len(name)%2 == 0})
		if len(r.Decodes) > decode.MaxDecodes {
			t.Errorf("%s: %d readings", name, len(r.Decodes))
		}
		for _, one := range r.Decodes {
			if _, err := one.Replay(text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	many := d.Read(strings.Repeat("kettle ", 2000), decode.About{})
	if len(many.Decodes) != decode.MaxDecodes || many.More != 2000-decode.MaxDecodes {
		t.Errorf("%d readings and %d more", len(many.Decodes), many.More)
	}
	if r := d.Read(strings.Repeat("k", decode.MaxSize+1), decode.About{}); !r.Bounded {
		t.Error("a text that is too long is not said to be")
	}
}
