// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"strconv"

	"tocsin/internal/flow"
)

// lineMark tells a list that fetches itself anew whether a line changed.
func lineMark(line flow.Listed) string {
	late := ""
	if line.Late {
		late = "!"
	}
	return string(line.ID) + "/" + strconv.FormatInt(line.Version, 10) + late
}
