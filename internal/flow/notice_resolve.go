// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"

	"tocsin"
)

// JobResolve asks the platform what the addresses of a notice name.
const JobResolve JobKind = "resolve"

// resolve asks the platform what each address of a notice names, and puts the notice into the cases of the items. Where
// none names an item, the notifier is asked for the exact address (Art. 16(2)(b) DSA).
func (f *Flow) resolve(ctx context.Context, job ClaimedJob) (outcome, error) {
	id, addresses, err := f.noticedAddresses(ctx, tocsin.EventID(job.Args["event"]))
	if tocsin.CodeOf(err) == tocsin.CodeErased {
		return outcome{fail: string(tocsin.ReasonErased)}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	named := make([]Named, len(addresses))
	for i, a := range addresses {
		if named[i], err = f.Platform.Resolve(ctx, a.URL); err != nil {
			return outcome{}, err
		}
	}
	err = f.update(ctx, func(u *unit) error {
		n, err := load[*tocsin.Notice](u, id)
		if err != nil {
			return err
		}
		if n.Status == tocsin.NoticeComplete {
			if err := u.resolved(n, addresses, named); err != nil {
				return err
			}
		}
		return u.finish(job)
	})
	return finished, ignoreLost(err)
}

func (f *Flow) noticedAddresses(ctx context.Context,
	event tocsin.EventID) (id tocsin.RecordID, addresses []tocsin.Address, err error) {
	err = f.view(ctx, func(u *unit) error {
		entry, err := u.tx.EntryByID(event)
		if err != nil {
			return err
		}
		id = entry.Header.Record
		n, err := load[*tocsin.Notice](u, id)
		if err != nil {
			return err
		}
		var file NoticeFile
		if err := u.read(n, &file); err != nil {
			return err
		}
		addresses = file.Form.Addresses
		return nil
	})
	return id, addresses, err
}

// resolved puts the notice into the case of each item that its addresses name. Two addresses of one item count once.
func (u *unit) resolved(n *tocsin.Notice, addresses []tocsin.Address, named []Named) error {
	var file NoticeFile
	if err := u.read(n, &file); err != nil {
		return err
	}
	file.Located = nil
	var cases []tocsin.RecordID
	seen := map[string]tocsin.RecordID{}
	for i, found := range named {
		located := NoticedAddress{Address: addresses[i].URL, Kind: found.Kind, Ref: found.Ref}
		if found.Kind == "item" {
			if _, again := seen[found.Ref]; !again {
				id, err := u.reported(found.Ref, n.ID, n.Priority, file.Form.Categories)
				if err != nil {
					return err
				}
				seen[found.Ref] = id
			}
			located.Case = seen[found.Ref]
			if !slices.Contains(cases, located.Case) {
				cases = append(cases, located.Case)
			}
		}
		file.Located = append(file.Located, located)
	}
	if err := u.write(n, file); err != nil {
		return err
	}
	if len(cases) == 0 {
		events, err := n.Unlocated(u.clock(), u.f.Settings.Periods)
		u.mailedAs(file, events)
		return u.did(n, events, err)
	}
	return u.queue(n, cases)
}
