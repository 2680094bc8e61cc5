// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package translog

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// maxPolicy bounds a policy text; the specification asks for room for 32 logs, witnesses and groups.
const maxPolicy = 1 << 16

// ParsePolicy reads the text form of c2sp.org/tlog-policy. Addresses in it are accepted and not kept.
// Ed25519 keys are known here; a log or witness with a key of another type is refused.
func ParsePolicy(text []byte) (*Policy, error) {
	if len(text) > maxPolicy {
		return nil, fmt.Errorf("parse policy: %w: over %d bytes", ErrMalformed, maxPolicy)
	}
	p := policyParser{
		named: make(map[string]*quorum), grouped: make(map[string]bool), keys: make(map[string]bool),
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if err := p.line(string(line)); err != nil {
			return nil, fmt.Errorf("parse policy: line %d: %w", i+1, err)
		}
	}
	if !p.hasQuorum {
		return nil, fmt.Errorf("parse policy: %w: no quorum line", ErrMalformed)
	}
	return &Policy{
		logs:   p.logs,
		known:  note.VerifierList(append(p.witnesses, p.logs...)...),
		quorum: p.quorum,
	}, nil
}

type policyParser struct {
	logs, witnesses []note.Verifier
	named           map[string]*quorum // witnesses and groups share one name space
	grouped         map[string]bool    // names that are already a member: each counts in one place only
	keys            map[string]bool    // "log" or "witness", then the key's bytes
	quorum          *quorum
	hasQuorum       bool
}

func (p *policyParser) line(line string) error {
	for _, c := range []byte(line) {
		if (c < 0x20 && c != '\t') || c == 0x7f {
			return fmt.Errorf("%w: control character", ErrMalformed)
		}
	}
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(words) == 0 || words[0][0] == '#' {
		return nil
	}
	switch verb, args := words[0], words[1:]; {
	case verb == "log" && (len(args) == 1 || len(args) == 2):
		return p.log(args[0])
	case verb == "witness" && (len(args) == 2 || len(args) == 3):
		return p.witness(args[0], args[1])
	case verb == "group" && len(args) >= 3:
		return p.group(args[0], args[1], args[2:])
	case verb == "quorum" && len(args) == 1:
		return p.setQuorum(args[0])
	}
	return fmt.Errorf("%w: not a line of a policy", ErrMalformed)
}

func (p *policyParser) log(text string) error {
	k, err := p.key("log", text, algorithmEd25519)
	if err != nil {
		return err
	}
	v, err := NewVerifier(k.name, k.key)
	if err != nil {
		return err
	}
	p.logs = append(p.logs, v)
	return nil
}

func (p *policyParser) witness(name, text string) error {
	k, err := p.key("witness", text, algorithmCosignature)
	if err != nil {
		return err
	}
	p.witnesses = append(p.witnesses, cosigner{k})
	return p.define(name, &quorum{witness: cosigner{k}})
}

// key reads a verifier key that must be new to its list, whatever name it goes by.
func (p *policyParser) key(list, text string, algorithm byte) (vkey, error) {
	k, err := parseVkey(text)
	if err != nil {
		return vkey{}, err
	}
	if k.algorithm != algorithm {
		return vkey{}, fmt.Errorf("%w: not a key of the type that a %s has", ErrMalformed, list)
	}
	id := list + string(k.key)
	if p.keys[id] {
		return vkey{}, fmt.Errorf("%w: a key is listed twice", ErrMalformed)
	}
	p.keys[id] = true
	return k, nil
}

func (p *policyParser) group(name, threshold string, members []string) error {
	g := &quorum{}
	for _, m := range members {
		q, ok := p.named[m]
		if !ok || p.grouped[m] {
			return fmt.Errorf("%w: a member is not defined above, or is in a group already", ErrMalformed)
		}
		p.grouped[m] = true
		g.members = append(g.members, q)
	}
	switch threshold {
	case "any":
		g.need = 1
	case "all":
		g.need = len(members)
	default:
		n, err := strconv.Atoi(threshold)
		if err != nil || n < 1 || n > len(members) || strconv.Itoa(n) != threshold {
			return fmt.Errorf("%w: threshold out of range", ErrMalformed)
		}
		g.need = n
	}
	return p.define(name, g)
}

func (p *policyParser) define(name string, q *quorum) error {
	if name == "none" || p.named[name] != nil {
		return fmt.Errorf("%w: a name is reserved or defined twice", ErrMalformed)
	}
	p.named[name] = q
	return nil
}

func (p *policyParser) setQuorum(name string) error {
	if p.hasQuorum {
		return fmt.Errorf("%w: a second quorum line", ErrMalformed)
	}
	p.hasQuorum = true
	if name == "none" {
		return nil
	}
	if p.quorum = p.named[name]; p.quorum == nil {
		return fmt.Errorf("%w: the quorum is not defined above", ErrMalformed)
	}
	return nil
}
