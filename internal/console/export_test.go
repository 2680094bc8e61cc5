// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console

import (
	"github.com/alexedwards/scs/v2"

	"tocsin/internal/locale"
)

// Patterns lists every address of a console that serves nobody.
func Patterns() ([]string, error) {
	catalogues, err := locale.New()
	if err != nil {
		return nil, err
	}
	c := &Console{Deps: Deps{Locale: catalogues}, sessions: scs.New()}
	c.routes()
	return c.patterns, nil
}
