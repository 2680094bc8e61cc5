// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"strings"
	"testing"

	"tocsin/decode"
	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// TestFormIsReadInARunOfLettersThatWordsExplain asks for each rule of joined words.
func TestFormIsReadInARunOfLettersThatWordsExplain(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"quimber lantern", "marlenquo", "tarvole", "кнопка луна", "straß sella", "tik tok tam", "gate 5"}, nil)
	long := strings.Repeat("withthe", 50)
	for _, row := range []struct{ text, want, words string }{
		{"seethequimberlanternnow", "quimber lantern", "see the quimberlantern now"},
		{"SeeTheQUIMBERLanternNow", "quimber lantern", "See The QUIMBERLantern Now"},
		{"quimberlanterntoday", "quimber lantern", "quimberlantern today"},
		{"todayquimberlantern", "quimber lantern", "today quimberlantern"},
		{"quimberlanternquimberlantern", "quimber lantern; quimber lantern", "quimberlantern quimberlantern"},
		{"thequimber lantern", "", ""},                                            // the run ends within the form
		{"xeethequimberlanternnow", "", ""},                                       // not all of it is words
		{"seethequimberlanternnowx", "", ""},                                      //
		{"undthequimberlantern", "", ""},                                          // nor of one language
		{"quimberlanternan", "", ""},                                              // an ending may be a word
		{"quimberlanterna", "", ""},                                               //
		{"quimberlanterningarden", "quimber lantern", "quimberlantern in garden"}, // unless a longer one follows
		{"quimberlanternisin", "", ""},                                            // not two short ones
		{"aquimberlantern", "quimber lantern", "a quimberlantern"},
		{"iwantthequimberlantern", "quimber lantern", "i want the quimberlantern"},
		{"seeaaquimberlantern", "", ""}, // letters stand alone one by one
		{"seequimberlanterni", "", ""},  // and not at the end
		{"quimberlantern2024", "quimber lantern", "quimberlantern 2024"},
		{"quimberlantern7", "", ""},
		{"thegate5now", "gate 5", "the gate5 now"},
		{"thegate512now", "", ""}, // a number is whole
		{"2024quimberlantern", "quimber lantern", "2024 quimberlantern"},
		{"seethetarvolenow", "", ""},     // a form of one word
		{"#seethetarvolenow", "", ""},    // of fewer than eight letters
		{"x seethemarlenquonow", "", ""}, // outside a hashtag
		{"#seethemarlenquonow", "marlenquo", "see the marlenquo now"},
		{"#seethemarlenquosthere", "", ""},
		{"новаякнопкалуна", "кнопка луна", "новая кнопкалуна"},
		{"кнопкалунаего", "", ""}, // three letters are an ending in Russian
		{"кнопкалунасегодня", "кнопка луна", "кнопкалуна сегодня"},
		{"theстраßsellanow", "", ""},
		{"seethetiktoktamnow", "tik tok tam", "see the tiktoktam now"},
		{"see\u200bthe\u00adquimber\u200blantern", "quimber lantern", "see\u200b the\u00ad quimber\u200blantern"},
		{long[:280] + "quimberlantern", "quimber lantern", ""},
		{long + "quimberlantern", "", ""},     // longer than a reading may span
		{"`seethequimberlanternnow`", "", ""}, // G6
		{"seethequimberlanternnow@board.example", "", ""},
	} {
		var got []string
		for _, r := range d.Read(row.text, decode.About{}).Decodes {
			got = append(got, r.Normalised)
			if r.Tier != fold.T3 || !r.Context.Joined || row.words != "" && r.Context.Words != row.words {
				t.Errorf("%q is read in %s as %q", row.text, r.Tier, r.Context.Words)
			}
			if _, err := r.Replay(row.text); err != nil {
				t.Errorf("%q: %v", row.text, err)
			}
		}
		if strings.Join(got, "; ") != row.want {
			t.Errorf("%q is read as %q, want %q", row.text, got, row.want)
		}
	}
}

// TestRunCostsASpaceForEachWordOfIt holds what is counted: the run, and each space that was left out of the form.
func TestRunCostsASpaceForEachWordOfIt(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"quimber lantern", "marlenquo"}, nil)
	for text, want := range map[string]fold.Cost{"seethequimberlanternnow": 2 * fold.CostJoin, "#seethemarlenquonow": fold.CostJoin} {
		if got := d.Read(text, decode.About{}).Decodes; len(got) != 1 || got[0].Cost != want {
			t.Errorf("%q: %v, want a cost of %d", text, short(got), want)
		}
	}
}

// TestWorkInRunsIsBounded holds that forms within forms are looked for only as long as there is work to spend, and that the
// answer says so.
func TestWorkInRunsIsBounded(t *testing.T) {
	t.Parallel()
	var forms []string
	for n := range 80 {
		forms = append(forms, strings.Repeat("ka", n+1)+" "+strings.Repeat("ka", n+1))
	}
	d := readerOf(t, forms, nil)
	const begins = "z" // as no form does, so that nothing else takes work
	if r := d.Read(strings.Repeat(begins+strings.Repeat("ka", 100)+" ", 50), decode.About{}); !r.Bounded {
		t.Error("not all was looked for, and nothing says so")
	}
	if r := d.Read(strings.Repeat(begins+strings.Repeat("ka", 10)+" ", 50), decode.About{}); r.Bounded {
		t.Error("all was looked for, and it is said that not")
	}
}

// TestSpaceWithinACharacterIsNone holds that no space is read where one character is two letters.
func TestSpaceWithinACharacterIsNone(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"mas sello"}, nil)
	for text, want := range map[string]int{"themassello": 1, "themaßello": 0} {
		if got := d.Read(text, decode.About{}).Decodes; len(got) != want {
			t.Errorf("%q is read as %v, want %d readings", text, short(got), want)
		}
	}
}

// TestRunIsNotReadForAnEntryOfT2 holds that joined words need T3.
func TestRunIsNotReadForAnEntryOfT2(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"quimber lantern"}, func(_ int, e *lexicon.Entry) { e.Tiers = []fold.Tier{fold.T0, fold.T1, fold.T2} })
	if got := short(d.Read("seethequimberlanternnow", decode.About{}).Decodes); got != nil {
		t.Errorf("read as %v", got)
	}
}

// TestCommonWordIsReadAsNoOther asks for each way in which G10 keeps one word from being read as another. The second text
// is read: it is no word.
func TestCommonWordIsReadAsNoOther(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		form, common, other string
		about               decode.About
	}{
		{"gravel", "grave", "grvel", decode.About{}},             // a letter left out
		{"manzana", "mañana", "mnzana", decode.About{}},          //
		{"wintre", "winter", "witnre", decode.About{}},           // two swapped
		{"dengar", "garden", "", decode.About{}},                 // syllables the other way round
		{"lanquimba", "", "baquimlan", decode.About{}},           //
		{"envelope", "enveloppe", "envellope", decode.About{}},   // a letter more
		{"envelope", "enveloppée", "envelopeee", decode.About{}}, // and an ending behind it
		{"gravel", "grave!", "grav3!", decode.About{}},           // a mark behind it
		{"gravel", "grave|", "grav3|", decode.About{}},           //
		{"alive", "@live", "@l1ve", decode.About{}},              // or before it
		{"gravel", "grave]", "grav€]", offPicture},               //
		{"modern", "modem", "rnodern", offPicture},               // misread letters
		{"modernly", "modemly", "rnodernly", offPicture},         // and an ending behind them
	} {
		d := readerOf(t, []string{row.form}, nil)
		if got := short(d.Read("say "+row.common+" now", row.about).Decodes); got != nil {
			t.Errorf("%q is read as %v", row.common, got)
		}
		if got := d.Read("say "+row.other+" now", row.about).Decodes; row.other != "" && len(got) != 1 {
			t.Errorf("%q is read as %v, want one reading", row.other, short(got))
		}
	}
}

// TestWordOfAnotherScriptIsReadByItsLookAlikes writes a form wholly in letters of another script, and with what may stand
// between or for them near its beginning.
func TestWordOfAnotherScriptIsReadByItsLookAlikes(t *testing.T) {
	t.Parallel()
	d := readerOf(t, []string{"sapore", "coppa bear"}, nil)
	for text, want := range map[string]string{
		"ѕароге": "T1 sapore", "ѕааароге": "T2 sapore", "ѕ\u200bароге": "T1 sapore", "ѕ.а.р.о.г.е": "T2 sapore", "ѕ0роге": "",
		"ѕа*оге": "T3 sapore", "ѕ4роге": "T2 sapore", "соорга": "", "сорра Ьеаг": "T1 coppa bear", "сорраЬеаг": "T3 coppa bear",
	} {
		if got := strings.Join(short(d.Read(text, decode.About{}).Decodes), "; "); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}
