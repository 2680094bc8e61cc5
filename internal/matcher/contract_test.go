// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package matcher_test

import (
	"tocsin/internal/flow"
	"tocsin/internal/matcher"
)

var _ flow.Matcher = (*matcher.Matcher)(nil)
