// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"fmt"
	"os"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// calls are what the Go runtime needs to compute, to read and write open streams, to begin and end threads,
// and to end. Traces of the tests use a third of them. Everything else is refused with EPERM.
var calls = []string{
	"read", "write", "close",
	"mmap", "munmap", "mprotect", "madvise", "brk", "prctl",
	"clone", "futex", "futex_time64", "sched_yield", "sched_getaffinity", "set_robust_list", "rseq",
	"nanosleep", "clock_nanosleep", "clock_gettime", "gettimeofday", "restart_syscall",
	"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "eventfd2",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
	"getpid", "gettid", "tgkill", "getrandom",
	"exit", "exit_group",
}

// exceptions are uses of those calls that are refused all the same.
func exceptions() []seccomp.NameWithConditions {
	when := func(name string, argument uint32, op seccomp.Operation, value uint64) seccomp.NameWithConditions {
		return seccomp.NameWithConditions{Name: name,
			Conditions: seccomp.ArgumentConditions{{Argument: argument, Operation: op, Value: value}}}
	}
	return []seccomp.NameWithConditions{
		when("clone", 0, seccomp.BitsNotSet, unix.CLONE_THREAD), // a process instead of a thread
		when("mmap", 2, seccomp.BitsSet, unix.PROT_EXEC),        // code that was not there before
		when("mprotect", 2, seccomp.BitsSet, unix.PROT_EXEC),
		when("tgkill", 0, seccomp.NotEqual, uint64(os.Getpid())), // signals to others
		when("prctl", 0, seccomp.NotEqual, unix.PR_SET_VMA),      // anything but naming memory
	}
}

// denyCalls leaves only those system calls, on all threads.
func denyCalls() (bool, error) {
	machine, err := arch.GetInfo("")
	if err != nil || !seccomp.Supported() {
		return false, nil
	}
	for i, f := range filters(machine) {
		f.NoNewPrivs, f.Flag = i == 0, seccomp.FilterFlagTSync
		if err := seccomp.LoadFilter(f); err != nil {
			return false, fmt.Errorf("restrict by seccomp: %w", err)
		}
	}
	return true, nil
}

// filters are one for each exception, then the list. The kernel takes the strictest verdict. Exceptions
// cannot stand in one filter: after a condition that does not hold, the library's program goes on comparing
// the argument with the numbers of the calls that follow, and so lets through what it should not. The list
// comes last because no filter can be added after it.
func filters(machine *arch.Info) []seccomp.Filter {
	var all []seccomp.Filter
	for _, e := range exceptions() {
		all = append(all, seccomp.Filter{Policy: seccomp.Policy{DefaultAction: seccomp.ActionAllow,
			Syscalls: []seccomp.SyscallGroup{{Action: seccomp.ActionErrno,
				NamesWithCondtions: []seccomp.NameWithConditions{e}}}}})
	}
	groups := []seccomp.SyscallGroup{{Action: seccomp.ActionAllow, Names: known(machine, calls)}}
	if names := known(machine, []string{"clone3"}); len(names) > 0 {
		// Its arguments cannot be looked at. C libraries take "not there" for an answer and use clone.
		groups = append(groups, seccomp.SyscallGroup{Names: names,
			Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)})
	}
	list := seccomp.Policy{DefaultAction: seccomp.ActionErrno, Syscalls: groups}
	return append(all, seccomp.Filter{Policy: list})
}

// known leaves out the calls that a machine does not have.
func known(machine *arch.Info, names []string) []string {
	var all []string
	for _, name := range names {
		if _, found := machine.SyscallNames[name]; found {
			all = append(all, name)
		}
	}
	return all
}
