// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package media

import "os"

// confine does what this system offers, which is nothing beyond a process of its own: the decoders check
// sizes, the runtime holds memory near its limit, and the parent watches the time.
func confine(limits) (Protection, error) { return Protection{}, nil }

// processorTimeOver never tells anything: no limit of processor time is set here.
func processorTimeOver() <-chan os.Signal { return nil }
