// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/policy"
	"tocsin/internal/telemetry"
	"tocsin/wire"
)

// versions is what this program is and speaks.
type versions struct {
	telemetry.Build
	API    string `json:"api"`
	Wire   []int  `json:"wire"`   // protocol versions between nodes
	Policy string `json:"policy"` // SHA-256 of the rules of who may do what
}

func (p *program) versionCommand() *cobra.Command {
	return task("version", "Say which program this is", `
Prints the version and revision that the program was built from, the versions of the interfaces it speaks,
and the digest of the rules that decide who may do what.`,
		"  tocsin version\n  tocsin version --json", cobra.NoArgs, func(context.Context, []string) error {
			v := versions{telemetry.ReadBuild(), api.SpecVersion, wire.Versions(), string(policy.Digest())}
			return p.show(v, func(w io.Writer) {
				fmt.Fprintf(w, "tocsin %s\n", v.Version)
				fmt.Fprintf(w, "revision\t%s%s\n", v.Revision, map[bool]string{true: ", modified"}[v.Modified])
				fmt.Fprintf(w, "built with\t%s\n", v.Go)
				fmt.Fprintf(w, "API\t%s\n", v.API)
				fmt.Fprintf(w, "between nodes\t%d\n", v.Wire)
				fmt.Fprintf(w, "policy\t%s\n", v.Policy)
			})
		})
}
