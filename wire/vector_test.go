// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin"
	"tocsin/wire"
)

var update = flag.Bool("update", false, "rewrite testdata/vectors")

const vectorFolder = "testdata/vectors"

// vector is one published case; testdata/vectors/README.md explains the members.
type vector struct {
	Name          string           `json:"name"`
	About         string           `json:"about"`
	Kind          string           `json:"kind"`
	Expect        string           `json:"expect"`
	Directory     string           `json:"directory,omitempty"`
	Publishers    *wire.Publishers `json:"publishers,omitempty"`
	Audience      tocsin.PartyID   `json:"audience,omitempty"`
	Now           time.Time        `json:"now"`
	Demonstration bool             `json:"demonstration"`
	Digest        tocsin.Digest    `json:"digest,omitempty"`
	Document      string           `json:"document"`
}

const (
	kindDocument    = "document"
	kindCertificate = "officer-certificate"
	kindDirectory   = "directory"
	kindEntry       = "entry-approval"
	kindRetraction  = "entry-retraction"
	accepted        = "ok"
)

// outcome verifies a vector and says "ok" or the failure class.
func (v vector) outcome(directory tocsin.Directory) string {
	c := wire.Context{Directory: directory, Audience: v.Audience, Now: v.Now, Demonstration: v.Demonstration}
	var err error
	switch v.Kind {
	case kindDocument:
		_, err = wire.Verify([]byte(v.Document), c)
	case kindCertificate:
		_, err = wire.VerifyOfficerCertificate([]byte(v.Document), c, authority)
	case kindEntry:
		_, err = wire.VerifyEntryApproval([]byte(v.Document), c, authority)
	case kindRetraction:
		_, err = wire.VerifyEntryRetraction([]byte(v.Document), c)
	case kindDirectory:
		_, err = wire.VerifyDirectory([]byte(v.Document), *v.Publishers, v.Now, v.Demonstration)
	}
	if err == nil {
		return accepted
	}
	return string(tocsin.ReasonOf(err))
}

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	var directory tocsin.Directory
	readJSON(t, filepath.Join(vectorFolder, "directory.json"), &directory)
	paths, err := filepath.Glob(filepath.Join(vectorFolder, "*", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors found: %v", err)
	}
	for _, path := range paths {
		var v vector
		readJSON(t, path, &v)
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			if got := v.outcome(directory); got != v.Expect {
				t.Errorf("%s: got %q, want %q", v.About, got, v.Expect)
			}
			if v.Digest != "" && wire.Digest([]byte(v.Document)) != v.Digest {
				t.Error("the digest differs")
			}
		})
	}
}

// TestVectorsCoverEveryFailureClass keeps a class from being added without a document that shows it.
func TestVectorsCoverEveryFailureClass(t *testing.T) {
	t.Parallel()
	var seen []string
	for _, c := range cases() {
		seen = append(seen, c.expect)
	}
	for _, reason := range []tocsin.Reason{
		tocsin.RefusedMalformed, tocsin.RefusedTooLarge, tocsin.RefusedVersion, tocsin.RefusedAlgorithm,
		tocsin.RefusedCriticalHeader, tocsin.RefusedUnknownIssuer, tocsin.RefusedWrongKey,
		tocsin.RefusedKeyRevoked, tocsin.RefusedKeyCompromised, tocsin.RefusedKeyNotYetValid,
		tocsin.RefusedAltered, tocsin.RefusedNotCompetent, tocsin.RefusedMandateExpired,
		tocsin.RefusedWrongAddressee, tocsin.RefusedWrongSender, tocsin.RefusedFutureDated,
		tocsin.RefusedIncomplete, tocsin.RefusedApprovalMissing, tocsin.RefusedApprovalSamePerson,
		tocsin.RefusedApprovalOtherDocument, tocsin.RefusedApprovalWrongParty,
		tocsin.RefusedApprovalWrongOrigin, tocsin.RefusedApprovalUserNotVerified,
		tocsin.RefusedApprovalRegistration, tocsin.RefusedApprovalDemonstration,
		tocsin.RefusedApprovalSignature, tocsin.RefusedApprovalCertificate, tocsin.ReasonDemonstrationOnly,
	} {
		if !slices.Contains(seen, string(reason)) {
			t.Errorf("no vector shows %q", reason)
		}
	}
}

// TestPublishedVectorsAreComplete compares names, so that a case added in the source is also published.
func TestPublishedVectorsAreComplete(t *testing.T) {
	t.Parallel()
	var inSource, published []string
	for _, c := range cases() {
		inSource = append(inSource, c.group+"/"+c.name+".json")
	}
	paths, err := filepath.Glob(filepath.Join(vectorFolder, "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		rel, err := filepath.Rel(vectorFolder, p)
		if err != nil {
			t.Fatal(err)
		}
		published = append(published, filepath.ToSlash(rel))
	}
	slices.Sort(inSource)
	slices.Sort(published)
	if diff := cmp.Diff(inSource, published); diff != "" {
		t.Errorf("run go test ./wire -run TestVectors -update\n(-source +published)\n%s", diff)
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, 20260302)
	w := newWorld(t)
	for _, c := range cases() {
		if err := os.RemoveAll(filepath.Join(vectorFolder, c.group)); err != nil {
			t.Fatal(err)
		}
	}
	writeJSON(t, filepath.Join(vectorFolder, "directory.json"), w.directory)
	for _, c := range cases() {
		v := vector{
			Name: c.name, About: c.about, Kind: kindDocument, Expect: c.expect, Directory: "directory.json",
			Audience: host, Now: minute,
		}
		v.Document = string(c.make(w, &v))
		if v.Expect == accepted {
			v.Digest = wire.Digest([]byte(v.Document))
		}
		if v.Kind == kindDirectory {
			v.Directory, v.Audience, v.Digest = "", "", ""
		}
		if v.Kind == kindCertificate || v.Kind == kindEntry || v.Kind == kindRetraction {
			v.Audience = ""
		}
		writeJSON(t, filepath.Join(vectorFolder, c.group, c.name+".json"), v)
	}
}

func readJSON(t *testing.T, path string, out any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func writeJSON(t *testing.T, path string, in any) {
	t.Helper()
	data, err := json.MarshalIndent(in, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
