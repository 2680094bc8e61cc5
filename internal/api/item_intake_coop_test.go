// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"tocsin"
	"tocsin/internal/flow"
)

func coopReport(change string) []byte {
	return []byte(`{"reporter":{"kind":"user","typeId":"member","id":"member-9"},"reportedAt":"2026-03-02T12:00:00Z",` +
		`"reportedItem":{"id":"post-12","typeId":"post","data":{"text":"A kettle."}},"extra":1` + change + `}`)
}

func TestCoopReportIsTakenOnceAndNeverPassesOverWhatItCannotHandle(t *testing.T) {
	t.Parallel()
	l := newLab(t, hosting)
	send := func(body []byte, token string) reply { return l.sendRaw("POST", "/report", body, "X-API-KEY", token) }
	var first, again struct{ ReportID tocsin.RecordID }
	check(t, json.Unmarshal(l.want(http.StatusCreated, send(coopReport(""), l.token)).body, &first))
	check(t, json.Unmarshal(l.want(http.StatusCreated, send(coopReport(""), l.token)).body, &again))
	if first.ReportID != again.ReportID || !first.ReportID.Is(tocsin.KindNotice) {
		t.Errorf("%v, then %v", first, again)
	}
	for name, c := range map[string]struct {
		body  []byte
		token string
		want  int
	}{
		"child abuse material": {coopReport(`,"reportedForReason":{"csam":true}`), l.token, http.StatusBadRequest},
		"no JSON":              {[]byte(canary), l.token, http.StatusBadRequest},
		"nobody's token":       {coopReport(""), "tsk_x", http.StatusUnauthorized},
		"a rule as reporter": {[]byte(strings.Replace(string(coopReport("")), `"user"`, `"rule"`, 1)), l.token,
			http.StatusBadRequest},
	} {
		if r := send(c.body, c.token); r.status != c.want || !strings.Contains(string(r.body), `"errors":[`) ||
			strings.Contains(string(r.body), canary) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

func TestCoopItemsNeedTheOperatorsWord(t *testing.T) {
	t.Parallel()
	l := newMatchingLab(t)
	body := []byte(`{"items":[{"id":"post-12","type":{"id":"post"},"data":{"text":"A kettle.","images":["https://board.example/a.png"]}}]}`)
	r := l.sendRaw("POST", "/items/async/", body, "X-API-KEY", l.token)
	if r.status != http.StatusForbidden || !strings.Contains(string(r.body), string(flow.AssertedPublic)) {
		t.Errorf("without it: %d %s", r.status, r.body)
	}
}
