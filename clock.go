// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// Clock tells the time. It is injected so that legal clocks can be tested; implementations return UTC.
type Clock interface {
	Now() time.Time
}

// ClockFunc adapts a function to [Clock].
type ClockFunc func() time.Time

// Now calls the function.
func (f ClockFunc) Now() time.Time { return f() }

// SystemClock is the machine's clock in UTC, cut to the microsecond the journal keeps.
var SystemClock Clock = ClockFunc(func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) })

// Periods fixed by law or, where marked, by policy. They are the EU default profile; the due time
// they give is written into the event, so that a later change of profile never moves an old clock.
type Periods struct {
	PriorInformation time.Duration // Art. 3(2): at least 12 h before the first order to a host
	Execution        time.Duration // Art. 3(3): one hour from receipt; a full one again after 3(7), 3(8)
	Scrutiny         time.Duration // Art. 4(3): 72 h from the copy
	GagLimit         time.Duration // Art. 11(3): six weeks from the decision
	DeliveryAlarm    time.Duration // policy: no receipt, telephone the contact point
	Ratification     time.Duration // policy: a person confirms what was executed automatically
	DutyAlarms       []time.Duration
	CaseTrusted      time.Duration // policy: a person looks at what a trusted flagger sent (DSA Art. 22(1))
	CaseReported     time.Duration // policy: at any other notice (DSA Art. 16(6): timely)
	CaseMatched      time.Duration // policy: at what only a machine found
	NoticeCompletion time.Duration // policy: a notifier adds what is missing
	NoticeAnswer     time.Duration // policy: "without undue delay" (Art. 16(6) DSA), then somebody is called
	ComplaintAlarm   time.Duration // policy: "timely" (Art. 20(4) DSA), then somebody is called
	ComplaintAnswer  time.Duration // Art. 10(2): two weeks
	MisuseWindow     time.Duration // policy: how long manifestly unfounded notices are counted (Art. 23 DSA)
	Review           time.Duration // policy: a second person looks at what was sampled
}

// EUPeriods is the default profile of Regulation (EU) 2021/784.
func EUPeriods() Periods {
	return Periods{
		PriorInformation: 12 * time.Hour,
		Execution:        time.Hour,
		CaseTrusted:      4 * time.Hour,
		CaseReported:     24 * time.Hour,
		CaseMatched:      72 * time.Hour,
		Scrutiny:         72 * time.Hour,
		GagLimit:         6 * 7 * 24 * time.Hour,
		DeliveryAlarm:    10 * time.Minute,
		Ratification:     24 * time.Hour,
		DutyAlarms:       []time.Duration{10 * time.Minute, 30 * time.Minute, 45 * time.Minute},
		NoticeCompletion: 4 * 7 * 24 * time.Hour,
		NoticeAnswer:     7 * 24 * time.Hour,
		ComplaintAlarm:   7 * 24 * time.Hour,
		ComplaintAnswer:  2 * 7 * 24 * time.Hour,
		MisuseWindow:     26 * 7 * 24 * time.Hour,
		Review:           2 * 7 * 24 * time.Hour,
	}
}
