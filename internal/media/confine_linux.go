// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	landlockcall "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// openFiles is more than the runtime and three streams need.
const openFiles = 64

// confine gives up everything that decoding does not need. What the kernel lacks is told, not fatal; what
// it has and refuses is.
func confine(l limits) (p Protection, err error) {
	if l.layers&layerLimits != 0 {
		if err := limitResources(l); err != nil {
			return p, err
		}
		p.Limits, p.Memory = true, !raceDetector
	}
	if l.layers&layerLandlock != 0 {
		if p.Landlock, err = denyFiles(); err != nil {
			return p, err
		}
	}
	if l.layers&layerSeccomp != 0 {
		if p.Seccomp, err = denyCalls(); err != nil {
			return p, err
		}
	}
	return p, nil
}

// limitResources sets hard limits, which nothing in this process can raise again as an ordinary user.
func limitResources(l limits) error {
	all := map[int]uint64{unix.RLIMIT_CORE: 0, unix.RLIMIT_FSIZE: 0, unix.RLIMIT_NOFILE: openFiles}
	if !raceDetector {
		reserved, err := addressSpace()
		if err != nil {
			return fmt.Errorf("read own size: %w", err)
		}
		all[unix.RLIMIT_AS] = reserved + uint64(l.memory)
	}
	for resource, n := range all {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: n, Max: n}); err != nil {
			return fmt.Errorf("set limit %d: %w", resource, err)
		}
	}
	// The kernel kills a second after it said that the time is over.
	seconds := uint64(l.cpu / time.Second)
	if err := unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: seconds, Max: seconds + 1}); err != nil {
		return fmt.Errorf("set limit of processor time: %w", err)
	}
	return nil
}

// processorTimeOver tells once that this process has used up its processor time.
func processorTimeOver() <-chan os.Signal {
	over := make(chan os.Signal, 1)
	signal.Notify(over, unix.SIGXCPU)
	return over
}

// addressSpace is what this process has reserved already. A Go program reserves more than a gigabyte that it
// never uses, so a limit makes sense only on top of that.
func addressSpace() (uint64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var pages uint64
	if _, err := fmt.Sscan(string(text), &pages); err != nil {
		return 0, err
	}
	return pages * uint64(os.Getpagesize()), nil
}

// denyFiles takes away every file, connection and signal to others that this kernel's Landlock knows.
func denyFiles() (version int, err error) {
	version, err = landlockcall.LandlockGetABIVersion()
	if err != nil || version < 1 {
		return 0, nil // not built in, or not switched on
	}
	if err := landlock.V11.BestEffort().Restrict(); err != nil {
		return 0, fmt.Errorf("restrict by Landlock: %w", err)
	}
	return version, nil
}
