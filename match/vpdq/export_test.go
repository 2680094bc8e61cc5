// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package vpdq

// Fill pretends that n frames were added.
func (h *Hasher) Fill(n int) {
	for i := range n {
		h.video = append(h.video, Feature{Frame: i * h.step})
	}
}
