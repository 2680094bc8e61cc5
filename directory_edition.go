// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package tocsin

import "time"

// EventDirectoryImported records a new edition of the directory.
const EventDirectoryImported EventKind = "directory.imported"

// DirectoryEdition is the node's record of which edition of the directory it trusts.
type DirectoryEdition struct {
	Root
	Serial int64  `json:"serial"`
	Digest Digest `json:"digest"`
}

// Kind is [KindDirectory].
func (d *DirectoryEdition) Kind() RecordKind { return KindDirectory }

// State is "current".
func (d *DirectoryEdition) State() string { return "current" }

// Due is never set.
func (d *DirectoryEdition) Due() *time.Time { return nil }

// Apply folds one event.
func (d *DirectoryEdition) Apply(h Header) error {
	if h.Kind != EventDirectoryImported {
		return unknownEvent(d, h)
	}
	d.Serial, d.Digest = h.Facts.Number, h.Facts.Digest
	return nil
}

// Import records an edition whose signatures were verified. An older or equal serial is refused.
func (d *DirectoryEdition) Import(by By, dir Directory, digest Digest, payload any) ([]Event, error) {
	if err := dir.Validate(); err != nil {
		return nil, err
	}
	if dir.Serial <= d.Serial {
		return nil, Errorf(CodeConflict, ReasonStale,
			"This directory (serial %d) is not newer than the one in use (serial %d).", dir.Serial, d.Serial)
	}
	return happened(d, by.event(EventDirectoryImported, Facts{Number: dir.Serial, Digest: digest}, payload))
}

// Tick does nothing: an edition has no clock.
func (d *DirectoryEdition) Tick(By, Periods) ([]Event, error) { return nil, nil }
