// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tocsin"
)

var updateLifecycle = flag.Bool("update", false, "rewrite the drawn machines in docs/lifecycle.md")

const lifecycle = "docs/lifecycle.md"

// TestLifecyclePageDrawsTheMachines explores each machine and compares what it does with what the page draws.
func TestLifecyclePageDrawsTheMachines(t *testing.T) {
	t.Parallel()
	page := readLifecycle(t)
	for name, machines := range map[string][]machine{
		"issuer": {issuerMachine(time.Minute), issuerMachine(48 * time.Hour)}, "host": {hostMachine()},
		"supervisor": {supervisorMachine(time.Hour), supervisorMachine(1000 * time.Hour)}, "item": {itemMachine()},
		"signal": {signalMachine()}, "case": {caseMachine()}, "decision": {decisionMachine()},
		"notice": {noticeMachine()}, "complaint": {complaintMachine()}, "misuse": {misuseMachine()},
		"review": {reviewMachine()}, "challenge": {challengeMachine()}, "entry": {entryMachine()},
	} {
		found := map[transition]bool{}
		for _, m := range machines {
			explore(t, m, found)
		}
		begin, end := "<!-- drawn: "+name+" -->\n", "<!-- end: "+name+" -->"
		before, rest, ok := strings.Cut(page, begin)
		drawing, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Errorf("%s has no place for the %s", lifecycle, name)
			continue
		}
		want := diagram(found) + silent(found)
		if drawing != want && !*updateLifecycle {
			t.Errorf("%s draws another %s than the code is; go test -run Lifecycle -update . rewrites it. "+
				"By the code:\n%s", lifecycle, name, want)
		}
		page = before + begin + want + end + after
	}
	if *updateLifecycle {
		if err := os.WriteFile(lifecycle, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func readLifecycle(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(lifecycle)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sorted(found map[transition]bool) []transition {
	return slices.SortedFunc(maps.Keys(found), func(a, b transition) int {
		return strings.Compare(a.from+" "+a.to+" "+string(a.event), b.from+" "+b.to+" "+string(b.event))
	})
}

// diagram draws the transitions that change the state.
func diagram(found map[transition]bool) string {
	var lines strings.Builder
	leaves, reached := map[string]bool{}, map[string]bool{}
	for _, tr := range sorted(found) {
		if tr.from == tr.to {
			continue
		}
		from := tr.from
		if from == "" {
			from = "[*]"
		}
		fmt.Fprintf(&lines, "    %s --> %s: %s\n", from, tr.to, tr.event)
		leaves[tr.from], reached[tr.to] = true, true
	}
	for _, state := range slices.Sorted(maps.Keys(reached)) {
		if !leaves[state] {
			fmt.Fprintf(&lines, "    %s --> [*]\n", state)
		}
	}
	return "```mermaid\nstateDiagram-v2\n" + lines.String() + "```\n"
}

// silent lists the events that leave the state as it is.
func silent(found map[transition]bool) string {
	states := map[tocsin.EventKind][]string{}
	for _, tr := range sorted(found) {
		if tr.from != tr.to {
			continue
		}
		state := "`" + tr.from + "`"
		if tr.from == "" {
			state = "first of all"
		}
		states[tr.event] = append(states[tr.event], state)
	}
	if len(states) == 0 {
		return ""
	}
	lines := "\n| Event that changes no state | In |\n|---|---|\n"
	for _, event := range slices.Sorted(maps.Keys(states)) {
		lines += fmt.Sprintf("| `%s` | %s |\n", event, strings.Join(states[event], ", "))
	}
	return lines
}

// TestLifecyclePageLeavesNothingOut: every state and every event the package declares stands on the page.
func TestLifecyclePageLeavesNothingOut(t *testing.T) {
	t.Parallel()
	page := readLifecycle(t)
	declared := constants(t, "IssuedState", "ReceivedState", "CopyState", "SignalState", "CaseState", "DecisionState",
		"NoticeState", "ComplaintState", "MisuseState", "EventKind")
	if len(declared) < 60 {
		t.Fatalf("only %d constants found", len(declared))
	}
	for name, value := range declared {
		if strings.HasPrefix(name, "Event") {
			if !strings.Contains(page, "`"+value+"`") && !strings.Contains(page, ": "+value+"\n") {
				t.Errorf("event %s (%s) is missing", value, name)
			}
		} else if !strings.Contains(page, "\n| `"+value+"` |") {
			t.Errorf("state %s (%s) has no row", value, name)
		}
	}
}

// constants gives the string constants of some types, by name.
func constants(t *testing.T, types ...string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			typ, named := spec.Type.(*ast.Ident)
			value, literal := spec.Values[0].(*ast.BasicLit)
			if named && literal && slices.Contains(types, typ.Name) {
				found[spec.Names[0].Name], _ = strconv.Unquote(value.Value)
			}
			return true
		})
	}
	return found
}

// TestLifecyclePageTellsEveryClock: each period of the default profile has a row with its length.
func TestLifecyclePageTellsEveryClock(t *testing.T) {
	t.Parallel()
	rows := strings.Split(readLifecycle(t), "\n")
	periods := reflect.ValueOf(tocsin.EUPeriods())
	for i := range periods.NumField() {
		name := periods.Type().Field(i).Name
		var length string
		switch p := periods.Field(i).Interface().(type) {
		case time.Duration:
			length = spoken(p)
		case []time.Duration:
			each := make([]string, len(p))
			for i, d := range p {
				each[i] = spoken(d)
			}
			length = strings.Join(each, ", ")
		}
		if !slices.ContainsFunc(rows, func(row string) bool {
			return strings.Contains(row, "| `"+name+"` | "+length+" |")
		}) {
			t.Errorf("clock %s of %s has no row", name, length)
		}
	}
}

func spoken(d time.Duration) string {
	switch {
	case d%week == 0:
		return fmt.Sprintf("%d weeks", d/week)
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d min", d/time.Minute)
}
