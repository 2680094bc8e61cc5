// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package peer is how nodes speak to each other: a signed hop out ([Client]), a signed hop in ([Inbox]),
// and the well-known document that says who a node is. The hop signature protects the hop and names the
// sender; what the documents inside say is judged by package wire and the use cases.
//
// It must never look into a document, accept an unsigned hop, or tell an unauthenticated caller more
// than that it was not authenticated.
//
// Start reading at inbox.go.
package peer
