// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// attempts are things that no child may be able to do. Each reports whether it could.
var attempts = []struct {
	Name string
	try  func() bool
}{
	{"read a file", func() bool { return worked(os.ReadFile("/etc/passwd")) }},
	{"read a folder", func() bool { return worked(os.ReadDir("/")) }},
	{"look at a file", func() bool { return worked(os.Stat("/etc/passwd")) }},
	{"write a file", func() bool {
		f, err := os.CreateTemp("/dev/shm", "tocsin-probe-*")
		if err == nil {
			_ = os.Remove(f.Name())
		}
		return err == nil
	}},
	{"open an internet socket", func() bool { return worked(unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)) }},
	{"open a local socket", func() bool { return worked(unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)) }},
	{"fork", fork},
	{"start a program", func() bool {
		p, err := os.StartProcess("/proc/self/exe", []string{"true", "-test.run=^$"}, &os.ProcAttr{})
		if err == nil {
			_, _ = p.Wait()
		}
		return err == nil
	}},
	{"signal its parent", func() bool { return unix.Kill(os.Getppid(), 0) == nil }},
	{"signal its parent's thread", func() bool { return unix.Tgkill(os.Getppid(), os.Getppid(), 0) == nil }},
	{"make code", func() bool {
		b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		return err == nil && unix.Mprotect(b, unix.PROT_READ|unix.PROT_EXEC) == nil
	}},
	{"map code", func() bool {
		return worked(unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE))
	}},
	{"open a ring", func() bool {
		var params [120]byte
		_, _, e := syscall.Syscall(unix.SYS_IO_URING_SETUP, 1, uintptr(pointer(&params[0])), 0)
		return e == 0
	}},
	{"name itself", func() bool {
		return unix.Prctl(unix.PR_SET_NAME, uintptr(pointer(&name[0])), 0, 0, 0) == nil
	}},
}

var name = [16]byte{'k', 'e', 't', 't', 'l', 'e'}

func worked[T any](_ T, err error) bool { return err == nil }

// probe tries everything and sets a bit for what worked.
func probe() (could int) {
	for i, a := range attempts {
		if a.try() {
			could |= 1 << i
		}
	}
	return could
}

// Could names what the bits of a probe say.
func Could(bits int) []string {
	var all []string
	for i, a := range attempts {
		if bits&(1<<i) != 0 {
			all = append(all, a.Name)
		}
	}
	return all
}
