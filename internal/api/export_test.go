// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import "io"

// DescribeAll writes the OpenAPI document from the operations of a service that serves nobody.
func DescribeAll() ([]byte, error) { return newService(Deps{}).describeAll() }

// MaxBody is the limit of an ordinary body, in bytes.
const MaxBody = maxBody

// Decode reads a body.
var Decode = decodeBody

// ReadForm reads a form of files to its end and gives how many bytes it held at most, and how many files.
func ReadForm(body io.Reader, boundary string) (largest, files int, err error) {
	f := newFileForm(body, boundary)
	for {
		c, err := f.next()
		if err != nil || c == nil {
			return largest, files, err
		}
		largest, files = max(largest, len(c.bytes)), files+1
	}
}

// MaxFile is the limit of one file of a form, in bytes.
const MaxFile = maxFile
