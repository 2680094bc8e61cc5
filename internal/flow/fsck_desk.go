// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"encoding/json"

	"tocsin"
)

// ofDesk looks up what people decide as those would who hold a key to it: a notifier's token, a statement of reasons,
// an item that comes again.
func (x *examination) ofDesk(u *unit, agg tocsin.Aggregate, plain []byte) error {
	id := agg.Base().ID
	switch r := agg.(type) {
	case *tocsin.Notice:
		return x.ofNotice(u, r, plain)
	case *tocsin.Complaint:
		key := providerComplaintKey(r.Restriction)
		if r.From == tocsin.FromNotifier {
			key = noticeComplaintKey(r.Notice, r.Decision)
		}
		return x.lookups(u, id, []lookup{{lookupComplaint, key}})
	case *tocsin.Misuse:
		var file MisuseFile
		if json.Unmarshal(plain, &file) == nil && file.Sender != "" {
			return x.lookups(u, id, []lookup{{lookupSender, file.Sender}})
		}
	case *tocsin.Decision:
		var file DecisionFile
		if r.Standing.Active() && json.Unmarshal(plain, &file) == nil {
			return x.leads(u, id, lookupStanding, x.f.standingKey(file.Contents))
		}
	case *tocsin.Challenge:
		return x.ofChallenge(u, r, plain)
	case *tocsin.SharedEntry:
		return x.lookups(u, id, []lookup{{lookupEntry, string(r.Content)}})
	case *tocsin.Review:
		return x.lookups(u, id, []lookup{{lookupReview, string(r.Decision)}})
	}
	return nil
}

// ofChallenge also checks that what was upheld is held: else texts would be read again for an entry that was found wrong. An
// entry is held for the first challenge of it that was upheld.
func (x *examination) ofChallenge(u *unit, c *tocsin.Challenge, plain []byte) error {
	var file ChallengeFile
	if json.Unmarshal(plain, &file) != nil {
		return nil
	}
	if err := x.lookups(u, c.ID, []lookup{{lookupChallenge, file.Token}}); err != nil || c.Status != tocsin.ChallengeUpheld {
		return err
	}
	held, err := u.tx.Lookup(lookupHeldEntry, x.f.Sealer.LookupKey(lookupHeldEntry, file.Entry))
	if tocsin.CodeOf(err) == tocsin.CodeNotFound || err == nil && !held.Is(tocsin.KindChallenge) {
		x.differ(Difference{Record: c.ID, Kind: "lookup", Detail: "The entry that it was upheld against is not held."})
		return nil
	}
	return err
}

func (x *examination) ofNotice(u *unit, n *tocsin.Notice, plain []byte) error {
	var file NoticeFile
	if json.Unmarshal(plain, &file) != nil {
		return nil
	}
	if err := x.lookups(u, n.ID, []lookup{{lookupNoticeToken, file.Token}}); err != nil || file.External == "" {
		return err
	}
	first, err := u.firstActor(n)
	if err != nil {
		return err
	}
	return x.leads(u, n.ID, lookupNoticeExternal, u.externalKey(Actor{ID: first}, file.External))
}
