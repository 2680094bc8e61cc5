// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package node_test

import "syscall"

func diesWithParent() *syscall.SysProcAttr { return nil }
