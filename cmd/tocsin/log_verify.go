// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/logaudit"
	"tocsin/translog"
)

// verifyFlags say whom to believe.
type verifyFlags struct {
	keys        []string
	entry       string
	since, save string
}

// verified is the outcome of a verification.
type verified struct {
	Log       string        `json:"log"`
	KeySource string        `json:"key_source"` // given, or server
	Clean     bool          `json:"clean"`
	Shards    []shardReport `json:"shards"`
}

func (p *program) logVerifyCommand() *cobra.Command {
	var f verifyFlags
	c := task("verify URL", "Verify a log from outside", `
Reads every entry and every tile of a log, recomputes all hashes up to the signed root, holds each leaf to
the schema, follows every promise to open what is withheld, and counts. URL is the node's address, for all
shards, or that of one shard (…/log/3).

Give the log's key, or the party's directory entry. Without either, the keys the server itself names are
used: that proves that the log agrees with itself, not whose it is. With --since the log must contain all of
a checkpoint you kept; --save keeps the new one.

Exit code 7 says that the log can be believed and breaks a rule; 5 that it cannot be believed.`,
		"  tocsin log verify https://node.authority.example --entry authority.json --save authority.checkpoint\n"+
			"  tocsin log verify https://node.authority.example --key MCowBQYD… --since authority.checkpoint",
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error { return p.logVerify(ctx, args[0], f) })
	c.Flags().StringArrayVar(&f.keys, "key", nil, "base64 of the log's public key; repeat for more")
	c.Flags().StringVar(&f.entry, "entry", "", "file with the party's directory entry")
	c.Flags().StringVar(&f.since, "since", "",
		"checkpoint of an earlier verification, which the log must contain")
	c.Flags().StringVar(&f.save, "save", "", "write the signed checkpoint here")
	return c
}

func (p *program) logVerify(ctx context.Context, address string, f verifyFlags) error {
	s, err := openSource(address)
	if err != nil {
		return err
	}
	if err := s.trust(ctx, f.keys, f.entry); err != nil {
		return err
	}
	earlier, err := readCheckpoint(s, f.since)
	if err != nil {
		return err
	}
	reports, err := p.audit(ctx, s, earlier)
	if err != nil {
		return err
	}
	last := reports[len(reports)-1]
	if err := keepCheckpoint(f.save, last.Signed); err != nil {
		return err
	}
	result := verified{Log: s.base.Host, KeySource: "given", Clean: true, Shards: reports}
	if s.told {
		result.KeySource = "server"
		p.note("Note: the keys came from the server itself. Give --entry or --key to know whose log it is.")
	}
	for _, r := range reports {
		result.Clean = result.Clean && r.Clean
	}
	if err := p.show(result, func(w io.Writer) { p.printAudit(w, result) }); err != nil {
		return err
	}
	if !result.Clean {
		return errDifferences
	}
	return nil
}

// readCheckpoint verifies a kept checkpoint under the same keys: an altered file must not hide a rewrite.
func readCheckpoint(s source, path string) (*translog.Checkpoint, error) {
	if path == "" {
		return nil, nil
	}
	signed, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	peeked, err := translog.PeekCheckpoint(signed)
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	for shard := int64(1); shard <= 1<<20; shard++ {
		if translog.Origin(s.base.Host, shard) != peeked.Origin {
			continue
		}
		policy, err := s.policy(shard)
		if err != nil {
			return nil, err
		}
		c, err := policy.Open(signed)
		if err != nil {
			return nil, auditError(err)
		}
		return &c, nil
	}
	return nil, tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongSender,
		"The kept checkpoint is of another log.")
}

func (p *program) printAudit(w io.Writer, v verified) {
	for _, r := range v.Shards {
		fmt.Fprintf(w, "%s\t%d leaves\t%s\n", r.Checkpoint.Origin, r.Checkpoint.Size,
			p.paint(r.Clean, map[bool]string{true: "ok", false: "breaks its rules"}[r.Clean]))
		byType := map[translog.Type]int64{}
		var order []translog.Type
		for _, c := range r.Counts {
			if byType[c.Type] == 0 {
				order = append(order, c.Type)
			}
			byType[c.Type] += c.Leaves
		}
		for _, t := range order {
			fmt.Fprintf(w, "  %s\t%d\n", t, byType[t])
		}
		if r.Opaque > 0 {
			fmt.Fprintf(w, "  opaque\t%d, %d not opened yet\n", r.Opaque, len(r.Owed))
		}
		for _, o := range r.Overdue {
			fmt.Fprintf(w, "  overdue\tshard %d leaf %d should be open\n", o.Shard, o.Index)
		}
		for _, f := range r.Faults {
			fmt.Fprintf(w, "  fault\tshard %d leaf %d: %s\n", f.Shard, f.Index, f.Rule)
		}
	}
}

// compared is two logs set against each other, both ways.
type compared struct {
	Agrees   bool                `json:"agrees"`
	There    logaudit.Comparison `json:"there"`
	BackHome logaudit.Comparison `json:"back"`
}

func (p *program) logCompareCommand() *cobra.Command {
	var entries []string
	c := task("compare URL URL", "Set two logs against each other", `
Verifies both logs and compares what each says it sent to the other with what the other says it received. A
log cannot stop its owner from ordering in secret; a receipt without an issue shows it. Give the directory
entries of both parties, in the order of the addresses; without them the servers' own keys are used.

Exit code 7 says that the two logs do not tell the same story.`,
		"  tocsin log compare https://node.authority.example https://node.host.example --entry a.json --entry "+
			"b.json",
		cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
			return p.logCompare(ctx, args,
				entries)
		})
	c.Flags().StringArrayVar(&entries, "entry", nil,
		"directory entries of the two parties, in the order of the addresses")
	return c
}

func (p *program) logCompare(ctx context.Context, addresses, entries []string) error {
	if len(entries) != 0 && len(entries) != 2 {
		return usagef("give no --entry or two")
	}
	var last [2]logaudit.Report
	for i, address := range addresses {
		s, err := openSource(address)
		if err != nil {
			return err
		}
		entry := ""
		if len(entries) == 2 {
			entry = entries[i]
		}
		if err := s.trust(ctx, nil, entry); err != nil {
			return err
		}
		reports, err := p.audit(ctx, s, nil)
		if err != nil {
			return err
		}
		last[i] = reports[len(reports)-1].Report
	}
	c := compared{There: logaudit.Compare(last[0], last[1]), BackHome: logaudit.Compare(last[1], last[0])}
	c.Agrees = c.There.Agrees() && c.BackHome.Agrees()
	if err := p.show(c, func(w io.Writer) { p.printComparison(w, c) }); err != nil {
		return err
	}
	if !c.Agrees {
		return errDifferences
	}
	return nil
}

func (p *program) printComparison(w io.Writer, c compared) {
	for _, way := range []logaudit.Comparison{c.There, c.BackHome} {
		fmt.Fprintf(w, "%s to %s\t%s\n", way.Issuer, way.Receiver,
			p.paint(way.Agrees(), map[bool]string{true: "agree", false: "do not agree"}[way.Agrees()]))
		for _, r := range way.Rows {
			fmt.Fprintf(w, "  %s\tissued %d\treceived %d\n", r.Of, r.Issued, r.Received)
		}
		if !way.Agrees() {
			fmt.Fprintf(w, "  not logged %d\tnever issued %d\toutstanding %d\n", way.Unlogged, way.Unissued,
				way.Outstanding)
		}
	}
}
