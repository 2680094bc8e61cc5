// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin"
)

// Channel is a way to reach a person outside the console.
type Channel string

// The channels.
const (
	ChannelMail       Channel = "mail"
	ChannelWebhook    Channel = "webhook" // signed, to the one receiver the settings name
	ChannelNtfy       Channel = "ntfy"
	ChannelMatrix     Channel = "matrix"
	ChannelSlack      Channel = "slack"
	ChannelMattermost Channel = "mattermost"
)

// Channels lists every channel there is, configured at a node or not.
func Channels() []Channel {
	return []Channel{ChannelMail, ChannelWebhook, ChannelNtfy, ChannelMatrix, ChannelSlack, ChannelMattermost}
}

// TopicTest is that of a message by which a channel is tried; no alert has it.
const TopicTest tocsin.Topic = "test"

// Message is all that leaves a node about an alert. It has no place for content, for an address of content, or
// for a word that anybody wrote.
type Message struct {
	Key      string // the same on each attempt
	Channel  Channel
	Address  string // of the person on this channel; empty where the channel needs none
	Language string // in which the person reads
	Zone     string // in which the person reads times; empty: UTC

	Person   tocsin.RecordID
	Alert    tocsin.RecordID
	About    tocsin.RecordID
	Topic    tocsin.Topic
	At       time.Time  // of the call
	Deadline *time.Time // of what it is about
	Urgent   bool
	Handled  bool   // nothing to do any more
	Earlier  string // what the channel called the message that this one brings up to date
}

// Messenger carries messages. Errors: CodeBusy with RetryAfter, or anything else that is worth another attempt;
// CodeInvalid, CodeForbidden and CodeUnsupported are final.
type Messenger interface {
	Channels() []Channel // those configured
	// Send gives what the channel calls the message, "" where it calls it nothing.
	Send(ctx context.Context, m Message) (name string, err error)
	// WriteTo mails somebody who gave a notice; only where ChannelMail is one of the channels.
	WriteTo(ctx context.Context, m NoticeMail) error
}

// Reach is how a person wants to be reached. It is sealed with her.
type Reach struct {
	Addresses map[Channel]string         `json:",omitempty"`
	Over      map[tocsin.Topic][]Channel `json:",omitempty"` // a topic that is missing: over all she has
	Quiet     Quiet
	// Undisturbed keeps her quiet hours even when nobody on call answered and everybody is called.
	Undisturbed bool `json:",omitempty"`
}

// Quiet are hours of each day in which messages wait. Empty: none.
type Quiet struct {
	From string `json:",omitempty"` // "HH:MM"
	To   string `json:",omitempty"`
	Zone string `json:",omitempty"`
}

// addresses are the forms of an address on each channel that needs one.
var addresses = map[Channel]*regexp.Regexp{
	ChannelMail:       regexp.MustCompile(`^[^\s<>"]{1,200}@[^\s<>"]{1,200}$`),
	ChannelNtfy:       regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`),
	ChannelMatrix:     regexp.MustCompile(`^![^\s/?#]{1,250}$`),
	ChannelSlack:      regexp.MustCompile(`^[A-Za-z0-9]{1,40}/[A-Za-z0-9]{1,40}/[A-Za-z0-9]{1,80}$`),
	ChannelMattermost: regexp.MustCompile(`^[a-z0-9]{1,64}$`),
}

// NeedsAddress reports whether a person must say where she is on a channel.
func (c Channel) NeedsAddress() bool { return addresses[c] != nil }

// CheckAddress refuses what is no address on a channel.
func CheckAddress(c Channel, address string) error {
	form := addresses[c]
	wrong := form == nil || !form.MatchString(address)
	if c == ChannelMail && !wrong {
		_, err := mail.ParseAddress(address)
		wrong = err != nil
	}
	if wrong {
		return tocsin.Invalid(tocsin.ReasonFormat, "addresses."+string(c), "This is not an address on this channel.")
	}
	return nil
}

func (r Reach) validate() error {
	for channel, address := range r.Addresses {
		if err := CheckAddress(channel, address); err != nil {
			return err
		}
	}
	for topic, channels := range r.Over {
		if !slices.Contains(tocsin.Topics(), topic) {
			return tocsin.Invalid(tocsin.ReasonUnknownValue, "over", "There is no such topic.")
		}
		for _, c := range channels {
			if !slices.Contains(Channels(), c) {
				return tocsin.Invalid(tocsin.ReasonUnknownValue, "over."+string(topic), "There is no such channel.")
			}
		}
	}
	return r.Quiet.validate()
}

func (q Quiet) validate() error {
	if q == (Quiet{}) {
		return nil
	}
	for field, text := range map[string]string{"from": q.From, "to": q.To} {
		if _, ok := minuteOf(text); !ok || text == "24:00" {
			return tocsin.Invalid(tocsin.ReasonFormat, "quiet."+field, "Give a time of day as HH:MM.")
		}
	}
	if q.From == q.To {
		return tocsin.Invalid(tocsin.ReasonFormat, "quiet.to", "Quiet hours must end before they begin again.")
	}
	if _, ok := zoneNamed(q.Zone); !ok {
		return tocsin.Invalid(tocsin.ReasonUnknownValue, "quiet.zone",
			"Name a time zone as the tz database does, such as Europe/Paris.")
	}
	return nil
}

// over gives the channels over which a person is told of a topic, of those a node has.
func (r Reach) over(topic tocsin.Topic, have []Channel) (list []Channel) {
	chosen, choice := r.Over[topic]
	for _, c := range have {
		if choice && !slices.Contains(chosen, c) {
			continue
		}
		if !c.NeedsAddress() || r.Addresses[c] != "" {
			list = append(list, c)
		}
	}
	return list
}

// from gives when a message may be sent at the earliest: now, or at the end of quiet hours. It goes minute by
// minute over the wall clock, so that it is right on the days on which that clock jumps.
func (q Quiet) from(now time.Time) time.Time {
	if !q.covers(now) {
		return now
	}
	for t := now.Truncate(time.Minute).Add(time.Minute); t.Sub(now) < farAhead; t = t.Add(time.Minute) {
		if !q.covers(t) {
			return t
		}
	}
	return now
}

func (q Quiet) covers(at time.Time) bool {
	zone, ok := zoneNamed(q.Zone)
	from, okFrom := minuteOf(q.From)
	to, okTo := minuteOf(q.To)
	if !ok || !okFrom || !okTo {
		return false
	}
	minute := minuteOn(at.In(zone))
	if to > from {
		return minute >= from && minute < to
	}
	return minute >= from || minute < to
}

// wayTo names a person on a channel, as events and jobs do.
func wayTo(person tocsin.RecordID, c Channel) string { return fmt.Sprintf("%s:%s", person, c) }

func readWay(way string) (person tocsin.RecordID, c Channel) {
	id, name, _ := strings.Cut(way, ":")
	return tocsin.RecordID(id), Channel(name)
}
