// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"tocsin"
	"tocsin/internal/logaudit"
	"tocsin/internal/node"
	"tocsin/internal/outbound"
	"tocsin/internal/peer"
	"tocsin/translog"
)

func (p *program) logCommand() *cobra.Command {
	return family("log", "Verify transparency logs from outside; open a new shard", `
Every party publishes what it did in a log that can only grow. Anybody can verify one with nothing but its
address and its key, and set two against each other: what one says it sent, the other must say it received.`,
		"  tocsin log verify https://node.authority.example --entry authority.json\n"+
			"  tocsin log compare https://node.authority.example https://node.host.example\n  tocsin log open-shard",
		p.logVerifyCommand(), p.logCompareCommand(), p.logOpenShardCommand())
}

// source is one log and whom to believe about it.
type source struct {
	base   *url.URL // of the node, or of one shard below it
	shard  int64    // 0: all of them
	client outbound.Sender
	keys   []ed25519.PublicKey
	told   bool // the server itself named the keys
}

// shardReport is one shard audited.
type shardReport struct {
	logaudit.Report
	Overdue []logaudit.Obligation `json:"overdue"`
	Clean   bool                  `json:"clean"`
}

// openSource reads an address such as https://node.example, …/log or …/log/3.
func openSource(address string) (source, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" ||
		u.User != nil {
		return source{}, usagef("a log's address is https://host, https://host/log or https://host/log/3")
	}
	s := source{}
	switch path := strings.Trim(u.Path, "/"); {
	case path == "" || path == "log":
	default:
		number, found := strings.CutPrefix(path, "log/")
		if s.shard, err = strconv.ParseInt(number, 10, 64); !found || err != nil || s.shard < 1 {
			return source{}, usagef("a log's address is https://host, https://host/log or https://host/log/3")
		}
	}
	s.base = &url.URL{Scheme: u.Scheme, Host: u.Host}
	out, err := outbound.New(outbound.Config{Declared: []string{s.base.String()}, UserAgent: "tocsin-audit"})
	if err != nil {
		return source{}, fmt.Errorf("prepare connection: %w", err)
	}
	s.client = out.Declared()
	return s, nil
}

// trust finds the log's keys: those given, else those the server names, which proves only that it agrees with
// itself.
func (s *source) trust(ctx context.Context, keys []string, entry string) error {
	for _, text := range keys {
		der, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return usagef("--key takes the base64 of a public key, as 'public' in 'tocsin keys list --json'")
		}
		if err := s.add(der); err != nil {
			return err
		}
	}
	var listed []tocsin.Key
	switch {
	case entry != "":
		var party tocsin.Party
		if err := readJSON(entry, &party); err != nil {
			return err
		}
		listed = party.Keys
	case len(keys) == 0:
		var known peer.WellKnown
		if err := s.get(ctx, peer.PathWellKnown, &known); err != nil {
			return err
		}
		listed, s.told = known.Keys, true
	}
	for _, k := range listed {
		if k.Uses[0] != tocsin.UseLog {
			continue
		}
		if err := s.add(k.Public); err != nil {
			return err
		}
	}
	if len(s.keys) == 0 {
		return tocsin.Errorf(tocsin.CodeNotFound, tocsin.RefusedWrongKey, "No log key was found for %s.",
			s.base.Host)
	}
	return nil
}

func (s *source) add(der []byte) error {
	public, err := x509.ParsePKIXPublicKey(der)
	key, ok := public.(ed25519.PublicKey)
	if err != nil || !ok {
		return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedAlgorithm,
			"A log key must be an Ed25519 public key.")
	}
	s.keys = append(s.keys, key)
	return nil
}

// get reads a small JSON document of the node.
func (s *source) get(ctx context.Context, path string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base.JoinPath(path).String(), nil)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return unreachable(err)
	}
	if resp.StatusCode != http.StatusOK {
		return tocsin.Errorf(tocsin.CodeNotFound, "no_node", "There is no node at %s.", s.base.Host)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}

func unreachable(err error) error {
	return &tocsin.Error{Code: tocsin.CodeBusy, Reason: "unreachable", Err: err,
		Public: "The node does not answer"}
}

// policy believes checkpoints of one shard of this host's log, signed with one of the keys.
func (s *source) policy(shard int64) (*translog.Policy, error) {
	var verifiers []note.Verifier
	for _, key := range s.keys {
		v, err := translog.NewVerifier(translog.Origin(s.base.Host, shard), key)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, v)
	}
	return translog.TrustLogs(verifiers...), nil
}

// current asks which shard is being written.
func (s *source) current(ctx context.Context) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base.JoinPath("/log/checkpoint").String(), nil)
	if err != nil {
		return 0, fmt.Errorf("make request: %w", err)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, unreachable(err)
	}
	signed, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return 0, tocsin.Errorf(tocsin.CodeNotFound, "no_log", "There is no log at %s.", s.base.Host)
	}
	c, err := translog.PeekCheckpoint(signed)
	if err != nil {
		return 0, err
	}
	number, found := strings.CutPrefix(c.Origin, translog.Origin(s.base.Host,
		0)[:len(translog.Origin(s.base.Host, 0))-1])
	shard, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil || shard < 1 {
		return 0, tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongSender,
			"The log at %s says that it is another's.",
			s.base.Host)
	}
	return shard, nil
}

// audit reads one shard, or all of them in turn, each continuing the one before.
func (p *program) audit(ctx context.Context, s source, earlier *translog.Checkpoint) ([]shardReport, error) {
	first, last := s.shard, s.shard
	if s.shard == 0 {
		current, err := s.current(ctx)
		if err != nil {
			return nil, err
		}
		first, last = 1, current
	}
	var reports []shardReport
	var previous *logaudit.Report
	for shard := first; shard <= last; shard++ {
		policy, err := s.policy(shard)
		if err != nil {
			return nil, err
		}
		step, end := p.progress("leaves")
		a := logaudit.Audit{Base: s.base.JoinPath("log", strconv.FormatInt(shard, 10)).String(), Policy: policy,
			Client: s.client, Previous: previous,
			Progress: func(now logaudit.Progress) { step(now.Done, now.Total) }}
		if earlier != nil && earlier.Origin == translog.Origin(s.base.Host, shard) {
			a.Earlier = earlier
		}
		report, err := a.Run(ctx)
		end()
		if err != nil {
			return reports, auditError(err)
		}
		now := p.clock.Now()
		reports = append(reports, shardReport{report, report.Overdue(now), report.Clean(now)})
		previous = &report
	}
	return reports, nil
}

// auditError tells a log that cannot be believed from one that cannot be had.
func auditError(err error) error {
	if e, ok := errors.AsType[*logaudit.FetchError](err); ok {
		if e.Status == http.StatusNotFound {
			return &tocsin.Error{Code: tocsin.CodeNotFound, Reason: "no_log", Err: err,
				Public: "A part of the log is not there"}
		}
		return unreachable(err)
	}
	return &tocsin.Error{Code: tocsin.CodeForbidden, Reason: "log_not_believed", Err: err,
		Public: "The log cannot be believed"}
}

// keepCheckpoint writes what the next audit is to start from.
func keepCheckpoint(path string, signed []byte) error {
	if path == "" {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return writeNew(path, signed, 0o644)
	}
	return replaceFile(path, signed)
}

func (p *program) logOpenShardCommand() *cobra.Command {
	return task("open-shard", "Continue a restored node in a new shard of its log", `
After an older database was restored, the node refuses to start: its log was published further than the
database knows, and growing it again would fork it. This closes the current shard where the database has it
and opens the next one. What was published stays published; the new shard says why it begins. The node must
not be running.`,
		"  tocsin log open-shard", cobra.NoArgs, func(ctx context.Context, _ []string) (err error) {
			n, err := p.openNode(ctx)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, n.Close()) }()
			shard, err := n.Flow.OpenShard(ctx, node.Operator)
			if err != nil {
				return err
			}
			return p.show(map[string]int64{"shard": shard}, func(w io.Writer) {
				fmt.Fprintf(w, "The log continues in shard %d.\n", shard)
			})
		})
}
