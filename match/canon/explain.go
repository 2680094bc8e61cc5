// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package canon

import "strings"

// sentences say in words what a rule, or a family of rules, does.
var sentences = map[string]string{
	"refang:enclosed":           "spaces and the marks around the address dropped",
	"refang:invisible":          "characters that show nothing dropped",
	"refang:width":              "dots and slashes of another width written as the usual ones",
	"refang:separator":          "the mark between scheme and host restored",
	"refang:scheme":             "the spoiled scheme restored",
	"refang:bracket-dot":        "bracketed dots restored",
	"refang:bracket-slash":      "bracketed slashes restored",
	"refang:backslash-dot":      "backslashes before dots dropped: a guess",
	"refang:spaced-dot":         "spaces around dots dropped: a guess",
	"refang:word-dot":           "the word \"dot\" read as a dot: a guess",
	"assume:https":              "the usual scheme put before an address that had none",
	ruleParse:                   "written as a browser writes it",
	"identity:user":             "user name and password dropped",
	"identity:host":             "the host that serves the same pages put in its place",
	"identity:content-id":       "the identifier of the content written in version 1",
	"identity:root-path":        "the path of the root written out",
	"identity:fragment":         "the fragment dropped, which the server never sees",
	"identity:percent":          "percent-encoding written in one way",
	"identity:tracking":         "parameters dropped that say how a reader came",
	"identity:empty-parameters": "empty parameters dropped",
	"identity:query-order":      "parameters put in the order of their names",
	ruleScheme:                  "the scheme dropped: the same place answers both",
	"resource":                  "the number that the service gives the content",
	"unwrap":                    "the address that this one leads to",
	"folder":                    "a folder above the address",
	"parent":                    "a name above the host",
	ruleHost:                    "the host alone",
	ruleDomain:                  "the name that one party registered",
	"expression":                "an expression as Safe Browsing lists hold it",
}

// Sentence says in words what the step did. It never quotes the address.
func (s Step) Sentence() string {
	if sentence, known := sentences[s.Rule]; known {
		return sentence
	}
	family, name, _ := strings.Cut(s.Rule, ":")
	sentence, known := sentences[family]
	if !known {
		return "a rule that this version does not know"
	}
	if family == "resource" || family == "unwrap" {
		return sentence + " (rule " + name + ")"
	}
	return sentence
}
