// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package hammingdisk

import "os"

// On this system nothing keeps a second process out.
func lockFolder(string) (*os.File, error) { return nil, nil }

func unlockFolder(*os.File) error { return nil }
