// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package credential makes and checks what people sign in with who need no passkey: passwords, the codes of an app
// that changes them every half minute, and recovery codes for whoever lost the app.
//
// It must never keep anything, log anything, tell which of two things was wrong, or take more memory than a few
// checks at once need. Who may use any of it is the domain's matter ([tocsin.Duty.NeedsPasskey]).
//
// Start reading at password.go.
package credential
