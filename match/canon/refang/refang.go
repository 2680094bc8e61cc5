// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package refang undoes what people do to an address so that nobody clicks on it: "hxxp", "[.]", "(dot)". It
// works on text that names one address. It must never touch an address that a browser already reads as one on
// the web, and each change is a step that names its rule. Start reading at Undo.
package refang

import (
	"strings"

	"tocsin/match/canon/href"
	"tocsin/match/canon/suffix"
)

// Step is one change: applying the rule to Before gives After.
type Step struct {
	Rule, Before, After string
}

// Result is the text after all changes. Ambiguous says that a change rests on a guess: words or spaces stood
// for a dot, or the text had no scheme and no "www.".
type Result struct {
	Text      string
	Steps     []Step
	Ambiguous bool
}

// rules are applied in this order, each once. guess marks those whose change makes the result ambiguous.
var rules = []struct {
	id    string
	apply func(string) string
	guess bool
}{
	{"refang:enclosed", enclosed, false},
	{"refang:invisible", invisible, false},
	{"refang:width", width, false},
	{"refang:separator", separator, false},
	{"refang:scheme", scheme, false},
	{"refang:bracket-dot", bracketDot, false},
	{"refang:bracket-slash", bracketSlash, false},
	{"refang:backslash-dot", backslashDot, true},
	{"refang:spaced-dot", spacedDot, true},
	{"refang:word-dot", wordDot, true},
}

// AssumeScheme is the rule that gives an address without a scheme the usual one.
const AssumeScheme = "assume:https"

// Undo refangs the text, unless it is an address already.
func Undo(text string) Result {
	if len(text) > href.MaxLength || Plain(text) {
		return Result{Text: text}
	}
	r := Result{Text: text}
	for _, rule := range rules {
		r.apply(rule.id, rule.apply(r.Text), rule.guess)
	}
	if hostAt(r.Text) == 0 && bareHost(r.Text) {
		r.apply(AssumeScheme, assumeScheme(r.Text), !strings.HasPrefix(r.Text, "www."))
	}
	return r
}

func (r *Result) apply(rule, after string, guess bool) {
	if after == r.Text {
		return
	}
	r.Steps = append(r.Steps, Step{Rule: rule, Before: r.Text, After: after})
	r.Text = after
	r.Ambiguous = r.Ambiguous || guess
}

// Apply runs one rule, so that a step can be replayed.
func Apply(rule, before string) (after string, known bool) {
	if rule == AssumeScheme {
		return assumeScheme(before), true
	}
	for _, r := range rules {
		if r.id == rule {
			return r.apply(before), true
		}
	}
	return "", false
}

func assumeScheme(text string) string { return "https://" + text }

// web are the schemes under which content is published.
var web = map[string]bool{
	"http": true, "https": true, "ftp": true, "ws": true, "wss": true,
	"ipfs": true, "ipns": true, "gemini": true, "gopher": true,
}

// Web says whether content is published under a scheme.
func Web(scheme string) bool { return web[scheme] }

// Plain says whether the text is an address on the web as it stands: a browser reads it, its scheme is one of
// the web, and its host is a name of letters, digits, "-" and "_", or a number. The URL standard alone also
// takes "http://example(.)org/" and "hxxp://example.org/".
func Plain(text string) bool {
	u, err := href.Parse(text)
	return err == nil && Web(u.Scheme) && u.HasAuthority && PlainHost(u.Host) && backslashDot(text) == text
}

// PlainHost says whether a host is a name that can be registered, or a number.
func PlainHost(host string) bool {
	if strings.HasPrefix(host, "[") {
		return true
	}
	for i := range len(host) {
		if c := host[i]; !letterOrDigit(c) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return host != "" && host[0] != '.' && !strings.Contains(host, "..")
}

func letterOrDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// bareHost says whether the text begins with a host below a listed suffix: without a scheme, nothing else
// tells an address from any other word.
func bareHost(text string) bool {
	if strings.HasPrefix(text, "//") || strings.ContainsAny(text, " \t\r\n") {
		return false
	}
	u, err := href.Parse("https://" + text)
	if err != nil || u.User != "" || !PlainHost(u.Host) {
		return false
	}
	if suffix.Numeric(u.Host) { // "3.14" and "2026" are no addresses
		head, _, _ := strings.Cut(text, "/")
		return strings.Count(head, ".") == 3
	}
	host := strings.TrimSuffix(u.Host, ".")
	name, listed := suffix.Builtin().Suffix(host)
	return listed && name != host
}
