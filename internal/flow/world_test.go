// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"os"
	"testing"
	"time"

	"tocsin"
	"tocsin/internal/config"
	"tocsin/internal/logaudit"
	"tocsin/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// tryAgain is longer than any job waits for its next attempt.
const tryAgain = 2 * time.Minute

type tallied = logaudit.Tally

// automatic switches automatic execution on, from a number of decided orders.
func automatic(from int) func(*config.Config) {
	return func(c *config.Config) {
		a := &c.AutomaticExecution
		a.Enabled, a.TrustedFrom, a.MaxPerHourPerIssuer = true, from, 100
		a.RatifyWithin = tocsin.EUPeriods().Ratification
	}
}
