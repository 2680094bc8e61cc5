// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package testkit assembles a small exchange inside a test: an authority, a host with a real board, a
// supervisor. Stores, keys, hops and callbacks are the real ones, over HTTP on loopback; what a test can do
// beyond a person is to set the clock, to cut what a node writes to the outside, and to look into a database.
//
// It must never be imported by anything but tests, and never stand in for an adapter: a fault is put around
// the real one.
//
// Start reading at New in world.go, then faults.go, then outside.go.
package testkit
