// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"

	"tocsin"
)

// sign is how a state looks beside its words: a tone (colour) and an icon.
type sign struct{ tone, icon string }

var signs = map[tocsin.RecordKind]map[string]sign{
	tocsin.KindIssuedOrder: {
		"draft": {
			"quiet",
			"pen",
		}, "submitted": {"wait", "pen"}, "approved": {"wait", "check"}, "waiting": {"wait", "wait"},
		"sent": {
			"wait",
			"send",
		}, "running": {"run", "clock"}, "overdue": {"over", "alert"}, "impeded": {"soon", "pause"},
		"clarify": {"soon", "ask"}, "complied": {"done", "check"}, "complied_late": {"done", "check"},
		"refused": {"over", "stop"}, "withdrawn": {"quiet", "back"}, "abandoned": {"quiet", "stop"},
	},
	tocsin.KindReceivedOrder: {
		"authenticated": {"run", "clock"}, "refused": {"quiet", "stop"}, "executing": {"run", "send"},
		"confirmed": {"done", "check"}, "impeded": {"soon", "pause"}, "withdrawn": {"quiet", "back"},
		"reopened": {"over", "alert"}, "dismissed": {"quiet", "stop"},
	},
	tocsin.KindOrderCopy: {
		"received": {"run", "clock"}, "lapsed": {"quiet", "wait"}, "withdrawn": {"quiet", "back"},
	},
	tocsin.KindItem: {"restricted": {"soon", "lock"}, "visible": {"done", "check"}},
	tocsin.KindCase: {
		"open": {"run", "clock"}, "overdue": {"over", "alert"}, "claimed": {"wait", "eye"},
		"decided": {"done", "check"}, "closed": {"quiet", "stop"},
	},
	tocsin.KindDecision: {
		"effective": {"done", "check"}, "undone": {"quiet", "back"}, "reversed": {"soon", "back"},
	},
	tocsin.KindBank: {"open": {"done", "check"}, "closed": {"quiet", "stop"}},
	tocsin.KindSignal: {
		"active": {"done", "check"}, "disputed": {"soon", "alert"}, "quarantined": {"over", "alert"},
		"disabled": {"quiet", "pause"}, "expired": {"quiet", "wait"}, "withdrawn": {"quiet", "back"},
		"retracted": {"quiet", "stop"},
	},
	tocsin.KindComplaint: {
		"received": {"run", "clock"}, "assigned": {"wait", "eye"}, "upheld": {"soon", "back"}, "rejected": {"done", "check"},
	},
	tocsin.KindChallenge: {
		"open": {"run", "clock"}, "upheld": {"soon", "back"}, "rejected": {"done", "check"},
	},
	tocsin.KindEntry: {
		"proposed": {"wait", "ask"}, "approved": {"wait", "check"}, "in_use": {"done", "check"}, "retracted": {"quiet", "back"},
	},
	tocsin.KindNotice: {
		"received": {"run", "clock"}, "incomplete": {"soon", "ask"}, "complete": {"wait", "wait"}, "queued": {"run", "clock"},
		"decided": {"wait", "send"}, "informed": {"done", "check"}, "lapsed": {"quiet", "stop"},
	},
	tocsin.KindMisuse: {
		"none": {"quiet", "info"}, "warned": {"soon", "alert"}, "suspended": {"soon", "lock"},
	},
	tocsin.KindPerson: {
		"invited":   {"wait", "key"},
		"enrolled":  {"done", "check"},
		"suspended": {"quiet", "stop"},
	},
}

func signOf(kind tocsin.RecordKind, state string) sign {
	if s, ok := signs[kind][state]; ok {
		return s
	}
	return sign{"quiet", "info"}
}

// stateWord names a state for people.
func stateWord(ctx context.Context, kind tocsin.RecordKind, state string) string {
	key := string(kind) + "." + state
	return T(ctx, "console.state."+key)
}

// stateMeans says in a sentence what a state is and who has to do what.
func stateMeans(ctx context.Context, kind tocsin.RecordKind, state string) string {
	key := string(kind) + "." + state
	return T(ctx, "console.means."+key)
}
