// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package hma serves the HTTP interface of hasher-matcher-actioner (HMA), so that what talks to it today can
// be pointed at a node: below /compat/hma/<token>, or with the token as a Bearer, stand /h, /m, /c and
// /status as HMA has them. docs/compat-hma.md says what is the same and what is deliberately not.
//
// It must never let the token of a path into a log line, an error, a redirect or a Referer; never answer a
// lookup without the operator's assertion that the content is public or was reported; never fetch an address
// but through [Web]; and never answer 404 for anything but what is truly not there, because a client then
// deletes its own copy. Start reading at Service, then at routes.
package hma
