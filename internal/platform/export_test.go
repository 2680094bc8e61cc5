// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package platform

// The parsers, for fuzzing.
var (
	ParseMeasure    = parseMeasure
	ParseResolution = parseResolution
)
