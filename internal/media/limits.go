// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"fmt"
	"strconv"
	"time"
)

// limits of a child. They travel as its arguments, so that both sides hold the same.
type limits struct {
	memory int64         // bytes above what the program takes before it reads anything
	cpu    time.Duration // of processor time, whole seconds
	wall   time.Duration // from the first byte to the answer; the parent's alone
	layers layers
}

// layers of confinement. A program asks for all; tests leave some out to see that each holds by itself.
type layers int

const (
	layerLimits layers = 1 << iota
	layerLandlock
	layerSeccomp

	allLayers = layerLimits | layerLandlock | layerSeccomp
)

// standard is what a picture within MaxPixels needs at most, several times over. A second of processor time
// can take much longer than a second on a loaded machine.
var standard = limits{memory: 1 << 30, cpu: 10 * time.Second, wall: 30 * time.Second, layers: allLayers}

// startTime is how long a child may take until it greets.
const startTime = 20 * time.Second

func (l limits) arguments() []string {
	return []string{childName, strconv.FormatInt(l.memory, 10), strconv.FormatInt(int64(l.cpu/time.Second), 10),
		strconv.Itoa(int(l.layers))}
}

// limitsFrom reads the arguments of a child.
func limitsFrom(args []string) (limits, error) {
	var n [3]int64
	if len(args) != 1+len(n) {
		return limits{}, fmt.Errorf("%d arguments, want %d", len(args), 1+len(n))
	}
	for i := range n {
		var err error
		if n[i], err = strconv.ParseInt(args[i+1], 10, 64); err != nil || n[i] < 1 || n[i] > 1<<40 {
			return limits{}, fmt.Errorf("argument %d is no limit", i+1)
		}
	}
	return limits{memory: n[0], cpu: time.Duration(n[1]) * time.Second, layers: layers(n[2])}, nil
}
