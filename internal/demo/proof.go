// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"tocsin"
	"tocsin/internal/logaudit"
	"tocsin/internal/node"
	"tocsin/translog"
	"tocsin/wire"
)

// onLoopback is an outsider's HTTP client: it resolves names under localhost itself.
type onLoopback struct{}

func (onLoopback) Do(r *http.Request) (*http.Response, error) {
	near, err := url.Parse(local(r.URL.String()))
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Host, r.URL = r.URL.Host, near
	return http.DefaultClient.Do(r)
}

// audit reads a member's whole log with nothing but its address and the key in the directory.
func (s *story) audit(m *Member) (logaudit.Report, error) {
	for _, k := range m.Entry.Keys {
		if k.Usable(tocsin.UseLog, s.Clock.Now()) != nil {
			continue
		}
		public, err := wire.PublicKey(k)
		if err != nil {
			return logaudit.Report{}, err
		}
		verifier, err := translog.NewVerifier(translog.Origin(m.Entry.LogOrigin, 1), public.(ed25519.PublicKey))
		if err != nil {
			return logaudit.Report{}, err
		}
		return logaudit.Audit{Base: m.Config.PublicURL + "/log/1", Policy: translog.TrustLogs(verifier), Client: onLoopback{}}.Run(s.ctx)
	}
	return logaudit.Report{}, fmt.Errorf("%s has no log key", m.Entry.ID)
}

func (s *story) verifyLogs() (string, error) {
	var issuer, receiver logaudit.Report
	err := s.until("both logs are published", func() (done bool, err error) {
		if issuer, err = s.audit(s.Authority); err != nil {
			return false, err
		}
		receiver, err = s.audit(s.Host)
		return err == nil && logaudit.Compare(issuer, receiver).Agrees(), err
	})
	if err != nil {
		return "", err
	}
	for _, r := range []logaudit.Report{issuer, receiver} {
		if r.FaultCount > 0 {
			return "", fmt.Errorf("log of %s breaks a rule: %v", r.Party, r.Faults[0])
		}
	}
	return fmt.Sprintf("%d leaves of the authority and %d of the host, every hash recomputed; issued and received agree, %d and %d still opaque",
		issuer.Checkpoint.Size, receiver.Checkpoint.Size, issuer.Opaque, receiver.Opaque), nil
}

// tamper alters one row in a copy of the host's database, as somebody with access to the disk could,
// and lets the check find it.
func (s *story) tamper() (string, error) {
	clean, err := s.Host.Node.Flow.Fsck(s.ctx, nil)
	if err != nil {
		return "", err
	}
	if len(clean.Differences) > 0 {
		return "", fmt.Errorf("the host's own database differs: %v", clean.Differences[0])
	}
	config := s.Host.Config
	config.DataDir = filepath.Join(s.dir, "tampered")
	if err := os.MkdirAll(config.DataDir, 0o700); err != nil {
		return "", err
	}
	path := node.DatabasePath(config)
	if err := s.Host.Node.Backup(s.ctx, path); err != nil {
		return "", err
	}
	event, err := alterOneRow(path)
	if err != nil {
		return "", err
	}
	altered, err := node.Open(s.ctx, node.Options{Config: config, Clock: s.Clock, Log: s.quiet})
	if err != nil {
		return "", err
	}
	defer altered.Close()
	examined, err := altered.Flow.Fsck(s.ctx, nil)
	if err != nil {
		return "", err
	}
	for _, d := range examined.Differences {
		if string(d.Event) == event {
			return fmt.Sprintf("%d events replayed without a difference before; then event %s was altered on disk and named", clean.Events, event), nil
		}
	}
	return "", fmt.Errorf("the altered event %s was not found", event)
}

// alterOneRow moves an event one hour back, past the triggers that forbid it.
func alterOneRow(path string) (event string, err error) {
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(path))
	if err != nil {
		return "", err
	}
	defer db.Close()
	rows, err := db.Query("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'")
	if err != nil {
		return "", err
	}
	var triggers []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", err
		}
		triggers = append(triggers, name)
	}
	if err := rows.Close(); err != nil {
		return "", err
	}
	keep := map[string]string{}
	for _, name := range triggers {
		var text string
		if err := db.QueryRow("SELECT sql FROM sqlite_schema WHERE name = $1", name).Scan(&text); err != nil {
			return "", err
		}
		keep[name] = text
		if _, err := db.Exec("DROP TRIGGER " + name); err != nil {
			return "", err
		}
	}
	err = db.QueryRow(`UPDATE event SET header = CAST(replace(CAST(header AS TEXT), '"automatic":true', '"automatic":false') AS BLOB)
		WHERE seq = (SELECT min(seq) FROM event WHERE instr(CAST(header AS TEXT), '"automatic":true') > 0) RETURNING id`).Scan(&event)
	for _, text := range keep {
		if _, e := db.Exec(text); e != nil && err == nil {
			err = e
		}
	}
	return event, err
}
