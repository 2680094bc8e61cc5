// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func pointer(b *byte) unsafe.Pointer { return unsafe.Pointer(b) }

// fork makes a process the way fork(3) does, or with flags that are the number of another call: a filter that
// took one for the other would let it through.
func fork() bool {
	for _, flags := range []uintptr{uintptr(unix.SIGCHLD), unix.SYS_MMAP, unix.SYS_MPROTECT, unix.SYS_TGKILL,
		unix.SYS_PRCTL, unix.SYS_READ} {
		if forkBy(flags) {
			return true
		}
	}
	return false
}

// forkBy makes a process that ends at once.
//
//go:norace
func forkBy(flags uintptr) bool {
	pid, _, e := syscall.RawSyscall6(unix.SYS_CLONE, flags, 0, 0, 0, 0, 0)
	if e != 0 {
		return false
	}
	if pid == 0 {
		for {
			syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
	_, _ = unix.Wait4(int(pid), nil, unix.WALL, nil)
	return true
}
