// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hma

import "context"

// FetchAll fetches every source once.
func (s *Service) FetchAll(ctx context.Context) { s.fetchAll(ctx) }

// Operations lists method and path of every operation.
func (s *Service) Operations() (all []string) {
	for _, r := range s.routes {
		all = append(all, r.method+" "+r.path)
	}
	return all
}

// SetLargest makes contents larger than that too large.
func (s *Service) SetLargest(bytes int64) { s.largest = bytes }
