// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package decode

// Work is how much work reading a text takes: steps of the lattice and of walks through runs of letters. Time goes by it,
// and it is the same on every machine.
func (d *Decoder) Work(text string, about About) int {
	s := &scan{d: d, text: text, picture: about.FromPicture, lattice: new(lattice)}
	s.run()
	return s.spent
}
