// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// own is a decision of the board's own, whose every text starts with its name.
func own(name string) object {
	return object{
		"id": "rst_" + name, "from": epoch.Format(time.RFC3339), "until": nil, "territory": []string{"EU"},
		"disclosure": "own", "basis": name + " basis", "provision": name + " provision", "facts": name + " facts",
		"reasons": name + " reasons", "remedies": name + " remedies", "language": "fr", "detection": "match",
		"automated": false, "complaint": "https://node.test/complain/" + name,
	}
}

func TestOwnDecisionIsToThePublicWhatAnyRemovalIs(t *testing.T) {
	t.Parallel()
	f := start(t)
	decided, _ := f.create(drawn("a kettle on a bridge"), nil)
	removed, _ := f.create(drawn("a post against the terms"), nil)
	if got := f.apply(decided, own("kettle")); got != "restricted" {
		t.Fatalf("action %q", got)
	}
	f.remove(removed, "remove")
	for _, path := range []string{"/post/%", "/media/%.png"} {
		at := func(id int) reply { return f.get(strings.Replace(path, "%", strconv.Itoa(id), 1)) }
		sameAnswer(t, path, at(decided), at(removed))
		if r := at(decided); r.status != http.StatusGone || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s answers %d, %q", path, r.status, r.header.Get("Cache-Control"))
		}
	}
	lacks(t, f.get("/").body, "a kettle on a bridge")
}

func TestAuthorIsToldWhyTheBoardDecidedAndWhereToComplain(t *testing.T) {
	t.Parallel()
	f := start(t)
	id, link := f.create(drawn("a kettle on a bridge"), nil)
	f.apply(id, own("kettle"))
	r := f.get(link)
	if r.status != http.StatusGone || r.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the author gets %d, %q", r.status, r.header.Get("Cache-Control"))
	}
	contains(t, r.body, "kettle basis", "kettle provision", "kettle facts", "kettle reasons", "kettle remedies",
		`href="https://node.test/complain/kettle"`, `lang="fr"`, "compared automatically", "A person.")
	for _, query := range []string{"?author=", "?author=x"} {
		lacks(t, f.get("/post/"+strconv.Itoa(id)+query).body, "kettle reasons", "complain/kettle")
	}
	// The picture has no author's view.
	lacks(t, f.get("/media/"+strconv.Itoa(id)+".png"+link[strings.Index(link, "?"):]).body, "kettle reasons")

	told := own("kettle")
	told["automated"], told["detection"] = true, "notice"
	f.apply(id, told)
	contains(t, f.get(link).body, "A machine", "Somebody told the board")
	if got := f.apply(id); got != "reinstated" {
		t.Errorf("action %q", got)
	}
	if r := f.get(link); r.status != http.StatusOK {
		t.Errorf("reinstated post answers %d", r.status)
	}
}

// A gag beside a decision leaves no trace, and a decision beside an order is told to the author alone.
func TestOwnDecisionBesideOthers(t *testing.T) {
	t.Parallel()
	f := start(t)
	id, link := f.create(drawn("a kettle on a bridge"), nil)
	path := "/post/" + strconv.Itoa(id)
	f.apply(id, own("kettle"))
	alone, aloneToAll := f.get(link), f.get(path)
	f.apply(id, own("kettle"), gag("hush"))
	sameAnswer(t, "author", alone, f.get(link))
	sameAnswer(t, "public", aloneToAll, f.get(path))
	f.apply(id, own("kettle"), full("garden"))
	contains(t, f.get(link).body, "garden reasons", "kettle reasons", "complain/kettle")
	r := f.get(path)
	if r.status != http.StatusUnavailableForLegalReasons {
		t.Errorf("answers %d", r.status)
	}
	lacks(t, r.body, "kettle")
}

func TestStatementThatLacksAnythingIsRefused(t *testing.T) {
	t.Parallel()
	f := start(t)
	before := f.state()
	for name, change := range map[string]func(object){
		"no basis":           func(r object) { r["basis"] = "" },
		"no provision":       func(r object) { delete(r, "provision") },
		"no facts":           func(r object) { delete(r, "facts") },
		"no reasons":         func(r object) { r["reasons"] = "" },
		"no remedies":        func(r object) { r["remedies"] = "" },
		"no language":        func(r object) { delete(r, "language") },
		"no tag":             func(r object) { r["language"] = "en\" onclick" },
		"no detection":       func(r object) { delete(r, "detection") },
		"unknown detection":  func(r object) { r["detection"] = "smell" },
		"no complaint":       func(r object) { delete(r, "complaint") },
		"script complaint":   func(r object) { r["complaint"] = "javascript:alert(1)" },
		"relative complaint": func(r object) { r["complaint"] = "/complain/kettle" },
		"authority":          func(r object) { r["authority"] = "some authority" },
		"order reference":    func(r object) { r["order_reference"] = "K-1" },
		"notifier":           func(r object) { r["notifier"] = "somebody" },
		"gag that explains":  func(r object) { r["disclosure"] = "neutral" },
		"order that explains like a decision": func(r object) {
			r["disclosure"], r["authority"] = "full", "some authority"
		},
	} {
		r := own("kettle")
		change(r)
		if got := f.send(f.event(1, r)); got.status != http.StatusUnprocessableEntity &&
			got.status != http.StatusBadRequest {
			t.Errorf("%s: answers %d", name, got.status)
		}
	}
	silent := gag("hush")
	silent["automated"] = true
	wantProblem(t, f.send(f.event(1, silent)), http.StatusUnprocessableEntity, "invalid-member")
	if f.state() != before {
		t.Error("a refused event changed something")
	}
}

func TestReferenceResolvesAndNamesTheLanguageThatTheAuthorChose(t *testing.T) {
	t.Parallel()
	f := start(t)
	form := drawn("a kettle on the stove")
	form.Set("language", "ar")
	id, _ := f.create(form, nil)
	ask := func(question object) string {
		t.Helper()
		r := f.do(f.signed(http.MethodPost, "/tocsin/resolve", "msg_1", encode(t, question)))
		if r.status != http.StatusOK {
			t.Fatalf("answers %d", r.status)
		}
		return strings.TrimSpace(r.body)
	}
	at := f.base + "/post/" + strconv.Itoa(id)
	want := `{"kind":"item","ref":"` + strconv.Itoa(id) + `","address":"` + at + `","language":"ar","media":[`
	for _, question := range []object{{"ref": strconv.Itoa(id)}, {"address": at}} {
		if got := ask(question); !strings.HasPrefix(got, want) {
			t.Errorf("%v: %s", question, got)
		}
	}
	// Nobody chose one for the first post, and what the board does not know is nothing.
	if got := ask(object{"ref": "1"}); !strings.HasPrefix(got, `{"kind":"item","ref":"1","address":"`+f.base+`/post/1","media":[`) {
		t.Error(got)
	}
	for _, ref := range []string{"99", "01", "kettle"} {
		if got := ask(object{"ref": ref}); got != `{"kind":"none"}` {
			t.Errorf("%s: %s", ref, got)
		}
	}
	both := encode(t, object{"ref": "1", "address": f.base + "/post/1"})
	wantProblem(t, f.do(f.signed(http.MethodPost, "/tocsin/resolve", "msg_1", both)),
		http.StatusUnprocessableEntity, "invalid-member")

	form.Set("language", "xx")
	if r := f.submit(form, nil); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a language that is not offered: %d", r.status)
	}
}
