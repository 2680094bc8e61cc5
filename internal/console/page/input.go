// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"strings"
)

// hintText explains a field, where the catalogue has an explanation.
func hintText(ctx context.Context, path string) string {
	return known(T(ctx, "console.hint."+path), "")
}

// describedBy names the elements that explain a field and say what is wrong with it.
func describedBy(ctx context.Context, id, path, problem string) string {
	var by []string
	if hintText(ctx, path) != "" {
		by = append(by, id+"-hint")
	}
	if problem != "" {
		by = append(by, id+"-problem")
	}
	return strings.Join(by, " ")
}
