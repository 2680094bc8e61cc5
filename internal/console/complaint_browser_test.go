// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"tocsin"
	"tocsin/internal/console/page"
	"tocsin/internal/flow"
	"tocsin/internal/locale"
)

// tongue is a language of the console, as the test reads it off a page.
type tongue struct{ *locale.Localizer }

// line is a message on one line.
func (l tongue) line(id string) string { return strings.Join(strings.Fields(l.T(id)), " ") }

// counted is one of a count, on one line.
func (l tongue) counted(id string) string { return strings.Join(strings.Fields(l.N(id, 1)), " ") }

// contest is one complaint, and how its two pages are seen while it lasts.
type contest struct {
	language, post string
	answer         flow.ChoiceName
	look
	says, answers string // what the author and the handler write, in their language
}

var contests = []contest{
	{"en", "1", flow.ChoiceUphold, look{name: "light-320", width: 320, scale: 1},
		"The kettle stands beside the bridge.", "The picture shows it beside the bridge."},
	{"fr", "2", flow.ChoiceUphold, look{name: "zoom-200", width: 640, scale: 2, dark: true},
		"La bouilloire est à côté du pont.", "L’image la montre à côté du pont."},
	{"ar", "3", flow.ChoiceUphold, look{name: "light-320", width: 320, scale: 1},
		"الإبريق بجانب الجسر.", "تبيّن الصورة أنه بجانب الجسر."},
	{"ar", "4", flow.ChoiceReject, look{name: "dark-1280", width: 1280, scale: 1, dark: true},
		"الإبريق بجانب الجسر.", "الإبريق على الجسر كما يبيّن ظله."},
}

// TestWholeComplaintByKeyboard goes from the statement of reasons to an answer that is read, without a pointer: the
// content provider complains, a person who had no hand in it takes it up, reads what her answer will do, and gives it.
func TestWholeComplaintByKeyboard(t *testing.T) {
	t.Parallel()
	b := newBrowser(t)
	catalogues, err := locale.New()
	check(t, err)
	w := newDesk(t, nil)
	decider := w.enrolled(host, "Night Shift", tocsin.DutyModerator)
	author, handler := b.sit(w.nodes[host].url), b.as(w.enrolled(host, "Second Look", tocsin.DutyComplaintHandler))
	for _, c := range contests {
		l := tongue{catalogues.Localizer(c.language, "")}
		statement := w.statementPage(w.restricted(decider, c.post))
		for _, p := range []*tab{author, handler} {
			p.speaks(c.language)
			p.sees(c.look)
		}
		author.complains(l, c, statement)
		handler.answers(l, c, w.newComplaint())
		state, shown := tocsin.ComplaintUpheld, http.StatusOK
		if c.answer == flow.ChoiceReject {
			state, shown = tocsin.ComplaintRejected, http.StatusGone
		}
		w.shows(shown, c.post)
		author.open(statement)
		author.reads(l.line("public.complaint." + string(state)))
		author.reads(c.answers)
		author.passes(c, "complaint-"+string(state))
	}
}

// newComplaint is the one that nobody took.
func (w *world) newComplaint() tocsin.RecordID {
	w.t.Helper()
	list, _, err := w.nodes[host].flow.Complaints(w.t.Context(), watcherOfComplaints,
		flow.ComplaintFilter{States: []string{string(tocsin.ComplaintReceived)}})
	check(w.t, err)
	if len(list) != 1 {
		w.t.Fatalf("%d complaints wait", len(list))
	}
	return list[0].ID
}

// complains reads why something was restricted, and says why that is wrong.
func (p *tab) complains(l tongue, c contest, statement string) {
	p.t.Helper()
	p.open(statement)
	p.reads(l.line("public.statement.title"))
	p.reads("Kettles do not stand on bridges here.")
	p.stands(c, "complaint-statement")
	p.typeInto("complaint.reasons", c.says)
	p.reach(l.T("public.complaint.send"))
	p.press(kb.Enter)
	p.reads(l.line("public.complaint.received"))
}

// answers takes a complaint from the list, and answers it after a look at what that will do.
func (p *tab) answers(l tongue, c contest, id tocsin.RecordID) {
	p.t.Helper()
	p.open("/complaints")
	p.stands(c, "complaint-list")
	p.reach(page.ShortName(id))
	p.press(kb.Enter)
	p.reads(c.says)
	p.reach(l.T("console.choice.take"))
	p.press(kb.Enter)
	p.reads(l.line("console.notice.deed.take"))
	p.stands(c, "complaint-taken")
	p.reach(l.T("console.choice." + string(c.answer)))
	p.press(kb.Enter)
	p.mustSayWhatFollows(l, c)
	p.stands(c, "complaint-"+string(c.answer))
	p.typeInto("answer.reasons", c.answers)
	p.reach("do|review")
	p.press(kb.Enter)
	p.reads(c.answers)
	p.mustSayWhatFollows(l, c)
	p.reads(l.line("console.deed.told"))
	p.passes(c, "complaint-"+string(c.answer)+"-review")
	p.reach("do|confirm")
	p.press(kb.Enter)
	p.reads(l.line("console.notice.deed." + string(c.answer)))
}

// mustSayWhatFollows wants the effect of the answer in words, before it is given.
func (p *tab) mustSayWhatFollows(l tongue, c contest) {
	p.t.Helper()
	p.reads(l.line("console.choice." + string(c.answer)))
	if c.answer == flow.ChoiceReject {
		p.reads(l.line("console.reject.stands"))
		return
	}
	p.reads(l.counted("console.reversal.ends"))
	p.reads(l.counted("console.reversal.visible"))
	p.reads(l.line("console.reversal.window"))
}

// stands looks at the page on the way.
func (p *tab) stands(c contest, name string) {
	p.t.Helper()
	where := name + "-" + c.language + "-" + c.name
	p.picture(where)
	p.mustFit(where, c.width)
	p.mustSpeak(where, c.language)
}

// passes has axe-core judge it too, where no other test gets to.
func (p *tab) passes(c contest, name string) {
	p.t.Helper()
	p.stands(c, name)
	p.mustPass(axeText(p.t), name+"-"+c.language+"-"+c.name)
}
