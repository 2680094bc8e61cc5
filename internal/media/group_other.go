// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package media

import (
	"os"
	"syscall"
)

func attributes() *syscall.SysProcAttr { return nil }

// killGroup ends a child. One that is gone already is no failure.
func killGroup(p *os.Process) { _ = p.Kill() }
