// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"
)

// Exposure is how many media a person was shown. It stands among her preferences, sealed: she alone reads it, and
// nobody is told a figure of fewer people than [FewestTold].
type Exposure struct {
	Total int64
	Hours []SeenHour `json:",omitempty"` // of the last day, oldest first
}

// SeenHour is one hour of it.
type SeenHour struct {
	Hour  int64 // since 1970
	Views int
}

const dayHours = 24

// add counts media shown now and forgets what is older than a day.
func (e Exposure) add(now time.Time, media int) Exposure {
	hour := now.Unix() / 3600
	e.Total += int64(media)
	e.Hours = slices.DeleteFunc(slices.Clone(e.Hours), func(h SeenHour) bool { return h.Hour <= hour-dayHours })
	if n := len(e.Hours); n > 0 && e.Hours[n-1].Hour == hour {
		e.Hours[n-1].Views += media
		return e
	}
	e.Hours = append(e.Hours, SeenHour{hour, media})
	return e
}

// Day is how many were shown within a day, counted by whole hours: no midnight makes a night shift two days.
func (e Exposure) Day(now time.Time) (views int) {
	for _, h := range e.Hours {
		if h.Hour > now.Unix()/3600-dayHours {
			views += h.Views
		}
	}
	return views
}

// full gives when a day's count falls below a limit again; nil while it is below.
func (e Exposure) full(now time.Time, limit int) *time.Time {
	views := e.Day(now)
	if limit == 0 || views < limit {
		return nil
	}
	for _, h := range e.Hours {
		if h.Hour <= now.Unix()/3600-dayHours {
			continue
		}
		if views -= h.Views; views < limit {
			until := time.Unix((h.Hour+dayHours)*3600, 0).UTC()
			return &until
		}
	}
	return nil
}

// Seen is what a person reads of her own exposure.
type Seen struct {
	Total int64      // since she was enrolled
	Day   int        // within a day
	Limit int        // of a day; 0 for none
	Full  *time.Time // until when the limit is reached; nil while it is not
}

// SeenBy gives it, of the person herself.
func (f *Flow) SeenBy(p Individual) Seen {
	now, e, limit := f.Clock.Now(), p.File.Preferences.Seen, f.WellnessOf(p).Views
	return Seen{Total: e.Total, Day: e.Day(now), Limit: limit, Full: e.full(now, limit)}
}

// FewestTold is of how many people a figure must be, so that it tells of none of them.
const FewestTold = 5

// TeamExposure is what is told of everybody's exposure together.
type TeamExposure struct {
	People int // who were shown any media within a day
	Views  int // of them all; 0 and Told false where they are fewer than FewestTold
	Told   bool
}

// ExposureOfTeam gives the figure for whoever keeps the team. No figure is of one person.
func (f *Flow) ExposureOfTeam(ctx context.Context, actor Actor) (TeamExposure, error) {
	var all TeamExposure
	if err := f.Policy.Decide(actor, ActionPersonRead, nil); err != nil {
		return all, err
	}
	err := f.view(ctx, func(u *unit) error {
		people, err := u.everybody()
		for _, p := range people {
			if n := p.File.Preferences.Seen.Day(u.now); n > 0 {
				all.People++
				all.Views += n
			}
		}
		return err
	})
	if all.People < FewestTold {
		all = TeamExposure{}
	}
	all.Told = all.People > 0
	return all, err
}
