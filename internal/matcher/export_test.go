// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher

// ReadAndWriteLedger reads a ledger and writes it again.
func ReadAndWriteLedger(data []byte) ([]byte, error) {
	l, err := parseLedger(data)
	if err != nil {
		return nil, err
	}
	return l.encode(), nil
}
