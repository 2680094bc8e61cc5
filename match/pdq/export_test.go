// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

// Cosine is the table of cosines, row by row.
func Cosine() (table []float32) {
	for i := range cosine {
		table = append(table, cosine[i][:]...)
	}
	return table
}
