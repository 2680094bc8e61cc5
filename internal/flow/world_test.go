// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"os"
	"testing"
	"time"

	"tocsin/internal/logaudit"
	"tocsin/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// tryAgain is longer than any job waits for its next attempt.
const tryAgain = 2 * time.Minute

type tallied = logaudit.Tally
