// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/match"
)

// What follows takes reports and items in the shape that Coop takes them, so that a platform which sends to Coop can
// point here. It is lenient where Coop is: members that mean nothing here are passed over. It takes the token of a
// service key in X-API-KEY, and answers errors in Coop's form.

const (
	coopReport = Base + "/report"
	coopItems  = Base + "/items/async/"

	mostCoopItems = 100
)

// coop answers what Coop's clients ask; false when the request is none of theirs.
func (s *service) coop(w http.ResponseWriter, r *http.Request) bool {
	answer := map[string]func(context.Context, []byte) (int, any, error){
		coopReport: s.takeCoopReport, coopItems: s.takeCoopItems}[r.URL.Path]
	if answer == nil || r.Method != http.MethodPost {
		return false
	}
	status, body, err := s.coopAnswer(r, answer)
	if err != nil {
		s.report(r.Context(), "coop", err)
		status, body = coopError(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(w).Encode(body) // the reader may be gone
	}
	return true
}

func (s *service) coopAnswer(r *http.Request,
	answer func(context.Context, []byte) (int, any, error)) (int, any, error) {
	key, err := s.Keys.CheckServiceKey(r.Header.Get("X-Api-Key"), s.Flow.Clock.Now())
	if err != nil {
		return 0, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return 0, nil, &tocsin.Error{Code: tocsin.CodeInvalid, Reason: tocsin.RefusedMalformed, Err: err}
	}
	if len(body) > maxBody {
		return 0, nil, tocsin.Errorf(tocsin.CodeTooLarge, tocsin.RefusedTooLarge, "The body is too large.")
	}
	if err := checkTexts(body); err != nil {
		return 0, nil, malformedCoop()
	}
	actor := flow.Actor{ID: key.ID, Scopes: key.Scopes, Banks: key.Banks}
	return answer(context.WithValue(r.Context(), actorKey{}, actor), body)
}

func malformedCoop() error {
	return tocsin.Errorf(tocsin.CodeInvalid, tocsin.RefusedMalformed, "This is not what this path takes.")
}

// coopError gives an error in Coop's form. Invalid input is 400 there.
func coopError(err error) (int, any) {
	p := newProblem(err, "")
	if p.Status == http.StatusUnprocessableEntity {
		p.Status = http.StatusBadRequest
	}
	kind := "/errors/" + strings.ReplaceAll(string(p.Code), "_", "-")
	if p.Code == tocsin.CodeInvalid {
		kind = "/errors/invalid-user-input"
	}
	return p.Status, map[string]any{"errors": []any{map[string]any{"status": p.Status, "type": []string{kind},
		"title": p.Detail}}}
}

// coopItem is an item in Coop's two forms; its type says nothing here.
type coopItem struct {
	ID   string          `json:"id"`
	Data json.RawMessage `json:"data"`
}

// takeCoopReport passes on what somebody reported. The same report again is the same notice.
func (s *service) takeCoopReport(ctx context.Context, body []byte) (int, any, error) {
	var in struct {
		Reporter struct {
			Kind string `json:"kind"`
			ID   string `json:"id"`
		} `json:"reporter"`
		ReportedItem coopItem `json:"reportedItem"`
		Reason       struct {
			Policy string `json:"policyId"`
			Reason string `json:"reason"`
			CSAM   bool   `json:"csam"`
		} `json:"reportedForReason"`
	}
	if err := json.Unmarshal(body, &in); err != nil || in.Reporter.Kind != "user" {
		return 0, nil, malformedCoop()
	}
	if in.Reason.CSAM { // never passed over in silence: somebody else must be told
		return 0, nil, tocsin.Errorf(tocsin.CodeInvalid, tocsin.ReasonUnknownValue,
			"This node does not handle child abuse material. Report it to the body that your law names.")
	}
	r, err := s.Flow.SubmitNotice(ctx, actorOf(ctx), "", flow.NoticeDraft{Report: true,
		External: "coop:" + string(tocsin.DigestOf(body)), Item: in.ReportedItem.ID, Sender: in.Reporter.ID,
		Form: tocsin.NoticeForm{Reasons: cmp.Or(in.Reason.Reason, in.Reason.Policy), Anonymous: true}})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, map[string]any{"reportId": r.ID}, nil
}

// takeCoopItems screens items. Coop's form has no place for the caller's word that they are public: the operator must
// have given it for this key (docs/compat-hma.md).
func (s *service) takeCoopItems(ctx context.Context, body []byte) (int, any, error) {
	var in struct {
		Items []coopItem `json:"items"`
	}
	if err := json.Unmarshal(body, &in); err != nil || len(in.Items) == 0 || len(in.Items) > mostCoopItems {
		return 0, nil, malformedCoop()
	}
	actor := actorOf(ctx)
	for _, scope := range []flow.Action{flow.ActionScreen, flow.ActionBankRead} {
		if err := hasScope(actor, scope); err != nil {
			return 0, nil, err
		}
	}
	screening := flow.Screening{Assertion: s.Flow.Face().Asserted[actor.ID]}
	for _, item := range in.Items {
		if !flow.ItemForm(item.ID) {
			return 0, nil, tocsin.Invalid(tocsin.ReasonFormat, "id",
				"An id is opaque: letters, digits and . _ : - only, at most 80.")
		}
		queries, err := item.queries()
		if err != nil {
			return 0, nil, err
		}
		if len(queries) > 0 {
			screening.Pieces = append(screening.Pieces, flow.Piece{Item: item.ID, Queries: queries})
		}
	}
	_, err := s.Flow.Screen(ctx, actor, screening)
	return http.StatusAccepted, nil, err
}

// queries are what the strings of an item are looked up as: each address for itself, everything else as one text.
func (i coopItem) queries() ([]match.Query, error) {
	var data any
	if len(i.Data) > 0 && json.Unmarshal(i.Data, &data) != nil {
		return nil, malformedCoop()
	}
	var queries []match.Query
	var texts []string
	eachText(data, func(text string) {
		switch {
		case !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://"):
			texts = append(texts, text)
		case len(queries) < flow.MostItemQueries:
			queries = append(queries, each(addressTypes, text)...)
		}
	})
	if joined := strings.Join(texts, "\n"); strings.TrimSpace(joined) != "" {
		queries = append(queries, each(textTypes, joined)...)
	}
	return queries, nil
}

// eachText visits the strings of a JSON value, in an order of its own that is always the same.
func eachText(value any, visit func(string)) {
	switch v := value.(type) {
	case string:
		visit(v)
	case []any:
		for _, one := range v {
			eachText(one, visit)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			eachText(v[name], visit)
		}
	}
}
