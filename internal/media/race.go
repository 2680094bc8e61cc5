// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build race

package media

// raceDetector is true in programs that reserve terabytes to find races.
const raceDetector = true
