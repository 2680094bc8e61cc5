// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package demo tells two stories on one machine: of an order, and of a host's own decision that was wrong. An
// issuing authority in France, a host in Ireland with a real image board, Ireland's supervisor, an authority
// that may not order anything. Real nodes speak over real HTTP on loopback; only the people are software, with passkeys that say so.
//
// It must never run against a node that is not its own, and its parties, keys and passkeys must never be
// accepted by a node that is not a demonstration.
//
// Start reading at demo.go, then world.go, then story.go; the second story is in desk.go.
package demo
