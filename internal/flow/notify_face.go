// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
)

// ReachView is how a person is reached, with what she can choose from.
type ReachView struct {
	Reach
	Channels []Channel      // those of this node
	Topics   []tocsin.Topic // those that can concern her
}

// Chosen reports whether she is told of a topic over a channel.
func (v ReachView) Chosen(topic tocsin.Topic, c Channel) bool {
	chosen, choice := v.Over[topic]
	return !choice || slices.Contains(chosen, c)
}

// ReachOf shows a person how she is reached; nobody else's addresses are anybody's business.
func (f *Flow) ReachOf(ctx context.Context, actor Actor) (v ReachView, err error) {
	if err := f.Policy.Decide(actor, ActionAlertRead, nil); err != nil {
		return v, err
	}
	err = f.view(ctx, func(u *unit) error {
		p, err := u.individual(tocsin.RecordID(actor.ID))
		if err != nil {
			return err
		}
		v = ReachView{Reach: p.File.Reach}
		if f.Messenger != nil {
			v.Channels = f.Messenger.Channels()
		}
		for _, topic := range tocsin.Topics() {
			if r := ruleOf(topic); r.person != nil || r.concerns(p.Person) {
				v.Topics = append(v.Topics, topic)
			}
		}
		return nil
	})
	return v, err
}

// ChangeReach takes how the actor wants to be reached, in a language she reads.
func (f *Flow) ChangeReach(ctx context.Context, actor Actor, r Reach, language string) error {
	if err := f.Policy.Decide(actor, ActionAlertRead, nil); err != nil {
		return err
	}
	if err := r.validate(); err != nil {
		return err
	}
	return f.update(ctx, func(u *unit) error {
		p, err := u.individual(tocsin.RecordID(actor.ID))
		if err != nil {
			return err
		}
		p.File.Reach = r
		if language != "" {
			p.File.Language = language
		}
		return u.write(p.Person, p.File)
	})
}
