// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package demo tells the whole story of an order on one machine: an issuing authority in France, a host in
// Ireland with a real image board, Ireland's supervisor, an authority that may not order anything. Real
// nodes speak over real HTTP on loopback; only the people are software, with passkeys that say so.
//
// It must never run against a node that is not its own, and its parties, keys and passkeys must never be
// accepted by a node that is not a demonstration.
//
// Start reading at demo.go, then world.go, then story.go.
package demo
