// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"tocsin"
	"tocsin/internal/flow"
	"tocsin/translog"
)

// Info says which node this is.
type Info struct {
	Party         tocsin.PartyID `json:"party" required:"true"`
	Version       string         `json:"version" required:"true" doc:"of the program"`
	API           string         `json:"api" required:"true" doc:"version of this interface"`
	Demonstration bool           `json:"demonstration,omitempty" doc:"accepts what is not real"`
	Directory     int64          `json:"directory" required:"true" doc:"serial of the directory in use; 0: none"`
	Log           LogHead        `json:"log" required:"true"`
}

// LogHead is where the public log stands.
type LogHead struct {
	Origin string `json:"origin" required:"true"`
	Shard  int64  `json:"shard" required:"true"`
	Size   int64  `json:"size" required:"true"`
}

func (s *service) info(ctx context.Context, _ *None) (*output[Info], error) {
	shard, err := s.Flow.CurrentShard(ctx)
	if err != nil {
		return nil, err
	}
	signed, err := s.Flow.Checkpoint(ctx, shard)
	if err != nil {
		return nil, err
	}
	c, err := translog.PeekCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	return answer(Info{Party: s.Flow.Identity.Party, Version: s.Version, API: SpecVersion,
		Demonstration: s.Flow.Settings.Demonstration, Directory: s.Flow.Directory().Serial,
		Log: LogHead{c.Origin, shard, c.Size}}), nil
}

// JobList asks for work outside.
type JobList struct {
	All   bool `query:"all" doc:"the latest work, done or not, instead of what is pending or failed"`
	Limit int  `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// Job is one piece of work outside.
type Job struct {
	ID        int64             `json:"id" required:"true"`
	Kind      string            `json:"kind" required:"true"`
	Args      map[string]string `json:"args" required:"true" doc:"ids only"`
	RunAt     time.Time         `json:"run_at" required:"true"`
	Attempt   int64             `json:"attempt" required:"true"`
	FirstRun  *time.Time        `json:"first_run,omitempty"`
	LastError string            `json:"last_error,omitempty" doc:"a code"`
	DoneAt    *time.Time        `json:"done_at,omitempty"`
	FailedAt  *time.Time        `json:"failed_at,omitempty"`
}

// JobsView is a list of work.
type JobsView struct {
	Jobs []Job `json:"jobs" required:"true" nullable:"false"`
}

func (s *service) listJobs(ctx context.Context, in *JobList) (*output[JobsView], error) {
	rows, err := s.Flow.Jobs(ctx, actorOf(ctx), !in.All, in.Limit)
	if err != nil {
		return nil, err
	}
	view := JobsView{Jobs: make([]Job, 0, len(rows))}
	for _, r := range rows {
		job := Job{ID: r.ID, Kind: r.Kind, Args: r.Args, RunAt: r.RunAt, Attempt: r.Attempt, LastError: r.LastError,
			DoneAt: r.DoneAt, FailedAt: r.FailedAt}
		if !r.FirstRun.IsZero() {
			job.FirstRun = &r.FirstRun
		}
		view.Jobs = append(view.Jobs, job)
	}
	return answer(view), nil
}

// JobByID names one job.
type JobByID struct {
	ID int64 `path:"id" minimum:"1"`
}

func (s *service) rerunJob(ctx context.Context, in *JobByID) (*None, error) {
	return nil, s.Flow.RerunJob(ctx, actorOf(ctx), in.ID)
}

// SearchFor asks for records by their words.
type SearchFor struct {
	Q     string `query:"q" required:"true" maxLength:"500"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// FoundView is what a search came upon.
type FoundView struct {
	Found []FoundRecord `json:"found" required:"true" nullable:"false"`
}

// FoundRecord names one record.
type FoundRecord struct {
	ID   tocsin.RecordID   `json:"id" required:"true"`
	Kind tocsin.RecordKind `json:"kind" required:"true"`
}

func (s *service) search(ctx context.Context, in *SearchFor) (*output[FoundView], error) {
	found, err := s.Flow.Search(ctx, actorOf(ctx), in.Q, in.Limit)
	if err != nil {
		return nil, err
	}
	view := FoundView{Found: make([]FoundRecord, 0, len(found))}
	for _, f := range found {
		view.Found = append(view.Found, FoundRecord(f))
	}
	return answer(view), nil
}

// maxContentBody bounds the body of a search by content.
const maxContentBody = 2 << 20

// SearchContent asks what is known of exactly one content.
type SearchContent struct {
	Body ContentBody `required:"true"`
}

// ContentBody holds one of the three.
type ContentBody struct {
	Text    string `json:"text,omitempty" maxLength:"1000000" doc:"the whole text itself"`
	Address string `json:"address,omitempty" maxLength:"4000" doc:"exactly as it is"`
	Hash    string `json:"hash,omitempty" maxLength:"200" doc:"MD5, SHA-1, SHA-256 or PDQ, hexadecimal"`
}

// ContentView is what is about the content: cases, decisions, items, orders.
type ContentView struct {
	Found  []FoundRecord `json:"found" required:"true" nullable:"false"`
	Looked []LookedView  `json:"looked" required:"true" nullable:"false" doc:"what was looked for, as computed"`
	More   bool          `json:"more,omitempty" doc:"there is more than is given"`
}

// LookedView is one value that was looked for.
type LookedView struct {
	Type  string `json:"type" required:"true"`
	Value string `json:"value" required:"true"`
}

func (s *service) searchContent(ctx context.Context, in *SearchContent) (*output[ContentView], error) {
	found, err := s.Flow.FindContent(ctx, actorOf(ctx), flow.SoughtContent{Text: in.Body.Text, Address: in.Body.Address, Hash: in.Body.Hash})
	if err != nil {
		return nil, err
	}
	view := ContentView{Found: make([]FoundRecord, 0, len(found.Found)), Looked: make([]LookedView, 0, len(found.Looked)), More: found.More}
	for _, f := range found.Found {
		view.Found = append(view.Found, FoundRecord(f))
	}
	for _, l := range found.Looked {
		view.Looked = append(view.Looked, LookedView(l))
	}
	return answer(view), nil
}

// Erasure destroys the text of a record.
type Erasure struct {
	ID   tocsin.RecordID `path:"id"`
	Body ErasureBody     `required:"true"`
}

// ErasureBody says on which ground, as a code: it stands in the public log.
type ErasureBody struct {
	Reason tocsin.Reason `json:"reason" required:"true" pattern:"^[a-z][a-z0-9_]{0,39}$" doc:"a code"`
}

func (s *service) eraseRecord(ctx context.Context, in *Erasure) (*None, error) {
	return nil, s.Flow.EraseRecord(ctx, actorOf(ctx), in.ID, in.Body.Reason)
}

// Information is what a host is to be sent.
type Information struct {
	Host tocsin.PartyID `path:"host"`
}

func (s *service) informHost(ctx context.Context, in *Information) (*output[Record], error) {
	id, err := s.Flow.InformHost(ctx, actorOf(ctx), in.Host)
	if err != nil {
		return nil, err
	}
	return answer(Record{id}), nil
}
