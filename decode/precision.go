// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

import (
	"math"
	"time"

	"tocsin/decode/fold"
	"tocsin/decode/lexicon"
)

// Precision is how often people agreed with readings of an entry in a tier.
type Precision struct {
	Tier      fold.Tier  `json:"tier"`
	Right     int        `json:"entry_tp"`
	Wrong     int        `json:"entry_fp"`
	Wilson95  [2]float64 `json:"wilson95"`
	CountedTo time.Time  `json:"as_of"`
}

// What a precision makes of an entry in a tier. Fewer decided cases than [LeastDecided] tell nothing.
const (
	LeastDecided   = 20
	demotedBelow   = 0.5 // by the lower bound of the interval
	suspendedBelow = 0.2
)

// NewPrecision is the precision that counts of decided cases give, up to a time.
func NewPrecision(tier fold.Tier, right, wrong int, at time.Time) Precision {
	low, high := Wilson(right, wrong)
	return Precision{Tier: tier, Right: right, Wrong: wrong, Wilson95: [2]float64{low, high}, CountedTo: at}
}

// Wilson is the score interval at 95 % of a proportion, in thousandths: E. B. Wilson, "Probable Inference, the Law of
// Succession, and Statistical Inference", Journal of the American Statistical Association 22 (1927), 209–212. Where
// nothing was counted it is everything.
func Wilson(right, wrong int) (low, high float64) {
	n := float64(right + wrong)
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964 // of the normal distribution, for 95 %
	p := float64(right) / n
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	reach := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	thousandth := func(x float64) float64 { return math.Round(1000*min(max(x, 0), 1)) / 1000 }
	return thousandth(middle - reach), thousandth(middle + reach)
}

// State is where the entry of a reading stands in its tier: as the lexicon says, or lower, where people so often found
// otherwise.
func (d *Decode) State() lexicon.Status { return d.Precision.State(d.Entry.Status) }

// State is what a precision makes of an entry that the lexicon gives a state; nil is none.
func (p *Precision) State(said lexicon.Status) lexicon.Status {
	switch {
	case p == nil || p.Right+p.Wrong < LeastDecided:
		return said
	case p.Wilson95[0] < suspendedBelow:
		return lexicon.StatusSuspended
	case p.Wilson95[0] < demotedBelow && said.Read():
		return lexicon.StatusDemoted
	}
	return said
}
