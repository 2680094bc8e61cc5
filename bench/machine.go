// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// machine says what the figures were measured on, and nothing that identifies it.
func machine(dir string) (string, error) {
	var b strings.Builder
	line := func(what, value string) { fmt.Fprintf(&b, "| %s | %s |\n", what, cmp.Or(value, "unknown")) }
	b.WriteString("| | |\n|---|---|\n")
	line("Processor", fieldOf("/proc/cpuinfo", "model name"))
	line("Cores", fmt.Sprint(runtime.NumCPU()))
	line("Memory", memory())
	line("System", output("uname", "-srm"))
	line("File system", lastWord(output("df", "--output=fstype", dir)))
	line("Go", runtime.Version())
	line("PostgreSQL", output("sh", "-c", "ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -n 1"))
	line("Load when measured", loadAverage())
	line("Date", time.Now().UTC().Format("2006-01-02"))
	return b.String(), nil
}

// fieldOf finds the first "name : value" of a file.
func fieldOf(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if before, after, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(before) == name {
			return strings.TrimSpace(after)
		}
	}
	return ""
}

// memory reads what Linux tells in kB of 1,024 bytes.
func memory() string {
	kb, err := strconv.ParseFloat(strings.TrimSuffix(fieldOf("/proc/meminfo", "MemTotal"), " kB"), 64)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%.1f GB", kb*1024/1e9)
}

func lastWord(text string) string {
	words := strings.Fields(text)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], ", ") + " (1, 5, 15 minutes; with the benchmark itself)"
}

func output(name string, args ...string) string {
	text, err := exec.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
