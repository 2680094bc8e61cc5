// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"net/http"
	"slices"
	"strings"

	"tocsin/internal/flow"
)

type handler func(*call) error

// route is one operation. Of its path, what stands in <> matches anything.
type route struct {
	method string
	path   string
	about  string
	scopes []flow.Action
	query  string // names of parameters, separated by spaces, for the description
	do     handler
}

// What a key must be allowed, by the part it plays in HMA.
var (
	hasher  = []flow.Action{flow.ActionScreen}
	matcher = []flow.Action{flow.ActionScreen, flow.ActionBankRead}
	reader  = []flow.Action{flow.ActionBankRead}
	curator = []flow.Action{flow.ActionBankRead, flow.ActionBankChange}
	adder   = []flow.Action{flow.ActionBankRead, flow.ActionSignalAdd}
	changer = []flow.Action{flow.ActionBankRead, flow.ActionSignalChange}
)

// table holds every operation. The more precise path stands first.
func (s *Service) table() []route {
	return slices.Concat(s.coreRoutes(), s.matchRoutes(), s.bankRoutes(), s.sourceRoutes())
}

func (s *Service) coreRoutes() []route {
	return []route{
		{"GET", "/", "leads to /status", nil, "", home},
		{"GET", "/status", "whether this node can match", nil, "", status},
		{"GET", "/status/live", "whether this node answers", nil, "", live},
		{"GET", "/site-map", "every path", nil, "", siteMap},
		{"GET", "/openapi/openapi.json", "this description", nil, "", specification},
		{"GET", "/h/hash", "hashes of what stands at an address", hasher, "url content_type types", hashAddress},
		{"POST", "/h/hash", "hashes of an uploaded file", hasher, "types", hashUpload},
	}
}

func (s *Service) matchRoutes() []route {
	return []route{
		{"GET", "/m/raw_lookup", "contents whose signal matches", matcher,
			"signal signal_type banks include_distance", rawLookup},
		{"GET", "/m/lookup", "matches by bank", matcher,
			"signal signal_type url content_type types banks seed bypass_coinflip", lookup},
		{"POST", "/m/lookup", "matches of an uploaded file", matcher, "types banks seed bypass_coinflip",
			lookupUpload},
		{"GET", "/m/index/status", "what is held to match on", reader, "signal_type", indexStatus},
		{"POST", "/m/compare", "compares two hashes of each type", hasher, "", compare},
	}
}

func (s *Service) bankRoutes() []route {
	const content = "/c/bank/<bank_name>/content/<content_id>"
	return []route{
		{"GET", "/c/banks", "all banks", reader, "", listBanks},
		{"POST", "/c/banks", "opens a bank", curator, "", createBank},
		{"GET", "/c/bank/<bank_name>", "one bank", reader, "", readBank},
		{"PUT", "/c/bank/<bank_name>", "changes a bank", curator, "", changeBank},
		{"DELETE", "/c/bank/<bank_name>", "closes a bank", curator, "", deleteBank},
		{"POST", "/c/bank/<bank_name>/content", "adds content to a bank", adder,
			"url content_type types content_id content_uri metadata note", addContent},
		{"POST", "/c/bank/<bank_name>/signal", "adds signals to a bank", adder, "", addSignals},
		{"GET", content, "one content", reader, "include_signals include_metadata", readContent},
		{"PUT", content, "disables a content, or gives it a note", changer, "", changeContent},
		{"DELETE", content, "takes a content back", changer, "", deleteContent},
	}
}

func (s *Service) sourceRoutes() []route {
	return []route{
		{"GET", "/c/exchanges", "all exchanges", reader, "", listExchanges},
		{"POST", "/c/exchanges", "opens a bank that is fetched from a source", curator, "", createExchange},
		{"GET", "/c/exchanges/apis", "kinds of sources", reader, "", listAPIs},
		{"GET", "/c/exchanges/api/<api>", "whether a kind has credentials", reader, "", readAPI},
		{"POST", "/c/exchanges/api/<api>", "gives a kind its credentials", curator, "", changeAPI},
		{"GET", "/c/exchanges/api/<api>/schema", "what a kind wants to know", reader, "", schemaOfAPI},
		{"GET", "/c/exchange/<exchange>", "one exchange", reader, "", readExchange},
		{"PUT", "/c/exchange/<exchange>", "switches fetching on or off", curator, "", changeExchange},
		{"DELETE", "/c/exchange/<exchange>", "closes an exchange and its bank", curator, "", deleteExchange},
		{"GET", "/c/exchange/<exchange>/status", "what came of fetching", reader, "", exchangeStatus},
		{"GET", "/c/signal_type", "types of signals", reader, "", listSignalTypes},
		{"GET", "/c/signal_type/index", "what is held of each type", reader, "signal_type", signalTypeIndex},
		{"PUT", "/c/signal_type/<signal_type>", "switches a type on or off", curator, "", changeSignalType},
		{"GET", "/c/content_type", "types of content", reader, "", listContentTypes},
	}
}

// route finds the operation, and refuses a key that may not use it.
func (c *call) route(path string) (handler, error) {
	var others []string
	for _, r := range c.s.routes {
		vars, ok := r.matches(path)
		if !ok {
			continue
		}
		if r.method != c.method() {
			others = append(others, r.method)
			continue
		}
		for _, scope := range r.scopes {
			if !slices.Contains(c.actor.Scopes, string(scope)) {
				return nil, refusef(http.StatusForbidden, "This token lacks the scope %s.", scope)
			}
		}
		c.vars = vars
		return r.do, nil
	}
	if others != nil {
		c.w.Header()["Allow"] = others
		return nil, refusef(http.StatusMethodNotAllowed, "This path takes other methods.")
	}
	return nil, refusef(http.StatusNotFound, "There is nothing at this path.")
}

func (c *call) method() string {
	if c.r.Method == http.MethodHead {
		return http.MethodGet
	}
	return c.r.Method
}

func (r route) matches(path string) (map[string]string, bool) {
	want, got := strings.Split(r.path, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	vars := map[string]string{}
	for i, part := range want {
		switch {
		case strings.HasPrefix(part, "<"):
			vars[strings.Trim(part, "<>")] = got[i]
		case part != got[i]:
			return nil, false
		}
	}
	return vars, true
}
