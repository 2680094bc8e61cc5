// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build race

package node_test

// raced says that the race detector watches, which makes everything several times slower.
const raced = true
