// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Command tocsin runs and looks after one node of one party, and shows what nodes do together.
//
// No command signs, approves or answers an order: people do, in the console, with their passkeys. Start
// reading at program.go; each command has a file of its own.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // people's time zones, also on machines that have no zone data

	"tocsin/internal/media"
)

func main() {
	if code, child := media.RunIfChild(); child {
		os.Exit(code)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := newProgram(os.Stdin, os.Stdout, os.Stderr, os.Environ()).run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
