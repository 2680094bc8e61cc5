// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tocsin/internal/flow"
)

// examined is the outcome of fsck.
type examined struct {
	OK bool `json:"ok"`
	flow.Examined
}

func (p *program) fsckCommand() *cobra.Command {
	return task("fsck", "Replay the journal and compare everything with it", `
Replays the whole journal of a node that is not running, and compares with it everything that is derived
from it: the hash chain, the state of every record, the sealed payloads, the leaves and the trees of the
log. A difference names the event or record, never its content. Erased records are counted as erased; their
proofs still hold.

It repairs nothing. Exit code 7 says that something differs.`,
		"  tocsin fsck\n  tocsin fsck --json --progress plain", cobra.NoArgs,
		func(ctx context.Context, _ []string) error { return p.fsck(ctx) })
}

func (p *program) fsck(ctx context.Context) (err error) {
	n, err := p.openNode(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if checker, ok := n.Flow.Store.(interface{ Check(context.Context) error }); ok {
		if err := checker.Check(ctx); err != nil {
			return err
		}
	}
	step, end := p.progress("events")
	x, err := n.Flow.Fsck(ctx, step)
	end()
	if err != nil {
		return err
	}
	result := examined{OK: len(x.Differences) == 0, Examined: x}
	if err := p.show(result, func(w io.Writer) { p.printExamined(w, result) }); err != nil {
		return err
	}
	if !result.OK {
		return errDifferences
	}
	return nil
}

func (p *program) printExamined(w io.Writer, x examined) {
	fmt.Fprintf(w, "events\t%d\nrecords\t%d, %d erased\nleaves\t%d\n", x.Events, x.Records, x.Erased, x.Leaves)
	if x.OK {
		fmt.Fprintln(w, p.paint(true, "No differences."))
		return
	}
	for _, d := range x.Differences {
		fmt.Fprintf(w, "%s\t%s\t", p.paint(false, d.Kind), d.Detail)
		if d.Seq > 0 {
			fmt.Fprintf(w, "event %d %s ", d.Seq, d.Event)
		}
		fmt.Fprintln(w, d.Record)
	}
}
