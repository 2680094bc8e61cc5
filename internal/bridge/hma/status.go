// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import (
	"net/http"
	"slices"
)

const (
	alive = "I-AM-ALIVE"
	stale = "INDEX-STALE"
)

// home leads to the status by a relative address, so that the answer does not repeat the token. Where that
// would lead elsewhere, it gives the status itself.
func home(c *call) error {
	if !c.folder {
		return status(c)
	}
	c.w.Header().Set("Location", "status")
	c.w.WriteHeader(http.StatusFound)
	return nil
}

// status says whether lookups are answered. A node that serves has read all its signals; rows of an import
// that can no longer be read make every answer one that may lack matches.
func status(c *call) error {
	if c.s.Flow.MatchingWhole() != nil {
		return c.text(http.StatusServiceUnavailable, stale)
	}
	return c.text(http.StatusOK, alive)
}

func live(c *call) error { return c.text(http.StatusOK, alive) }

func siteMap(c *call) error {
	var paths []string
	for _, r := range c.s.routes {
		paths = append(paths, r.path)
	}
	slices.Sort(paths)
	return c.ok(slices.Compact(paths))
}
