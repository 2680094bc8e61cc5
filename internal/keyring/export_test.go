// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package keyring

// WriteNew is for tests of what it refuses.
var WriteNew = writeNew
