// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"

	"tocsin/internal/demo"
	"tocsin/internal/media"
)

// TestMain lets this program be the child that decodes pictures.
func TestMain(m *testing.M) {
	if code, child := media.RunIfChild(); child {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

func TestTheWholeStoryIsShown(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	report, err := demo.Run(t.Context(), demo.Options{Dir: t.TempDir(), Out: &out, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	t.Log("\n" + out.String())
	if err != nil || !report.OK {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, s := range report.Steps {
		shown[s.Name] = s.OK
	}
	for _, name := range []string{"prior.information", "order.approved", "order.executed", "url.451", "copy.supervisor",
		"refused.altered", "refused.replayed", "refused.wrong-key", "refused.not-competent", "refused.single-approver",
		"gate.collection", "withdrawn.reinstated", "match.proposed", "case.decided", "reasons.sent",
		"complaint.upheld", "item.reinstated", "signal.disputed", "logs.verified", "tamper.found"} {
		if !shown[name] {
			t.Errorf("step %s was not shown", name)
		}
	}
}
