// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package canon turns an address into a chain of keys, each derived from the one before by rules with names,
// so that two spellings of one place are recognised and a person can follow why:
//
//	K0 raw         as received: evidence, never changed
//	K1 refanged    "hxxp", "[.]" and their like undone; only in text that is no address yet
//	K2 href        as a browser reads and writes it (package href)
//	K3 identity    without scheme, user, fragment and tracking parameters; the query in order
//	K4 resource    the number a service gives the content, where a rule knows the shape
//	K5 unwrapped   what an archive, a redirector, a proxy or a gateway leads to
//	K6 host        and registrable domain, private suffixes included (package suffix)
//	K7 expression  what Safe Browsing lists hold (package browsing)
//
// It must never fold the case of a path or query, never open an address, and never take a shared host or
// domain for more than context. Start reading at Canonicalise, then Set.
package canon
