// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import "syscall"

// diesWithParent has the kernel end a child when this process ends, however it ends. Elsewhere the child
// notices that its standard input was closed.
func diesWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
