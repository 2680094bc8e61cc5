// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/api"
	"tocsin/wire"
)

// publisherFile is the public half of a publisher's key, as publishers hand it out. The fingerprint is for
// the eye; what counts is computed from the bytes.
type publisherFile struct {
	api.PublisherKey
	Fingerprint tocsin.Digest `json:"fingerprint"`
}

// publisherOf names a public key by its fingerprint, so that the private file needs nothing beside it.
func publisherOf(public crypto.PublicKey) (publisherFile, error) {
	key, err := wire.NewKey(public)
	if err != nil {
		return publisherFile{}, err
	}
	print := wire.Fingerprint(key)
	return publisherFile{api.PublisherKey{ID: tocsin.KeyID("publisher-" + print[:16]), Public: key.Public},
		print}, nil
}

func (p *program) keysPublisherCommand() *cobra.Command {
	return family("publisher", "Make and show keys of directory publishers", `
A publisher signs editions of the directory. Publishers are no parties: each node pins their keys in a
ceremony, by fingerprint. A publisher's private key belongs on a machine of its own, off the network.`,
		"  tocsin keys publisher new publisher\n  tocsin keys publisher show publisher.json",
		p.publisherNewCommand(), p.publisherShowCommand())
}

func (p *program) publisherNewCommand() *cobra.Command {
	return task("new NAME", "Make a publisher's key", `
Makes an Ed25519 key: NAME.pem holds the private key and stays with the publisher, NAME.json the public one,
to be handed to every node. It needs no node and no settings.`,
		"  tocsin keys publisher new publisher", cobra.ExactArgs(1), func(_ context.Context, args []string) error {
			public, private, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				return fmt.Errorf("make publisher's key: %w", err)
			}
			der, err := x509.MarshalPKCS8PrivateKey(private)
			if err != nil {
				return fmt.Errorf("make publisher's key: %w", err)
			}
			file, err := publisherOf(public)
			if err != nil {
				return err
			}
			text, err := json.MarshalIndent(file, "", "  ")
			if err != nil {
				return fmt.Errorf("make publisher's key: %w", err)
			}
			secret := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
			if err := writeNew(args[0]+".pem", secret, 0o600); err != nil {
				return err
			}
			if err := writeNew(args[0]+".json", append(text, '\n'), 0o644); err != nil {
				return errors.Join(err, os.Remove(args[0]+".pem"))
			}
			return p.showPublisher(file)
		})
}

func (p *program) publisherShowCommand() *cobra.Command {
	return task("show FILE", "Print a publisher's fingerprint", `
Prints the fingerprint of a publisher's public key, to be read out in a ceremony. It is computed from the
key; what the file says of itself is not believed.`,
		"  tocsin keys publisher show publisher.json", cobra.ExactArgs(1), func(_ context.Context,
			args []string) error {
			file, err := readPublisher(args[0])
			if err != nil {
				return err
			}
			return p.showPublisher(file)
		})
}

func (p *program) showPublisher(file publisherFile) error {
	return p.show(file, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", file.ID)
		printGroups(w, file.Fingerprint)
	})
}

// printGroups writes a fingerprint in four lines of four groups.
func printGroups(w io.Writer, fingerprint tocsin.Digest) {
	all := groups(string(fingerprint))
	for i := 0; i+4 <= len(all); i += 4 {
		fmt.Fprintf(w, "  %s\n", strings.Join(all[i:i+4], " "))
	}
}

// readPublisher reads a public file and computes its fingerprint anew.
func readPublisher(path string) (publisherFile, error) {
	var file publisherFile
	if err := readJSON(path, &file); err != nil {
		return file, err
	}
	public, err := x509.ParsePKIXPublicKey(file.Public)
	if err != nil {
		return file, tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonFormat, "%s: holds no public key", path)
	}
	computed, err := publisherOf(public)
	if err != nil {
		return file, err
	}
	if file.Fingerprint != "" && file.Fingerprint != computed.Fingerprint {
		return file, tocsin.Errorf(tocsin.CodeForbidden, tocsin.RefusedAltered,
			"%s: the fingerprint in the file is not that of its key", path)
	}
	computed.ID = file.ID
	return computed, nil
}

// readPublisherSigner reads a publisher's private key.
func readPublisherSigner(path string) (wire.Signer, publisherFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return wire.Signer{}, publisherFile{}, fmt.Errorf("read publisher's key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return wire.Signer{}, publisherFile{}, fmt.Errorf("read publisher's key: %s is not PEM", path)
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	signer, ok := private.(crypto.Signer)
	if err != nil || !ok {
		return wire.Signer{}, publisherFile{}, fmt.Errorf("read publisher's key: %s holds no private key in PKCS#8",
			path)
	}
	file, err := publisherOf(signer.Public())
	if err != nil {
		return wire.Signer{}, file, err
	}
	key, err := wire.NewKey(signer.Public())
	return wire.Signer{Key: file.ID, Algorithm: key.Algorithm, Private: signer}, file, err
}

// readJSON reads one JSON value from a file, strictly.
func readJSON(path string, out any) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	defer f.Close()
	d := json.NewDecoder(io.LimitReader(f, wire.MaxDirectory*2))
	d.DisallowUnknownFields()
	err = d.Decode(out)
	if _, more := d.Token(); err == nil && !errors.Is(more, io.EOF) {
		err = errors.New("something follows the JSON value")
	}
	if err != nil {
		return &tocsin.Error{Code: tocsin.CodeInvalid, Reason: tocsin.RefusedMalformed, Err: err,
			Public: path + " cannot be read"}
	}
	return nil
}
