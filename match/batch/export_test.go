// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch

// PretendRows makes a writer believe that it holds so many rows.
func (w *Writer) PretendRows(n int64) { w.footer.rows = n }

// PretendSize makes a writer believe that it wrote so many bytes.
func (w *Writer) PretendSize(n int64) { w.size = n }

// LastBegin is where the last block may begin.
const LastBegin = lastBegin
