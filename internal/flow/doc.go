// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package flow holds the use cases. Each opens one transaction, loads what it needs, asks the domain,
// appends the events that follow, saves the folded state and enqueues the jobs; effects outside happen
// in jobs, at least once, keyed by event id.
//
// It declares the interfaces it needs ([Store], [Sealer], [Peers], [Platform], …) and must never
// import an adapter, hold a connection, or keep state that could be folded from the journal.
//
// Start reading at flow.go, then issue.go, inbox.go and work.go.
package flow
