// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/internal/node"
)

func (p *program) notifyCommand() *cobra.Command {
	return family("notify", "Try the channels over which people are called", `
A node calls people by mail, a signed webhook and push, as the settings say below 'notify'. These commands try
a channel from this machine, with these settings, whether or not the node runs. docs/notify.md explains all.`,
		"  tocsin notify check\n  tocsin notify test mail bell@host.example", p.notifyCheckCommand(), p.notifyTestCommand())
}

// channelChecked is what was found of one channel.
type channelChecked struct {
	Channel flow.Channel  `json:"channel"`
	OK      bool          `json:"ok"`
	Reason  tocsin.Reason `json:"reason,omitempty"`
}

func (p *program) notifyCheckCommand() *cobra.Command {
	return task("check", "Sign in at each channel without telling anybody", `
Reads the secret of each channel that the settings name, and asks its server as far as that can be done without
sending anything: mail signs in, ntfy, Matrix and Mattermost answer, the webhook's secret signs. Slack can only
be tried with 'notify test'. It prints no secret and no address.`,
		"  tocsin notify check\n  tocsin notify check --json", cobra.NoArgs,
		func(ctx context.Context, _ []string) error { return p.notifyCheck(ctx) })
}

func (p *program) notifyCheck(ctx context.Context) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	found, err := node.CheckChannels(ctx, c)
	if err != nil {
		return err
	}
	list, bad := []channelChecked{}, false
	for _, channel := range flow.Channels() {
		err, configured := found[channel]
		if !configured {
			continue
		}
		bad = bad || err != nil
		list = append(list, channelChecked{Channel: channel, OK: err == nil, Reason: tocsin.ReasonOf(err)})
	}
	err = p.show(list, func(w io.Writer) {
		for _, c := range list {
			word := "ok"
			if !c.OK {
				word = string(c.Reason)
			}
			fmt.Fprintf(w, "%s\t%s\n", c.Channel, p.paint(c.OK, word))
		}
		if len(list) == 0 {
			fmt.Fprintln(w, "no channel is configured: people are called in the console only")
		}
	})
	if err == nil && bad {
		err = tocsin.Errorf(tocsin.CodeBusy, "channel_failed", "A channel does not work.")
	}
	return err
}

func (p *program) notifyTestCommand() *cobra.Command {
	return task("test CHANNEL [ADDRESS]", "Send a test to an address", `
Sends one message that says it is a test. CHANNEL is mail, webhook, ntfy, matrix, slack or mattermost; ADDRESS
is what a person would give in the console: a mail address, an ntfy topic, the id of a Matrix room, the end of
an incoming webhook. The webhook needs none.`,
		"  tocsin notify test mail bell@host.example\n  tocsin notify test ntfy a-topic-that-nobody-guesses\n"+
			"  tocsin notify test webhook", cobra.RangeArgs(1, 2),
		func(ctx context.Context, args []string) error {
			return p.notifyTest(ctx, flow.Channel(args[0]), append(args, "")[1])
		})
}

func (p *program) notifyTest(ctx context.Context, channel flow.Channel, address string) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	if !slices.Contains(flow.Channels(), channel) {
		return usagef("CHANNEL is mail, webhook, ntfy, matrix, slack or mattermost")
	}
	if channel.NeedsAddress() || address != "" {
		if err := flow.CheckAddress(channel, address); err != nil {
			return usageError{err}
		}
	}
	s, done, err := node.Channels(c)
	if err != nil {
		return err
	}
	defer done()
	if !slices.Contains(s.Channels(), channel) {
		return usagef("this channel is not configured; see the settings below notify")
	}
	_, err = s.Send(ctx, flow.Message{Key: string(tocsin.NewEventID()) + ":test:" + string(channel), Channel: channel,
		Address: address, Language: "en", Topic: flow.TopicTest, At: p.clock.Now()})
	if err != nil {
		return err
	}
	return p.show(channelChecked{Channel: channel, OK: true}, func(w io.Writer) {
		fmt.Fprintf(w, "%s\t%s\n", channel, p.paint(true, "sent"))
	})
}
