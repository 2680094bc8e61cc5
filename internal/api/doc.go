// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package api is the face of a node towards machines: JSON over HTTP below [Base], described by the
// OpenAPI document in openapi.json. Each operation is a plain function from its input to its output, thin
// over one use case of package flow.
//
// It must never sign, approve or answer an order, because a machine never decides; never take a cookie, a
// session or anything but the token of a service key for who is asking; and never put text of a request, an
// internal error or an address into an answer that reports a problem.
//
// Start reading at New, then routes.go, then problem.go.
package api
