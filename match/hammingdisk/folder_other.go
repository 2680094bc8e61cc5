// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package hammingdisk

import "os"

// On this system nothing keeps a second process out.
func lockFolder(string) (*os.File, error) { return nil, nil }

func unlockFolder(*os.File) error { return nil }

// sync does nothing: this system cannot sync a folder, and keeps names as it sees fit.
func (f *folder) sync() error { return nil }
