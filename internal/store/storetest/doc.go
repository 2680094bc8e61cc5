// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package storetest says what a [flow.Store] does, as tests that every implementation runs: [Run] for its
// methods and races, [Crash] for what remains after a kill, [Tail] for the order of the journal, [Bench]
// for figures. [Verify] recomputes a whole journal and serves all of them.
//
// It must never be imported by anything but tests, and never look behind the interface. Start at run.go.
package storetest
