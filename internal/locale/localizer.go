// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package locale

import (
	"fmt"
	"strconv"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Localizer speaks one language.
type Localizer struct {
	tag      language.Tag
	messages *i18n.Localizer
}

// Lang is the BCP 47 tag for the lang attribute.
func (l *Localizer) Lang() string { return l.tag.String() }

// Dir is the writing direction for the dir attribute: "ltr" or "rtl".
func (l *Localizer) Dir() string { return direction(l.tag) }

// direction goes by script, so that a language written in two scripts gets the right one.
func direction(tag language.Tag) string {
	script, _ := tag.Script()
	switch script.String() {
	case "Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg":
		return "rtl"
	}
	return "ltr"
}

// T returns the message with that id. Data are pairs of placeholder and value: T("order.from", "Authority",
// name). An id that no catalogue knows shows itself in brackets; a test keeps that from happening.
func (l *Localizer) T(id string, data ...any) string {
	return l.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: l.pairs(data)})
}

// N returns the plural form for count, which the message may show as {{.Count}}.
func (l *Localizer) N(id string, count int, data ...any) string {
	values := l.pairs(data)
	values["Count"] = l.Number(int64(count))
	return l.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: values, PluralCount: count})
}

func (l *Localizer) localize(message *i18n.LocalizeConfig) string {
	text, err := l.messages.Localize(message)
	if err != nil {
		return "[" + message.MessageID + "]"
	}
	return text
}

// pairs reads placeholders and values. Counts are written in the language; text is kept from turning the
// sentence around it.
func (l *Localizer) pairs(data []any) map[string]any {
	values := map[string]any{}
	for i := 0; i+1 < len(data); i += 2 {
		value := data[i+1]
		if text, ok := value.(string); ok {
			value = isolated(text, l.Dir())
		}
		values[fmt.Sprint(data[i])] = value
	}
	return values
}

// Date is the calendar day of t in t's own zone.
func (l *Localizer) Date(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = l.T("date.day.first")
	}
	month := l.T("date.month." + strconv.Itoa(int(t.Month())))
	return l.T("date.line", "Day", day, "Month", month, "Year", t.Year())
}

// Moment is date, time and zone of t. The zone is always written: a legal clock read in two States needs
// it. As an offset, because abbreviations mean different zones to different people.
func (l *Localizer) Moment(t time.Time) string {
	return l.T("date.moment", "Date", l.Date(t), "Clock", t.Format("15:04"), "Zone", offset(t))
}

func offset(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	hours, minutes := seconds/3600, seconds%3600/60
	if minutes == 0 {
		return fmt.Sprintf("UTC%s%d", sign, hours)
	}
	return fmt.Sprintf("UTC%s%d:%02d", sign, hours, minutes)
}

// Remaining says how much time is left, or by how much it is over when negative. It rounds towards zero:
// nobody is ever shown more time than there is.
func (l *Localizer) Remaining(left time.Duration) string {
	switch {
	case left <= -time.Minute:
		return l.T("time.over", "Time", l.span(-left))
	case left < 0:
		return l.T("time.over.moment")
	case left < time.Minute:
		return l.T("time.left.moment")
	}
	return l.T("time.left", "Time", l.span(left))
}

// span writes a duration in its two largest units.
func (l *Localizer) span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return l.pair(l.N("time.days", int(d/day)), "time.hours", int(d%day/time.Hour))
	case d >= time.Hour:
		return l.pair(l.N("time.hours", int(d/time.Hour)), "time.minutes", int(d%time.Hour/time.Minute))
	}
	return l.N("time.minutes", int(d/time.Minute))
}

// pair leaves the smaller unit out where it is zero.
func (l *Localizer) pair(large, unit string, count int) string {
	if count == 0 {
		return large
	}
	return l.T("time.pair", "Large", large, "Small", l.N(unit, count))
}
