// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package fold

import "fmt"

// Op is a kind of step.
type Op string

// The kinds of steps, in the order a character takes them.
const (
	OpEnclosed   Op = "enclosed"   // a letter in a box or a circle that NFKC leaves alone, a regional indicator
	OpWidth      Op = "width"      // a fullwidth or halfwidth form (NFKC)
	OpCompat     Op = "compat"     // another compatibility form (NFKC)
	OpCase       Op = "case"       // upper case, and what one letter of folds to several
	OpMark       Op = "mark"       // a combining mark
	OpInvisible  Op = "zw"         // what shows nothing (Default_Ignorable)
	OpTatweel    Op = "tatweel"    // U+0640, which only draws a word out
	OpConfusable Op = "confusable" // a prototype of UTS #39, or of the extra table
	OpSpace      Op = "space"      // white space of another kind or length
	OpLeet       Op = "leet"       // digits and symbols for letters
	OpEmoji      Op = "emoji"      // a pictograph for a letter
	OpRepeat     Op = "repeat"     // a letter once more
	OpSeparator  Op = "separator"  // something between letters
	OpMask       Op = "mask"       // a symbol that hides a letter
	OpJoin       Op = "join"       // a space that was left out
	OpEdit       Op = "edit"       // a letter left out, or two that changed places
	OpInversion  Op = "inversion"  // syllables the other way round
	OpOCR        Op = "ocr"        // what a program took a letter for that read it off a picture
	OpArabic     Op = "arabic"     // a letter of Arabic that is often written for another
)

// Tier says how far a reading goes from what is written, and so what it may do.
type Tier uint8

// The tiers. Nothing above T1 raises a priority by itself; T4 never queues alone.
const (
	T0 Tier = iota // as it stands
	T1             // case, Unicode's own forms, and what looks the same
	T2             // one character for a letter, letters set apart or repeated
	T3             // several characters for a letter, letters hidden, words run together
	T4             // an edit, a dotless or transliterated form
)

// Tiers is how many there are.
const Tiers = 5

func (t Tier) String() string { return fmt.Sprintf("T%d", uint8(t)) }

// MarshalText writes T0 to T4.
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads T0 to T4.
func (t *Tier) UnmarshalText(text []byte) error {
	if len(text) != 2 || text[0] != 'T' || text[1] < '0' || text[1] >= '0'+Tiers {
		return fmt.Errorf("tier %q is none of T0 to T4", text)
	}
	*t = Tier(text[1] - '0')
	return nil
}

// Cost is what a reading costs, in thousandths of a letter.
type Cost int32

// What steps cost. A reading may cost at most [MostPerLetter] for each of its letters.
const (
	CostCompat     Cost = 100
	CostConfusable Cost = 200
	CostLeet       Cost = 500
	CostRepeat     Cost = 150
	CostSeparator  Cost = 200
	CostMask       Cost = 1000
	CostJoin       Cost = 300
	CostEdit       Cost = 1000
	CostOCR        Cost = 200

	MostPerLetter Cost = 600
)

// Step turns a part of a text into something else. The steps of an edge follow each other: each begins with what the
// one before made.
type Step struct {
	Op     Op
	From   string
	To     string
	Source string // the table, with its version
}

// Edge is one way to read what stands in a text.
type Edge struct {
	From  string // as it is written
	To    string // letters of the folded alphabet; empty when it is read as nothing
	Steps []Step // none when it is read as it stands
	Tier  Tier
	Cost  Cost
}
