// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package node assembles one node from its configuration: store, keys, use cases, faces, listeners. It is
// the only place that knows which adapter is in use; commands, the demonstration and tests start nodes here.
//
// It must hold no rule of its own: what may happen is decided below, what is shown is decided beside.
//
// Start reading at node.go.
package node
