// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package media

import (
	"os"
	"syscall"
)

// killGroup ends a child and whatever belongs to it. One that is gone already is no failure.
func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) }
