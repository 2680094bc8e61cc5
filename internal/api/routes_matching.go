// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/flow"
)

func (s *service) bankRoutes() {
	register(s, operation{id: "bank-list", method: http.MethodGet, path: "/banks", at: "query.",
		scope: flow.ActionBankRead, summary: "Banks, by name"}, s.listBanks)
	register(s, operation{id: "bank-open", method: http.MethodPost, path: "/banks", at: "body.",
		scope: flow.ActionBankChange, status: http.StatusCreated, summary: "Open a bank",
		text: "Matches of a negative bank suppress those of the others. The marking is that of TLP 2.0. With " +
			"an Idempotency-Key the same request gives the first answer again."}, s.openBank)
	register(s, operation{id: "bank-read", method: http.MethodGet, path: "/banks/{bank}", at: "path.",
		scope: flow.ActionBankRead, summary: "A bank"}, s.readBank)
	register(s, operation{id: "bank-change", method: http.MethodPut, path: "/banks/{bank}", at: "body.",
		scope: flow.ActionBankChange, status: http.StatusNoContent, summary: "Replace what the owner chose",
		text: "The next query sees it. Polarity never changes."}, s.changeBank)
	register(s, operation{id: "bank-close", method: http.MethodPost, path: "/banks/{bank}/closure", at: "body.",
		scope: flow.ActionBankChange, status: http.StatusNoContent, summary: "End a bank for good",
		text: "None of its signals matches from now on. Its history stays; its name is free again."}, s.closeBank)
}

func (s *service) signalRoutes() {
	register(s, operation{id: "signal-add", method: http.MethodPost, path: "/banks/{bank}/signals", at: "body.",
		scope: flow.ActionSignalAdd, status: http.StatusCreated, summary: "Add a signal to a bank",
		text: "One that is there already gets another voucher. The next query finds it. What was retracted stays " +
			"retracted."}, s.addSignal)
	register(s, operation{id: "signal-read", method: http.MethodGet, path: "/signals/{id}", at: "path.",
		scope: flow.ActionBankRead, summary: "A signal that has a record, with its history"}, s.readSignal)
	register(s, operation{id: "signal-lookup", method: http.MethodPost, path: "/signals/lookup", at: "body.",
		scope: flow.ActionBankRead, summary: "In which banks exactly this value is",
		text: "It screens nothing. Values stand in the body, never in a path: an address is one."}, s.lookUpSignal)
	register(s, operation{id: "signal-withdraw", method: http.MethodPost, path: "/signals/withdrawal", at: "body.",
		scope: flow.ActionSignalAdd, status: http.StatusNoContent, summary: "Take back one party's own word",
		text: "The signal matches as long as another party vouches for it. What the party imported until now " +
			"speaks for it no more; a later import does."}, s.withdrawVoucher)
	change := func(id, path, summary, text string) operation {
		return operation{id: id, method: http.MethodPost, path: "/signals/" + path, at: "body.",
			scope: flow.ActionSignalChange, status: http.StatusNoContent, summary: summary, text: text}
	}
	register(s, change("signal-disable", "disabling", "Stop the matches of a signal, perhaps until a time", ""),
		s.disableSignal)
	register(s, change("signal-enable", "enabling", "Let a disabled signal match again",
		"A signal in quarantine is released by a person, in no other way."), s.enableSignal)
	register(s, change("signal-retract", "retraction", "Take a signal back for good", ""), s.retractSignal)
	register(s, change("opinion-give", "opinion", "Say what this node's party thinks of a signal",
		"A later opinion replaces the one before. A negative one makes the signal disputed: it still matches, and "+
			"the match says so."), s.giveOpinion)
	register(s, change("opinion-retract", "opinion/retraction", "Take this party's opinion back", ""),
		s.retractOpinion)
}

// binary is a body that is no JSON.
func binary(mediaTypes ...string) map[string]*huma.MediaType {
	content := map[string]*huma.MediaType{}
	for _, t := range mediaTypes {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return content
}

func (s *service) importRoutes() {
	register(s, operation{id: "signal-import", method: http.MethodPost, path: "/banks/{bank}/imports",
		scope: flow.ActionSignalAdd, summary: "Import a list of signals",
		text: "The body is the list, of at most 4 GiB and 16,777,216 signals; it is read as it arrives. A " +
			"bad line is reported and stops nothing. All rows match together, or none; they are one " +
			"import, which can be withdrawn. Send Tocsin-Progress: rows to be told once a second how many " +
			"signals were taken: by interim answers of the status 102 with the header Tocsin-Rows.",
		body: &huma.RequestBody{Required: true, Content: binary("application/octet-stream")}}, s.importList)
	register(s, operation{id: "signal-export", method: http.MethodGet, path: "/banks/{bank}/signals",
		at: "query.", scope: flow.ActionBankRead, summary: "Export the signals of a bank that match now",
		text: "Signals marked red stay here, and what a format has no place for is left out.",
		answer: &huma.Response{Description: "The list", Content: binary("text/plain", "text/csv",
			"application/x-ndjson", "application/json")}}, s.exportSignals)
	register(s, operation{id: "import-list", method: http.MethodGet, path: "/imports", at: "query.",
		scope: flow.ActionBankRead, summary: "Imports, the latest first"}, s.listImports)
	register(s, operation{id: "import-withdraw", method: http.MethodPost, path: "/imports/{id}/withdrawal",
		at: "body.", scope: flow.ActionSignalAdd, status: http.StatusNoContent, summary: "Undo an import",
		text: "None of its rows matches from now on, unless something else brought it too."}, s.withdrawImport)
}

func (s *service) screenRoutes() {
	register(s, operation{id: screenOperation, method: http.MethodPost, path: "/screen", at: "body.",
		scope: flow.ActionScreen, maxBody: maxScreenBody, slow: 30 * time.Second, instead: s.filesMiddleware(),
		summary: "Ask what content is known as",
		text: "Every call asserts that all it screens is public, or was reported; anything else is " +
			"refused. Give 1 to 500 queries as JSON, of at most 8 MiB, or files as multipart/form-data: " +
			"fields first, then at most 50 files of 32 MiB, 128 MiB in all. Files are fingerprinted in " +
			"memory and forgotten. Each query or file has its own answer, in order; one that fails is an " +
			"error in its place and fails no other. Nothing is ever restricted: a match proposes. " +
			"Negative banks always take part; the seed chooses among banks that take part in a share of " +
			"queries. An item is your own opaque reference: where the node keeps hashes for a time, " +
			"later signals are matched against it. Needs the scope bank.read too."}, s.screen)
	register(s, operation{id: "lexicon-figures", method: http.MethodGet, path: "/lexicon/figures",
		scope: flow.ActionLexiconRead, summary: "How often people agreed with readings, by tier and language",
		text: "For a report: it names no entry, no word and nobody. What was never decided is left out."}, s.lexiconFigures)
	operation := s.huma.OpenAPI().Paths["/screen"].Post
	operation.RequestBody.Content["multipart/form-data"] = &huma.MediaType{Schema: formSchema()}
}

// formSchema describes the form of files.
func formSchema() *huma.Schema {
	text := func(what string, values ...any) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: what, Enum: values}
	}
	file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	return &huma.Schema{Type: huma.TypeObject, Required: []string{"assertion", "file"},
		Properties: map[string]*huma.Schema{
			"assertion": text("of all files", string(flow.AssertedPublic), string(flow.AssertedReported)),
			"banks":     {Type: huma.TypeArray, Items: text("id or name"), Description: "repeat the field for more"},
			"seed":      text("as in the JSON form"),
			"every":     text("as in the JSON form", "true", "false"),
			"item":      text("as in the JSON form; before its file, and only for that"),
			"file":      {Type: huma.TypeArray, Items: file, Description: "after all fields; repeat for more"},
		}}
}
