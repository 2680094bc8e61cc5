// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"tocsin"
)

// mostTriaged is how many notices are put in order at once. Beyond it what is due soonest is looked at first, and what
// comes behind moves up as those are answered.
const mostTriaged = 2000

// TriageNotices lists notices in the order in which people look at them: trusted flaggers first (Art. 22 DSA), then as
// they came.
func (f *Flow) TriageNotices(ctx context.Context, actor Actor, filter NoticeFilter) (list []NoticeView, next string,
	err error) {
	if err := f.Policy.Decide(actor, ActionNoticeRead, nil); err != nil {
		return nil, "", err
	}
	if filter.Limit < 1 || filter.Limit > 200 {
		filter.Limit = 50
	}
	err = f.view(ctx, func(u *unit) error {
		all, err := u.someNotices(actor, filter.States)
		if err != nil {
			return err
		}
		slices.SortStableFunc(all, inTriage)
		from := 0
		if filter.After != "" {
			from, _ = slices.BinarySearchFunc(all, filter.After, afterCursor)
		}
		all = all[from:]
		list, next = nil, ""
		if len(all) > filter.Limit {
			all = all[:filter.Limit]
			next = cursorOf(all[len(all)-1])
		}
		for _, n := range all {
			v := NoticeView{Notice: *n, Erased: u.records[n.ID].key == nil}
			if !v.Erased {
				if err := u.read(n, &v.File); err != nil {
					return err
				}
			}
			list = append(list, v)
		}
		return nil
	})
	return list, next, err
}

// someNotices are those of some states that an actor may read, what is due soonest first.
func (u *unit) someNotices(actor Actor, states []string) (all []*tocsin.Notice, err error) {
	page := Page{Kind: tocsin.KindNotice, Statuses: states, ByDue: true, Limit: 200}
	for len(all) < mostTriaged {
		recs, next, err := u.permitted(actor, page)
		if err != nil {
			return nil, err
		}
		for _, rec := range recs {
			all = append(all, rec.agg.(*tocsin.Notice))
		}
		if page.After = next; next == "" {
			break
		}
	}
	return all, nil
}

// rank puts what is of higher priority first.
func rank(n *tocsin.Notice) int64 { return -int64(n.Priority) }

func inTriage(a, b *tocsin.Notice) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.ID, b.ID))
}

// cursorOf names the place of a notice in the order, so that a page goes on there whatever was answered meanwhile.
func cursorOf(n *tocsin.Notice) string {
	return strconv.FormatInt(int64(n.Priority), 10) + "." + strconv.FormatInt(n.ReceivedAt.UnixMicro(), 10) + "." + string(n.ID)
}

// afterCursor puts a notice before the cursor when the page that named it showed it.
func afterCursor(n *tocsin.Notice, cursor string) int {
	parts := strings.SplitN(cursor, ".", 3)
	if len(parts) != 3 {
		return 1
	}
	priority, _ := strconv.ParseInt(parts[0], 10, 64)
	at, _ := strconv.ParseInt(parts[1], 10, 64)
	if cmp.Or(cmp.Compare(rank(n), -priority), cmp.Compare(n.ReceivedAt.UnixMicro(), at),
		strings.Compare(string(n.ID), parts[2])) <= 0 {
		return -1
	}
	return 1
}
