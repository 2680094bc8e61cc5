// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

// Protection says what holds a child beside its being one: a process of its own, in a group of its own,
// without environment, which dies with its parent and is killed when its time is over. Which of the rest
// there is depends on the kernel.
type Protection struct {
	Limits   bool // of processor time, file size, open files and core dumps
	Memory   bool // limit of memory; not in programs built with the race detector, which reserves terabytes
	Landlock int  // version of Landlock that denies every file and connection; 0 when the kernel has none
	Seccomp  bool // only the system calls that reading, computing and answering need
}

// Missing names what is not there, in words for a status page; nil when everything is.
func (p Protection) Missing() []string {
	var all []string
	if !p.Limits {
		all = append(all, "limits of processor time and files")
	}
	if !p.Memory {
		all = append(all, "limit of memory")
	}
	if p.Landlock == 0 {
		all = append(all, "Landlock")
	}
	if !p.Seccomp {
		all = append(all, "seccomp")
	}
	return all
}
