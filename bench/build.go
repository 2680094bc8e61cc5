// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
)

const theProgram = "./cmd/tocsin"

// build makes a program of this module as 'make build' does, with more in its environment.
func build(ctx context.Context, where, to string, environment ...string) error {
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s", "-gcflags=tocsin/internal/console/...=-l", "-o", to, where)
	c.Env = append(append(os.Environ(), "CGO_ENABLED=0"), environment...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w: %s", where, err, out)
	}
	return nil
}
