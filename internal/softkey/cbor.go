// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package softkey

import "encoding/binary"

// CTAP2 canonical CBOR leaves one encoding for each structure below, so that they are written by template:
// a general encoder would be a dependency with nothing to decide.

// coseP256 is {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}; point is 0x04 ‖ x ‖ y.
func coseP256(point []byte) []byte {
	out := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	out = append(out, point[1:33]...)
	out = append(out, 0x22, 0x58, 0x20)
	return append(out, point[33:65]...)
}

// coseEd25519 is {1: 1 (OKP), 3: -8 (EdDSA), -1: 6 (Ed25519), -2: x}.
func coseEd25519(key []byte) []byte {
	out := []byte{0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20}
	return append(out, key...)
}

// attestationNone is {"fmt": "none", "attStmt": {}, "authData": authData}.
func attestationNone(authData []byte) []byte {
	out := []byte{0xa3}
	out = append(out, "\x63fmt\x64none"...)
	out = append(out, "\x67attStmt\xa0"...)
	out = append(out, "\x68authData\x59"...)
	out = binary.BigEndian.AppendUint16(out, uint16(len(authData)))
	return append(out, authData...)
}
