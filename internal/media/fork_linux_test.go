// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func pointer(b *byte) unsafe.Pointer { return unsafe.Pointer(b) }

// fork makes a process the way fork(3) does; the new one ends at once.
//
//go:norace
func fork() bool {
	pid, _, e := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if e != 0 {
		return false
	}
	if pid == 0 {
		for {
			syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
	_, _ = unix.Wait4(int(pid), nil, 0, nil)
	return true
}
