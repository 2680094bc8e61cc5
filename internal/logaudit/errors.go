// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package logaudit

import "fmt"

// FetchError reports a resource that could not be had. Status is 0 when no answer came.
type FetchError struct {
	Path   string // below the log's address, such as "tile/0/000"
	Status int
	Err    error
}

func (e *FetchError) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("fetch %s: status %d", e.Path, e.Status)
	}
	return fmt.Sprintf("fetch %s: %v", e.Path, e.Err)
}

// Unwrap gives the cause.
func (e *FetchError) Unwrap() error { return e.Err }

// TileError reports a tile or bundle that is not what the log's entries make it.
type TileError struct {
	Path string
	Err  error
}

func (e *TileError) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }

// Unwrap gives the cause.
func (e *TileError) Unwrap() error { return e.Err }

// LeafError reports an entry that is not the one its tile commits to.
type LeafError struct {
	Index int64
	Err   error
}

func (e *LeafError) Error() string { return fmt.Sprintf("leaf %d: %v", e.Index, e.Err) }

// Unwrap gives the cause.
func (e *LeafError) Unwrap() error { return e.Err }
