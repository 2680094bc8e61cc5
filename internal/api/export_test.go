// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

// DescribeAll writes the OpenAPI document from the operations of a service that serves nobody.
func DescribeAll() ([]byte, error) { return newService(Deps{}).describeAll() }

// Specification is the committed document.
func Specification() []byte { return specification }

// MaxBody is the limit of an ordinary body, in bytes.
const MaxBody = maxBody

// Decode reads a body.
var Decode = decode
