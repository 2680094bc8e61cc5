// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package batch keeps the signals of one import as an immutable blob: small, quick to stream into an index,
// and open to a reader who wants one row only. Equal rows in equal order give equal bytes, whoever writes
// them and whenever, so the SHA-256 of a blob names its rows. A blob that two readers could take differently
// is refused: whatever [Reader] accepts is what [Writer] would have written. It never holds who made or
// posted anything, and never when it was written. Start reading at Row, then Writer and File.
//
// # Format, version 1
//
// Numbers are little-endian, "uvarint" is the shortest form of encoding/binary, checksums are CRC-32C.
//
//	blob    = "TocsinB" version block* u32(0) footer trailer
//	block   = u32(length of records) u16(rows) u32(checksum of both numbers and records) records
//	record  = u8(0) text8            a type of signal, directly before its first row; types count from 0
//	        | u8(1+2*type) value     a row
//	        | u8(2+2*type) value more
//	value   = 32 bytes, for the type "pdq"; uvarint(length) and canonical text, for all others
//	more    = u8(which) then, for the bits of which that are set, from the lowest:
//	          reference: text; labels: u8(count) text*; confidence: u8; until: uvarint(Unix microseconds)
//	text    = uvarint(length) bytes
//	text8   = u8(length) bytes
//	footer  = u32(rows) u8(types) (text8 u32(rows))* u32(blocks) (u32(length of records) u16(rows))*
//	trailer = u32(length of footer) u32(checksum of footer) "BnisocT" version
//
// A block ends with the row that makes it 512 rows or 64 KiB of records, and with the last row.
package batch
