// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Options say how to tell the story.
type Options struct {
	Dir   string // where temporary data goes; the system's when empty
	Out   io.Writer
	JSON  bool // a report instead of a timeline
	Serve bool // keep everything up afterwards, until the context ends
	Log   *slog.Logger
}

// Report is the outcome of a demonstration.
type Report struct {
	OK    bool   `json:"ok"`
	Steps []Step `json:"steps"`
}

// Step is one thing that was shown.
type Step struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	MS     int64  `json:"ms"`
	Detail string `json:"detail"`
}

// ErrFailed says that a step did not show what it should.
var ErrFailed = errors.New("the demonstration failed")

// stepLimit is far beyond what any step takes, so that one that hangs is told by name.
const stepLimit = 30 * time.Second

// Run tells the story and returns what it showed; ErrFailed when a step failed.
func Run(ctx context.Context, o Options) (Report, error) {
	narrator := newNarrator(o)
	clock := &Clock{}
	clock.Step(-startsAgo)
	began := time.Now()
	world, err := NewWorld(ctx, WorldOptions{Dir: o.Dir, Clock: clock, Log: o.Log, Automatic: true, Trusted: 1, Posts: 6,
		Screening: true})
	if err != nil {
		return Report{}, fmt.Errorf("start the exchange: %w", err)
	}
	narrator.opening(world, time.Since(began))
	report := Report{OK: true}
	s := &story{World: world, ctx: ctx}
	for _, chapter := range s.chapters() {
		step := s.tell(ctx, chapter)
		narrator.step(chapter, step)
		report.Steps = append(report.Steps, step)
		if !step.OK {
			report.OK = false
			break // what follows builds on it
		}
	}
	narrator.closing(report, time.Since(began))
	if o.Serve && report.OK {
		if err := s.invite(ctx, narrator); err != nil {
			report.OK = false
		}
		<-ctx.Done()
	}
	err = world.Close()
	if !report.OK {
		err = errors.Join(ErrFailed, err)
	}
	return report, err
}

// tell runs one chapter with a time limit.
func (s *story) tell(ctx context.Context, c chapter) Step {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	began := time.Now()
	s.ctx = ctx
	detail, err := c.show()
	step := Step{Name: c.name, OK: err == nil, MS: time.Since(began).Milliseconds(), Detail: detail}
	if err != nil {
		step.Detail = err.Error()
	}
	return step
}
