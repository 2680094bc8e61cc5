// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/cmd/tocsin/internal/archive"
	"tocsin/internal/blob"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/node"
	"tocsin/internal/telemetry"
)

func (p *program) backupCommand() *cobra.Command {
	return task("backup FOLDER", "Copy the journal to a new folder, while the node runs or not", `
Writes the database as it is at one moment, the lists of signals that were imported, and a manifest with
their digests, to a folder that must be new or empty. The node may run meanwhile. No key goes into it: back
the key folder up apart, once, and after each 'keys new' and 'keys rotate'. A backup holds record keys as they
were, wrapped: what was erased later can still be read from it until the key that wraps them is destroyed.

A node on PostgreSQL is backed up with PostgreSQL's own tools and a copy of the folder blobs in its data
folder.`,
		"  tocsin backup /backup/tocsin-2026-01-31", cobra.ExactArgs(1), func(ctx context.Context,
			args []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			if address, err := c.Database.PostgresURL(); err != nil {
				return usageError{err}
			} else if address != "" {
				return tocsin.Errorf(tocsin.CodeUnsupported, "postgres",
					"Back up PostgreSQL with pg_dump or pg_basebackup.")
			}
			if inside(args[0], c.DataDir) || inside(args[0], c.KeyDir) {
				return usageError{errors.New("a backup does not belong in the data folder or the key folder")}
			}
			m := archive.Manifest{Party: tocsin.PartyID(c.Party), TakenAt: p.clock.Now(),
				Program: telemetry.ReadBuild().Version}
			blobs, err := blob.New(node.BlobDir(c), blob.Options{})
			if err != nil {
				return err
			}
			m, err = archive.Write(ctx, args[0], m, blobs, func(ctx context.Context, to string) error {
				return archive.Snapshot(ctx, node.DatabasePath(c), to)
			})
			if err != nil {
				return err
			}
			return p.show(m, func(w io.Writer) { printManifest(w, args[0], m) })
		})
}

// inside reports whether a path lies in a folder, or is it.
func inside(path, folder string) bool {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	root, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	relative, err := filepath.Rel(root, absolute)
	return err == nil && filepath.IsLocal(relative)
}

func printManifest(w io.Writer, dir string, m archive.Manifest) {
	fmt.Fprintf(w, "folder\t%s\nparty\t%s\ntaken\t%s\n", dir, m.Party, at(&m.TakenAt))
	for _, f := range m.Files {
		fmt.Fprintf(w, "%s\t%d bytes, %s\n", f.Name, f.Size, f.SHA256)
	}
}

// restored is what restore did, and whether the log was published further than the backup knows.
type restored struct {
	archive.Manifest
	Behind bool `json:"behind"`
}

func (p *program) restoreCommand() *cobra.Command {
	return task("restore FOLDER", "Put a backup's journal into an empty data folder", `
Checks a backup against its manifest and copies its database and lists into the data folder, which must hold no
database. The key folder must be there already: keys are restored apart.

A backup is older than what the node has published since. Its log must not grow from there, or it would
fork; the node refuses to start until 'tocsin log open-shard' continues it in a new shard. Run 'tocsin fsck'
first.`,
		"  tocsin restore /backup/tocsin-2026-01-31\n  tocsin fsck\n  tocsin log open-shard", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error { return p.restore(ctx, args[0]) })
}

func (p *program) restore(ctx context.Context, dir string) error {
	ring, c, err := p.openKeys()
	if err != nil {
		return err
	}
	m, err := archive.Read(dir)
	if err != nil {
		return err
	}
	if string(m.Party) != c.Party {
		return tocsin.Errorf(tocsin.CodeForbidden, tocsin.ReasonUnknownParty,
			"This backup is of party %s, and these settings are of %s.", m.Party, c.Party)
	}
	blobs, err := blob.New(node.BlobDir(c), blob.Options{})
	if err != nil {
		return err
	}
	if m, err = archive.Restore(ctx, dir, node.DatabasePath(c), blobs); err != nil {
		return err
	}
	result := restored{Manifest: m}
	if result.Behind, err = p.behind(ctx, ring); err != nil {
		return err
	}
	return p.show(result, func(w io.Writer) {
		printManifest(w, c.DataDir, m)
		if result.Behind {
			fmt.Fprint(w, "\nThe log was published further than this backup knows. Run 'tocsin fsck', then\n"+
				"'tocsin log open-shard'; the node does not start before.\n")
		}
	})
}

// behind reports whether the restored journal is older than the mark of what was published.
func (p *program) behind(ctx context.Context, ring *keyring.Ring) (older bool, err error) {
	mark, found, err := ring.ReadMark()
	if err != nil || !found {
		return false, err
	}
	n, err := p.openNode(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	err = n.Flow.Store.View(ctx, func(tx flow.Tx) error {
		head, err := tx.Head()
		older = head.Shard < mark.Shard || head.Shard == mark.Shard && head.TreeSize < mark.Size
		return err
	})
	return older, err
}
