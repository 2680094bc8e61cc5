// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"context"
	"slices"
	"time"

	"tocsin"
)

// Preferences are how a person wants the console to be. They stand in her sealed document, not in a cookie:
// they follow her to another machine, and a limit that only a browser knows is none. They make no event,
// because they prove nothing to anybody and say something about her hands and her health.
type Preferences struct {
	Shortcuts Shortcuts `json:",omitzero"`
	Wellness  *Wellness `json:",omitempty"` // nil: [DefaultWellness]
	Seen      Exposure  `json:",omitzero"`
}

// Shortcuts are the single keys of the console (WCAG 2.2, 2.1.4: switched off, or remapped).
type Shortcuts struct {
	Off bool
	// Keys maps the name of a shortcut to its key, where it is not the usual one; "" takes the key away.
	Keys map[string]string `json:",omitempty"`
}

// Wellness says how a person meets media. Nothing ever plays by itself, so that there is nothing to choose.
type Wellness struct {
	Blur  int  // 0 none to MostBlur
	Grey  bool // without colour
	Mute  bool // without sound
	Break time.Duration
	Views int // of media in a day, after which cases go to others; 0 for no end
	// Without are categories that she is given no cases of.
	Without []tocsin.Category `json:",omitempty"`
}

// Bounds of preferences.
const (
	MostBlur      = 3
	mostShortcuts = 32
	mostKey       = 8 // bytes
	LongestBreak  = 4 * time.Hour
	MostViews     = 10_000
)

// DefaultWellness is what holds until a person chooses: as little as possible meets her unawares.
func DefaultWellness() Wellness {
	return Wellness{Blur: MostBlur, Grey: true, Mute: true, Break: 50 * time.Minute}
}

// Above applies what the organisation asks at the least: its floor is never weaker than a person's choice, and
// never makes that choice weaker. A floor has no categories.
func (w Wellness) Above(floor Wellness) Wellness {
	w.Blur = max(w.Blur, floor.Blur)
	w.Grey = w.Grey || floor.Grey
	w.Mute = w.Mute || floor.Mute
	w.Break = sooner(w.Break, floor.Break)
	w.Views = sooner(w.Views, floor.Views)
	return w
}

// sooner is the smaller of two limits, of which zero is none.
func sooner[N ~int | ~int64](a, b N) N {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}

// seenBy is a person as somebody else reads her: preferences are nobody else's matter.
func (i Individual) seenBy(actor Actor) Individual {
	if i.Person.Actor() != actor.ID {
		i.File.Preferences = Preferences{}
	}
	since := i.EnrolledAt()
	i.File.Password, i.File.Pending, i.File.Provider = nil, nil, nil // nobody reads how somebody proves who she is
	i.File.Credential.EnrolledAt = since
	return i
}

// WellnessOf is what holds for a person: her choice, above the organisation's floor.
func (f *Flow) WellnessOf(p Individual) Wellness {
	w := DefaultWellness()
	if p.File.Preferences.Wellness != nil {
		w = *p.File.Preferences.Wellness
	}
	return w.Above(f.Settings.Wellness)
}

// PreferShortcuts keeps a person's own keys. What the names mean is the console's matter.
func (f *Flow) PreferShortcuts(ctx context.Context, actor Actor, s Shortcuts) error {
	if len(s.Keys) > mostShortcuts {
		return tocsin.Invalid(tocsin.ReasonTooMany, "keys", "There are not that many shortcuts.")
	}
	for name, key := range s.Keys {
		if len(name) > 4*mostKey || len(key) > mostKey {
			return tocsin.Invalid(tocsin.ReasonTooLong, "keys", "A shortcut is one key.")
		}
	}
	return f.prefer(ctx, actor, func(p *Preferences) { p.Shortcuts = s })
}

// PreferWellness keeps how a person wants to meet media. A choice below the organisation's floor is kept, and
// holds once the floor is gone.
func (f *Flow) PreferWellness(ctx context.Context, actor Actor, w Wellness) error {
	if w.Blur < 0 || w.Blur > MostBlur {
		return tocsin.Invalid(tocsin.ReasonUnknownValue, "blur", "There is no such strength.")
	}
	if w.Break < 0 || w.Break > LongestBreak {
		return tocsin.Invalid(tocsin.ReasonFormat, "break", "A reminder comes after at most four hours.")
	}
	if w.Views < 0 || w.Views > MostViews {
		return tocsin.Invalid(tocsin.ReasonFormat, "views", "That is no useful limit of a day.")
	}
	for _, c := range w.Without {
		if !slices.Contains(tocsin.Categories(), c) {
			return tocsin.Invalid(tocsin.ReasonUnknownValue, "without", "There is no such category.")
		}
	}
	return f.prefer(ctx, actor, func(p *Preferences) { p.Wellness = &w })
}

// prefer changes the document of the actor herself; there is no way to name another person.
func (f *Flow) prefer(ctx context.Context, actor Actor, change func(*Preferences)) error {
	return f.update(ctx, func(u *unit) error {
		p, err := u.individual(tocsin.RecordID(actor.ID))
		if err != nil {
			return err
		}
		if !f.admits(p) {
			return unknownRecord()
		}
		change(&p.File.Preferences)
		return u.write(p.Person, p.File)
	})
}
