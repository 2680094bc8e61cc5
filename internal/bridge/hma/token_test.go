// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tocsin/internal/bridge/hma"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/internal/telemetry"
)

const aHash = "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"

// key makes another service key and gives the base address with its token.
func (l *lab) key(name string, scopes ...string) string {
	l.t.Helper()
	token, _, err := l.node.Keys.NewServiceKey(name, scopes, noon)
	check(l.t, err)
	return strings.Replace(l.base, l.token, token, 1)
}

// TestNothingIsServedWithoutAToken: HMA serves everybody.
func TestNothingIsServedWithoutAToken(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	root := strings.TrimSuffix(l.base, "/"+l.token)
	for _, operation := range l.service.Operations() {
		method, path, _ := strings.Cut(operation, " ")
		for name, r := range map[string]reply{
			"no token": l.send(method, root+path, nil),
			"another token": l.send(method, strings.Replace(l.base, l.token, "tsk_aaaaaaaaaaaaaaaaaaaaaaaaaa",
				1)+path, nil),
			"half a token": l.send(method, root+"/tsk_"+path, nil),
			"no bearer":    l.send(method, root+path, nil, "Authorization", l.token),
			"wrong bearer": l.send(method, root+path, nil, "Authorization", "Bearer "+l.token+"x"),
		} {
			if r.status != http.StatusUnauthorized || !strings.HasPrefix(r.body, `{"message":`) {
				t.Errorf("%s with %s: %d %s", operation, name, r.status, r.body)
			}
		}
	}
	if r := l.send("GET", root+"/c/banks", nil, "Authorization", "bearer "+l.token); r.status != http.StatusOK {
		t.Errorf("with a Bearer: %d %s", r.status, r.body)
	}
	check(t, l.node.Keys.RevokeServiceKey("client"))
	if r := l.do("GET", "/c/banks", ""); r.status != http.StatusUnauthorized {
		t.Errorf("with a revoked token: %d", r.status)
	}
}

// TestTokensStayWithinTheirScopes, and are never told that something is not there: a client would delete its
// own.
func TestTokensStayWithinTheirScopes(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.want(http.StatusCreated, l.do("POST", "/c/banks", `{"name":"GARDEN"}`))
	stranger := l.key("stranger", "order.read")
	free := []string{"GET /", "GET /status", "GET /status/live", "GET /site-map", "GET /openapi/openapi.json"}
	for _, operation := range l.service.Operations() {
		method, path, _ := strings.Cut(operation, " ")
		path = strings.NewReplacer("<bank_name>", "GARDEN", "<exchange>", "GARDEN").Replace(path)
		r := l.send(method, stranger+path, nil)
		if slices.Contains(free, operation) {
			if r.status >= http.StatusBadRequest {
				t.Errorf("%s: %d", operation, r.status)
			}
		} else if r.status != http.StatusForbidden || !strings.Contains(r.body, "scope") {
			t.Errorf("%s without scopes: %d %s", operation, r.status, r.body)
		}
	}
	lookup := l.key("reports", "content.screen", "bank.read") // a matcher
	if r := l.send("POST", lookup+"/c/banks", []byte(`{"name":"OTHER"}`)); r.status != http.StatusForbidden {
		t.Errorf("a matcher opens banks: %d", r.status)
	}
	if r := l.send("GET", lookup+"/m/lookup?signal_type=pdq&signal="+aHash, nil); r.status != http.StatusOK {
		t.Errorf("a matcher looks up: %d %s", r.status, r.body)
	}
}

// TestNothingIsLookedUpWithoutTheOperatorsWord, which is in the journal, and only the operator gives.
func TestNothingIsLookedUpWithoutTheOperatorsWord(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	silent := l.key("unasserted", everything...)
	r := l.send("GET", silent+"/m/lookup?url="+l.site+"/plain.png", nil)
	for _, path := range []string{"/m/lookup?signal_type=pdq&signal=", "/m/raw_lookup?signal_type=pdq&signal="} {
		if r := l.send("GET", silent+path+aHash, nil); r.status != http.StatusForbidden {
			t.Errorf("%s without assertion: %d %s", path, r.status, r.body)
		}
	}
	if r.status != http.StatusForbidden || !strings.Contains(r.body, "public or was reported") {
		t.Errorf("by address, without assertion: %d %s", r.status, r.body)
	}
	// A key made later is recorded when it is used.
	before := len(l.node.Flow.Face().Asserted)
	late := l.key("reports", everything...)
	l.want(http.StatusOK, l.send("GET", late+"/m/lookup?signal_type=pdq&signal="+aHash, nil))
	asserted := l.node.Flow.Face().Asserted
	if before != 1 || len(asserted) != 2 {
		t.Errorf("recorded %d, then %v", before, asserted)
	}
	kinds := l.journal(flow.FaceBank)
	if !slices.Equal(kinds, []string{"bank.opened by operator", "bank.changed by operator"}) {
		t.Errorf("the journal says %v", kinds)
	}
	machine := flow.Actor{ID: "svc_x", Scopes: everything}
	if err := l.node.Flow.Assert(t.Context(), machine, nil); err == nil {
		t.Error("a machine asserted")
	}
	// What the configuration asserts no more is taken back at the next start.
	deps := l.service.Deps
	deps.Assertions = map[string]flow.Assertion{"reports": flow.AssertedReported}
	_, err := hma.New(t.Context(), deps)
	check(t, err)
	if asserted := l.node.Flow.Face().Asserted; len(asserted) != 1 || len(l.journal(flow.FaceBank)) != 3 {
		t.Errorf("still asserted: %v", asserted)
	}
	b, err := l.node.Flow.Bank(t.Context(), node.Operator, flow.FaceBank)
	check(t, err)
	if b.Enabled != 0 {
		t.Error("the bank of the settings takes part in screening")
	}
}

// journal is what happened to a bank, and who did it.
func (l *lab) journal(bank string) (all []string) {
	l.t.Helper()
	b, err := l.node.Flow.Bank(l.t.Context(), node.Operator, bank)
	check(l.t, err)
	check(l.t, l.node.Flow.Store.View(l.t.Context(), func(tx flow.Tx) error {
		entries, err := tx.EntriesOf(b.ID)
		for _, e := range entries {
			all = append(all, string(e.Header.Kind)+" by "+string(e.Header.Actor))
		}
		return err
	}))
	return all
}

// TestNodeServesTheInterfaceAndLogsNoToken runs a whole node, with its own log, and greps.
func TestNodeServesTheInterfaceAndLogsNoToken(t *testing.T) {
	t.Parallel()
	log := &journal{}
	logger, err := telemetry.NewLogger(log, "json", "debug")
	check(t, err)
	c := settings(t)
	c.Compat.HMA, c.Compat.HMAAssertions = true, []string{"client=reported"}
	l, stop := serve(t, node.Options{Config: c, Log: logger})
	l.log = log
	token := l.token

	l.want(http.StatusCreated, l.do("POST", "//c/banks", `{"name":"GARDEN"}`))
	l.want(http.StatusOK, l.do("GET", "/m/lookup?signal_type=pdq&signal="+aHash, ""))
	l.want(http.StatusBadRequest, l.do("GET", "/h/hash?url=http://127.0.0.1/"+token, ""))
	l.want(http.StatusNotFound, l.do("GET", "/nowhere/"+token, ""))
	l.want(http.StatusForbidden, l.do("POST", "/c/banks", `{"name":"GARDEN"}`))
	l.want(http.StatusBadRequest, l.do("PUT", "/c/bank/GARDEN", `{"name":"`+token+`"}`))
	home := l.send("GET", l.base+"/", nil, "Referer", l.base)
	for name, values := range home.header {
		if strings.Contains(strings.Join(values, " "), token) {
			t.Errorf("the header %s holds the token", name)
		}
	}
	if home.header.Get("Referrer-Policy") != "no-referrer" {
		t.Error("an answer lets a browser tell where it was")
	}
	other := strings.Replace(l.base, token, "tsk_bbbbbbbbbbbbbbbbbbbbbbbbbb", 1)
	l.want(http.StatusUnauthorized, l.send("GET", other+"/c/banks", nil))
	stop()
	text := log.String()
	if !strings.Contains(text, hma.Base+"/") || !strings.Contains(text, `"code":201`) {
		t.Fatal("the log has no line about these requests: nothing was proved")
	}
	for _, secret := range []string{token, strings.TrimPrefix(token, "tsk_"), "tsk_bbbb"} {
		if strings.Contains(text, secret) {
			t.Error("the log holds a token")
		}
	}
}

// TestNodeServesNothingOfItUnlessAsked: the interface is off by default.
func TestNodeServesNothingOfItUnlessAsked(t *testing.T) {
	t.Parallel()
	l, stop := serve(t, node.Options{Config: settings(t), Log: slog.New(slog.DiscardHandler)})
	if r := l.do("GET", "/c/banks", ""); r.status == http.StatusOK {
		t.Errorf("it is served: %d %s", r.status, r.body)
	}
	stop()
}

// serve runs a whole node on a listener of its own, until it is stopped.
func serve(t *testing.T, o node.Options) (l *lab, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	o.Listener = listener
	check(t, node.Create(t.Context(), o))
	n, err := node.New(t.Context(), o)
	check(t, err)
	token, _, err := n.Keys.NewServiceKey("client", everything, noon)
	check(t, err)
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	l = &lab{t: t, node: n, token: token, base: "http://" + listener.Addr().String() + hma.Base + "/" + token}
	return l, func() {
		end()
		check(t, <-done)
		check(t, n.Close())
	}
}
