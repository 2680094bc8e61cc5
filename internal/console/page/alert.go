// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"tocsin"
	"tocsin/internal/flow"
)

// Alerts is what waits for a person.
type Alerts struct {
	Filters []Tab
	Rows    []flow.AlertView
	Next    string // address of the next page
	First   string // address of the first one, when this is not it
}

// Alert is one of them, with who was told.
type Alert struct {
	flow.AlertView
	Told []flow.AlertTold
}

// Reach is how a person is reached. Values are what she sent, where that was refused.
type Reach struct {
	flow.ReachView
	Problem Problem
}

// Rota is who is on call when.
type Rota struct {
	flow.RotaView
	People  []flow.Individual // whom it may name; empty where the reader may not change it
	Zone    string            // of a new slot
	Problem Problem
}

// blank lines of the form, for what is added.
const blankLines = 3

func (r Rota) slots() []flow.RotaSlot {
	lines := append([]flow.RotaSlot(nil), r.Plan.Slots...)
	for range blankLines {
		lines = append(lines, flow.RotaSlot{Day: "monday", From: "09:00", To: "17:00", Zone: r.Zone})
	}
	return lines
}

func (r Rota) overrides() []flow.RotaOverride {
	return append(append([]flow.RotaOverride(nil), r.Plan.Overrides...), flow.RotaOverride{})
}

func (r Rota) backups() []tocsin.RecordID {
	return append(append([]tocsin.RecordID(nil), r.Plan.Backup...), "")
}

func topicWord(ctx context.Context, topic tocsin.Topic) string {
	return T(ctx, "alert.topic."+string(topic))
}

// brands are what services call themselves, in every language.
var brands = map[flow.Channel]string{flow.ChannelNtfy: "ntfy", flow.ChannelMatrix: "Matrix",
	flow.ChannelSlack: "Slack", flow.ChannelMattermost: "Mattermost"}

func channelWord(ctx context.Context, c flow.Channel) string {
	if name, ok := brands[c]; ok {
		return name
	}
	return T(ctx, "alert.channel_name."+string(c))
}

func addressHint(ctx context.Context, c flow.Channel) string {
	return T(ctx, "alert.address_hint."+string(c))
}

func dayWord(ctx context.Context, day string) string { return T(ctx, "rota.weekday."+day) }

// personNamed names a colleague; a pseudonym where she is not known.
func personNamed(ctx context.Context, id tocsin.RecordID) string { return who(ctx, tocsin.ActorID(id)) }

// few writes a count as a badge has room for.
func few(count int) string {
	if count > 99 {
		return "99+"
	}
	return strconv.Itoa(count)
}

func alertPath(id tocsin.RecordID, more string) string {
	return (&url.URL{Path: "/alerts/" + string(id) + more}).String()
}

// localInput writes a time as the browser's own entry for date and time takes it, in UTC.
func localInput(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(LocalInput)
}

// LocalInput is how a browser sends a date and a time.
const LocalInput = "2006-01-02T15:04"
