// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package policy

// Evaluate asks the rules, whatever they said before.
func (p *Policy) Evaluate(who Principal, action string, on Resource) error {
	return p.evaluate(who, action, on).err()
}

// MostVerdicts is how many verdicts are remembered.
const MostVerdicts = mostVerdicts

// Remembered counts the verdicts that are remembered.
func (p *Policy) Remembered() int { return len(p.verdicts.by) }

// Explains reports whether a rule has a sentence.
func Explains(rule string) bool {
	_, ok := sentences[rule]
	return ok
}
