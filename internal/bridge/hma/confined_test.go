// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"net/http"
	"strings"
	"testing"

	"tocsin/internal/flow"
)

// confined is the base address of a key that knows some banks only.
func (l *lab) confined(name string, banks ...string) string {
	l.t.Helper()
	token, _, err := l.node.Keys.NewServiceKey(name, everything, noon, banks...)
	check(l.t, err)
	return strings.Replace(l.base, l.token, token, 1)
}

// TestBankOutsideATokenIsAsIfItWereNotThere: to read, to change, to look up, and to open.
func TestBankOutsideATokenIsAsIfItWereNotThere(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for _, name := range []string{"COOP_ONE", "COOP_TWO", "OTHER"} {
		l.want(http.StatusCreated, l.do("POST", "/c/banks", `{"name":"`+name+`"}`))
		l.want(http.StatusOK, l.do("POST", "/c/bank/"+name+"/signal", `{"pdq":"`+aHash+`"}`))
	}
	body := strings.TrimPrefix(l.want(http.StatusOK, l.do("GET", "/m/raw_lookup?signal_type=pdq&signal="+aHash, "")),
		`{"matches":[`)
	numbers := strings.Split(strings.TrimSuffix(body, `]}`), ",")
	if len(numbers) != 3 {
		t.Fatalf("found %v", numbers)
	}
	base := l.confined("reports", "COOP_*") // asserted by the operator
	ask := func(method, path, body string) reply {
		l.t.Helper()
		return l.send(method, base+path, []byte(body), "Content-Type", "application/json")
	}
	if got := l.want(http.StatusOK, ask("GET", "/c/banks", "")); strings.Contains(got, "OTHER") ||
		strings.Count(got, "COOP_") != 2 {
		t.Errorf("banks: %s", got)
	}
	lookup := "/m/lookup?bypass_coinflip=true&signal_type=pdq&signal=" + aHash
	if got := l.want(http.StatusOK, ask("GET", lookup, "")); strings.Contains(got, "OTHER") ||
		!strings.Contains(got, "COOP_ONE") {
		t.Errorf("found %s", got)
	}
	if got := l.want(http.StatusOK, ask("GET", lookup+"&banks=OTHER", "")); got != "{}" {
		t.Errorf("asked for: %s", got)
	}
	if got := l.want(http.StatusOK, ask("GET", "/m/index/status?signal_type=pdq", "")); !strings.Contains(got, `"size":2`) {
		t.Errorf("held: %s", got)
	}
	for _, path := range []string{"/c/bank/NOWHERE", "/c/bank/OTHER"} {
		l.want(http.StatusNotFound, ask("GET", path, ""))
		l.want(http.StatusNotFound, ask("PUT", path, `{"enabled":false}`))
		l.want(http.StatusOK, ask("DELETE", path, ""))
		l.want(http.StatusNotFound, ask("POST", path+"/signal", `{"pdq":"`+aHash+`"}`))
		for _, number := range numbers {
			l.want(http.StatusNotFound, ask("GET", path+"/content/"+number, ""))
		}
	}
	l.want(http.StatusOK, l.do("GET", "/c/bank/OTHER", "")) // nobody deleted it
	l.want(http.StatusForbidden, ask("POST", "/c/banks", `{"name":"OTHER_TWO"}`))
	l.want(http.StatusForbidden, ask("POST", "/c/banks", `{"name":"OTHER"}`))
	l.want(http.StatusForbidden, ask("PUT", "/c/bank/COOP_TWO", `{"name":"OTHER_TWO"}`))
	l.want(http.StatusForbidden, ask("PUT", "/c/signal_type/pdq", `{"enabled_ratio":0}`))
	l.want(http.StatusForbidden, ask("POST", "/c/exchanges/api/tat", `{"credential_json":{}}`))
	l.want(http.StatusCreated, ask("POST", "/c/banks", `{"name":"COOP_THREE"}`))
	l.want(http.StatusOK, ask("PUT", "/c/bank/COOP_THREE", `{"name":"COOP_FOUR"}`))
	l.want(http.StatusOK, ask("DELETE", "/c/bank/COOP_FOUR", ""))
	silent := l.confined("unasserted", "COOP_ONE")
	l.want(http.StatusForbidden, l.send("GET", silent+lookup, nil))
	l.intact()
}

// TestKeyForSomeBanksHasNothingElse, whatever scopes its file may name.
func TestKeyForSomeBanksHasNothingElse(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	f := l.node.Flow
	l.want(http.StatusCreated, l.do("POST", "/c/banks", `{"name":"OTHER"}`))
	l.want(http.StatusOK, l.do("POST", "/c/bank/OTHER/signal", `{"pdq":"`+aHash+`"}`))
	banks, err := f.Banks(t.Context(), flow.Actor{ID: "operator", Operator: true}, false)
	check(t, err)
	all := append([]string{"case.read", "order.read", "record.erase"}, everything...)
	narrow := flow.Actor{ID: "svc_narrow", Scopes: all, Banks: []string{"COOP_*"}}
	cases, _, err := f.Cases(t.Context(), narrow, flow.CaseFilter{Limit: 10})
	if len(cases) > 0 {
		t.Errorf("cases: %v, %v", cases, err)
	}
	for _, b := range banks {
		if _, err := f.Bank(t.Context(), narrow, string(b.ID)); err == nil {
			t.Errorf("reads %s by its id", b.File.Name)
		}
		if err := f.CloseBank(t.Context(), narrow, b.ID, "No."); err == nil {
			t.Errorf("closes %s by its id", b.File.Name)
		}
		if err := f.EraseRecord(t.Context(), narrow, b.ID, "retention"); err == nil {
			t.Errorf("erases %s", b.File.Name)
		}
	}
	imports, _, err := f.Batches(t.Context(), narrow, "", 10)
	if check(t, err); len(imports) > 0 {
		t.Errorf("imports: %v", imports)
	}
}
