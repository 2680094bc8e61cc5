// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"maps"
	"net/http"

	"github.com/spf13/cobra"

	"tocsin"
)

const signalUse = " (ID | BANK TYPE VALUE)"

// signalChange is what is done to a signal: where it is asked for, what goes with the reference, and how the
// signal is called afterwards.
type signalChange struct {
	path string
	body map[string]any
	done string
}

// signalTask makes a command that changes one signal.
func (p *program) signalTask(word, short, long, example string,
	change func() (signalChange, error)) *cobra.Command {
	return p.withRemote(task(word+signalUse, short, long, example, oneOrThree,
		func(ctx context.Context, args []string) error {
			body, err := p.signalRef(args)
			if err != nil {
				return err
			}
			do, err := change()
			if err != nil {
				return err
			}
			maps.Copy(body, do.body)
			return p.tell(ctx, http.MethodPost, "/signals/"+do.path, body, "the signal is "+do.done)
		}))
}

func oneOrThree(_ *cobra.Command, args []string) error {
	if len(args) != 1 && len(args) != 3 {
		return usagef("name the signal by its id, or by bank, type and value")
	}
	return nil
}

// signalRef names a signal as the interface takes it.
func (p *program) signalRef(args []string) (map[string]any, error) {
	if len(args) == 1 {
		if !tocsin.RecordID(args[0]).Valid() {
			return nil, usagef("%q is not the id of a signal; or give bank, type and value", args[0])
		}
		return map[string]any{"id": args[0]}, nil
	}
	value, err := p.valueOf(args[2])
	return map[string]any{"bank": args[0], "type": args[1], "value": value}, err
}

func (p *program) signalDisableCommand() *cobra.Command {
	until, reasons := "", ""
	c := p.signalTask("disable", "Stop the matches of a signal, perhaps until a time", `
A disabled signal still shows in answers, as disabled, and proposes nothing.`,
		"  tocsin signal disable sig_… --until 2027-01-01 --reasons 'Under examination.'\n"+
			"  tocsin signal disable GARDENS url https://board.example/post/12", func() (signalChange, error) {
			body := map[string]any{"reasons": reasons}
			t, err := moment(until)
			if t != nil {
				body["until"] = t
			}
			return signalChange{"disabling", body, "disabled"}, err
		})
	c.Flags().StringVar(&until, "until", "", "when it matches again by itself: a date or RFC 3339")
	c.Flags().StringVar(&reasons, "reasons", "", "why; it stands in the history")
	return c
}

func (p *program) signalEnableCommand() *cobra.Command {
	return p.signalTask("enable", "Let a disabled signal match again", `
Ends what 'signal disable' began. A signal in quarantine stays there: a person releases it in the console.`,
		"  tocsin signal enable sig_…", func() (signalChange, error) {
			return signalChange{path: "enabling", done: "enabled"}, nil
		})
}

func (p *program) signalWithdrawCommand() *cobra.Command {
	source, reasons := "", ""
	c := p.signalTask("withdraw", "Take back what one party vouched for", `
The word of other parties stands, and the signal matches as long as one of them vouches. What the party
imported until now speaks for the signal no more; a later import does. The history stays.`,
		"  tocsin signal withdraw sig_… --reasons 'Not ours.'\n"+
			"  tocsin signal withdraw GARDENS url https://board.example/post/12 --source ie-host --reasons 'By mail.'",
		func() (signalChange, error) {
			body := map[string]any{"reasons": reasons}
			if source != "" {
				body["source"] = source
			}
			return signalChange{"withdrawal", body, "vouched for by that party no more"}, nil
		})
	c.Flags().StringVar(&source, "source", "", "whose word it is (default: this node's party)")
	c.Flags().StringVar(&reasons, "reasons", "", "why; it stands in the history (required)")
	return c
}

func (p *program) signalRetractCommand() *cobra.Command {
	reasons := ""
	c := p.signalTask("retract", "Take a signal back for good", `
A retracted signal never matches again, whoever vouches for it. Add the value to a negative bank to say that
it may stay.`,
		"  tocsin signal retract sig_… --reasons 'It is a teapot.'", func() (signalChange, error) {
			return signalChange{"retraction", map[string]any{"reasons": reasons}, "retracted"}, nil
		})
	c.Flags().StringVar(&reasons, "reasons", "", "why; it stands in the history (required)")
	return c
}

func (p *program) signalOpinionCommand() *cobra.Command {
	view, reasons, retract := "", "", false
	c := p.signalTask("opinion", "Say what this node's party thinks of a signal", `
A later opinion replaces the one before. A negative one makes the signal disputed: it still matches, and every
match says so. --retract takes the opinion back.`,
		"  tocsin signal opinion sig_… --view negative --reasons 'It is a teapot.'\n"+
			"  tocsin signal opinion sig_… --retract", func() (signalChange, error) {
			switch {
			case retract == (view != ""):
				return signalChange{}, usagef("give --view, or --retract")
			case retract:
				return signalChange{path: "opinion/retraction", done: "judged by this party no more"}, nil
			}
			return signalChange{"opinion", map[string]any{"view": view, "reasons": reasons}, "held to be " + view}, nil
		})
	c.Flags().StringVar(&view, "view", "", "positive (it is what the bank says), negative or investigation")
	c.Flags().StringVar(&reasons, "reasons", "", "why; it stands in the history")
	c.Flags().BoolVar(&retract, "retract", false, "take the opinion back")
	return c
}
