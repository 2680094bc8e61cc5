// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/cmd/tocsin/internal/remote"
	"tocsin/internal/api"
	"tocsin/internal/config"
	"tocsin/internal/node"
	"tocsin/wire"
)

func (p *program) directoryVerifyCommand() *cobra.Command {
	var given []string
	var threshold int
	demonstration := false
	c := task("verify FILE", "Verify an edition under pinned publishers", `
Checks that enough pinned publishers signed the edition and that each entry is well formed. The pins are
those of the settings, or the fingerprints given here. Nothing is imported.`,
		"  tocsin directory verify directory.json\n"+
			"  tocsin directory verify directory.json --fingerprint 9f86d081… --threshold 1", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error {
			trusted := api.Pins{Threshold: threshold, Fingerprints: given}
			if len(given) == 0 {
				c, err := p.config()
				if err != nil {
					return err
				}
				trusted, demonstration = pins(c), demonstration || c.Demonstration
			}
			file, _, err := readDirectory(args[0])
			if err != nil {
				return err
			}
			signed, pinned, err := trust(file, trusted)
			if err != nil {
				return err
			}
			d, err := wire.VerifyDirectory(signed, pinned, p.clock.Now(), demonstration)
			if err != nil {
				return err
			}
			return p.show(summarise(file, d), func(w io.Writer) {
				printSummary(w, args[0], file, d)
				fmt.Fprintf(w, "%s\tat least %d pinned publishers signed it\n", p.paint(true, "ok"), pinned.Threshold)
			})
		})
	c.Flags().StringArrayVar(&given, "fingerprint", nil, "fingerprint of a publisher to trust; repeat for more")
	c.Flags().IntVar(&threshold, "threshold", 1, "how many of those fingerprints must have signed")
	c.Flags().BoolVar(&demonstration, "demonstration", false,
		"accept an edition that says its parties are not real")
	return c
}

// verification is what documents are verified with at this moment: an edition that the pinned publishers signed.
func (p *program) verification(edition string) (wire.Context, error) {
	c, err := p.config()
	if err != nil {
		return wire.Context{}, err
	}
	file, _, err := readDirectory(edition)
	if err != nil {
		return wire.Context{}, err
	}
	signed, pinned, err := trust(file, pins(c))
	if err != nil {
		return wire.Context{}, err
	}
	now := p.clock.Now()
	d, err := wire.VerifyDirectory(signed, pinned, now, c.Demonstration)
	return wire.Context{Directory: d, Now: now, Demonstration: c.Demonstration}, err
}

// trust gives the exact bytes of an edition and the keys under which they are verified.
func trust(file api.DirectoryFile, trusted api.Pins) ([]byte, wire.Publishers, error) {
	signed, err := file.Directory.Encode()
	if err != nil {
		return nil, wire.Publishers{}, err
	}
	pinned, err := trusted.Publishers(file.Publishers)
	return signed, pinned, err
}

func (p *program) directoryPinCommand() *cobra.Command {
	var told string
	c := task("pin FILE", "Trust a publisher, after comparing her fingerprint aloud", `
The ceremony: the publisher reads the fingerprint of her key from her own screen, in person or over a
telephone number you know from elsewhere; you compare it group by group with what this command prints, and
type the last group. Only then does the key stand in the settings. With --fingerprint you give the whole of
what she told you.

A fingerprint copied from the message that brought the key proves nothing.`,
		"  tocsin directory pin publisher.json\n  tocsin directory pin publisher.json --fingerprint 9f86d081…",
		cobra.ExactArgs(1), func(_ context.Context, args []string) error { return p.pin(args[0], told) })
	c.Flags().StringVar(&told, "fingerprint", "",
		"the fingerprint as the publisher told it; spaces do not matter")
	return c
}

// pinned is what a ceremony left.
type pinned struct {
	Fingerprint tocsin.Digest `json:"fingerprint"`
	Publishers  []string      `json:"publishers"`
	Threshold   int           `json:"threshold"`
	Config      string        `json:"config"`
}

func (p *program) pin(path, told string) error {
	file, err := readPublisher(path)
	if err != nil {
		return err
	}
	// Of the file alone: a variable or a flag must not become a lasting pin.
	c, err := config.Load(config.Source{File: p.configFile()})
	if err != nil {
		return usageError{err}
	}
	if slices.Contains(c.Directory.Publishers, string(file.Fingerprint)) {
		return tocsin.Errorf(tocsin.CodeConflict, tocsin.ReasonDuplicate, "This publisher is pinned already.")
	}
	if err := p.compare(file, told); err != nil {
		return err
	}
	all := append(slices.Clone(c.Directory.Publishers), string(file.Fingerprint))
	if err := p.writePins(all); err != nil {
		return err
	}
	result := pinned{file.Fingerprint, all, c.Directory.Threshold, p.configFile()}
	return p.show(result, func(w io.Writer) {
		fmt.Fprintf(w, "pinned\t%s\n", grouped(string(file.Fingerprint)))
		fmt.Fprintf(w, "%d publishers pinned; %d must sign an edition (directory.threshold in %s).\n", len(all),
			c.Directory.Threshold, result.Config)
		fmt.Fprintln(w, "A running node takes this up at its next start.")
	})
}

// compare holds the ceremony.
func (p *program) compare(file publisherFile, told string) error {
	other := tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedWrongKey,
		"That is not the fingerprint of this key. Somebody mistyped, or this is not the publisher's key.")
	if told != "" {
		if strings.ToLower(strings.Join(strings.Fields(told), "")) != string(file.Fingerprint) {
			return other
		}
		return nil
	}
	if !isTerminal(p.in) {
		return usagef("pin asks a person at a terminal; elsewhere give --fingerprint as the publisher told it")
	}
	fmt.Fprintln(p.err, "Have the publisher read her fingerprint to you, and compare each group:")
	printGroups(p.err, file.Fingerprint)
	fmt.Fprint(p.err, "If all agree, type the last group: ")
	line, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read answer: %w", err)
	}
	all := groups(string(file.Fingerprint))
	if strings.ToLower(strings.TrimSpace(line)) != all[len(all)-1] {
		return other
	}
	return nil
}

// writePins changes one line of the settings file, and only if the result is accepted.
func (p *program) writePins(fingerprints []string) error {
	path := p.configFile()
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	list := "['" + strings.Join(fingerprints, "', '") + "']"
	changed, err := setValue(string(text), "directory.publishers", list)
	if err != nil {
		return fmt.Errorf("%w: write it yourself: directory.publishers: %s", err, list)
	}
	if err := replaceFile(path, []byte(changed)); err != nil {
		return err
	}
	c, err := config.Load(config.Source{File: path})
	if err != nil || !slices.Equal(c.Directory.Publishers, fingerprints) {
		return errors.Join(fmt.Errorf("the settings file has not the usual form; it was left as it is"), err,
			replaceFile(path, text))
	}
	return nil
}

func (p *program) directoryImportCommand() *cobra.Command {
	offline := false
	c := p.withRemote(task("import FILE", "Make a signed edition the one this node uses", `
Hands the edition to the running node, or, when none answers, imports it directly into the database. It must
be signed by enough pinned publishers, be newer than the edition in use, and list this party. Revocations in
it take effect at once and reopen the orders they touch.`,
		"  tocsin directory import directory.json\n  tocsin directory import directory.json --offline",
		cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
			file, _, err := readDirectory(args[0])
			if err != nil {
				return err
			}
			done, err := p.importEdition(ctx, file, offline)
			if err != nil {
				return err
			}
			return p.show(done, func(w io.Writer) {
				fmt.Fprintf(w, "in use\tserial %d\t%d parties\n", done.Serial, done.Parties)
				if done.Reopened > 0 {
					fmt.Fprintf(w, "%d orders were reopened: a person must look at them.\n", done.Reopened)
				}
			})
		}))
	c.Flags().BoolVar(&offline, "offline", false, "import into the database of a node that is not running")
	return c
}

// importEdition asks the running node, or works on the database when no node has it.
func (p *program) importEdition(ctx context.Context, file api.DirectoryFile, offline bool) (
	done api.DirectoryImported, err error,
) {
	if !offline {
		client, err := p.remote()
		if err != nil {
			return done, err
		}
		err = client.Call(ctx, http.MethodPost, "/directory", nil, file, &done)
		if tocsin.ReasonOf(err) != remote.ReasonUnreachable || p.global.url != "" {
			return done, err
		}
		p.note("No node answers; importing into its database.")
	}
	n, err := p.openNode(ctx)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	// As serve does: a restored older database must not grow under a log that was published further.
	if err := n.Flow.Start(ctx); err != nil {
		return done, err
	}
	signed, pinned, err := trust(file, pins(n.Config))
	if err != nil {
		return done, err
	}
	if done.Reopened, err = n.Flow.ImportDirectory(ctx, node.Operator, signed, pinned); err != nil {
		return done, err
	}
	d := n.Flow.Directory()
	done.Serial, done.Parties = d.Serial, len(d.Parties)
	return done, err
}

func (p *program) directoryShowCommand() *cobra.Command {
	return task("show FILE", "Show what an edition says", `
Prints an edition from a file: its serial, its parties and who signed it. It judges no signature; 'verify'
does.`,
		"  tocsin directory show directory.json\n  tocsin directory show directory.json --json", cobra.ExactArgs(1),
		func(_ context.Context, args []string) error {
			file, d, err := readDirectory(args[0])
			if err != nil {
				return err
			}
			return p.show(d, func(w io.Writer) {
				printDirectory(w, api.DirectoryView{Serial: d.Serial, IssuedAt: &d.IssuedAt, Parties: d.Parties})
				for _, k := range file.Publishers {
					fmt.Fprintf(w, "signed by\t%s\t%s\n", k.ID, grouped(string(tocsin.DigestOf(k.Public))))
				}
			})
		})
}
