// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strconv"
)

// digit is the key of an action by its place; from the tenth on there is none.
func digit(i int) string {
	if i < 9 {
		return strconv.Itoa(i + 1)
	}
	return "-"
}

// digitHeld is the digit for aria-keyshortcuts; nothing while shortcuts are off.
func digitHeld(ctx context.Context, i int) string {
	if frame(ctx).Keys.Off || i >= 9 {
		return ""
	}
	return strconv.Itoa(i + 1)
}
