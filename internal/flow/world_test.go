// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow_test

import (
	"os"
	"testing"

	"tocsin/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }
