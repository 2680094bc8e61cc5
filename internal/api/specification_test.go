// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"tocsin/internal/api"
)

var update = flag.Bool("update", false, "write openapi.json anew")

const specificationFile = "openapi.json"

// TestDescriptionIsFresh compares the committed document with the operations. With -update it writes it anew,
// but refuses to change what was described without a new version.
//
//go:generate go test -count=1 -run TestDescriptionIsFresh . -update
func TestDescriptionIsFresh(t *testing.T) {
	fresh, err := api.DescribeAll()
	check(t, err)
	before := committed(t)
	if bytes.Equal(fresh, before) {
		return
	}
	if !*update {
		t.Fatal("openapi.json differs from the operations; run go generate ./internal/api")
	}
	if old := versionOf(t, before); old == api.SpecVersion {
		t.Fatalf("the operations changed; raise SpecVersion above %s first", old)
	}
	check(t, os.WriteFile(specificationFile, fresh, 0o644))
}

func versionOf(t *testing.T, document []byte) string {
	t.Helper()
	var d struct{ Info struct{ Version string } }
	check(t, json.Unmarshal(document, &d))
	return d.Info.Version
}

// committed is the document that readers of the repository have.
func committed(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(specificationFile)
	check(t, err)
	return text
}
