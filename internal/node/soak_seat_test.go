// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"tocsin"
	"tocsin/examples/board"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/node"
	"tocsin/wire"
)

// seatVariable holds the folder of the seat that this binary takes when it is executed as a child.
const seatVariable = "TOCSIN_SOAK_SEAT"

// seat says what a child is: a node, or the board.
type seat struct {
	Node  *config.Config
	Board *boardSeat
}

type boardSeat struct {
	Dir, PublicURL, Secret, Admin string
}

// sit is the life of a child. It ends when its standard input does.
func sit(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "seat.json"))
	if err != nil {
		return err
	}
	var s seat
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // any end is the end
		stop()
	}()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if s.Board != nil {
		return s.Board.run(ctx, listen, log)
	}
	return runNode(ctx, *s.Node, listen, log)
}

func (s boardSeat) run(ctx context.Context, listen net.Listener, log *slog.Logger) error {
	b, err := board.Open(ctx, board.Config{Dir: s.Dir, PublicURL: s.PublicURL, WebhookSecret: s.Secret,
		AdminToken: s.Admin, Seed: 1, Log: log})
	if err != nil {
		return err
	}
	server := &http.Server{Handler: b.Handler(), ReadHeaderTimeout: 5 * time.Second}
	if err := serveUntil(ctx, server, listen, ready{Public: listen.Addr().String()}); err != nil {
		return err
	}
	return b.Close()
}

func runNode(ctx context.Context, c config.Config, listen net.Listener, log *slog.Logger) error {
	n, err := node.New(ctx, node.Options{Config: c, Log: log, Listener: listen})
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ran := make(chan error, 1)
	go func() { ran <- n.Run(ctx) }()
	server := &http.Server{Handler: duties(n.Flow), ReadHeaderTimeout: 5 * time.Second}
	is := ready{Public: listen.Addr().String(), Control: control.Addr().String()}
	err = serveUntil(ctx, server, control, is)
	return errors.Join(err, <-ran, n.Close())
}

// serveUntil says that the child is ready, and serves until the context ends.
func serveUntil(ctx context.Context, server *http.Server, listen net.Listener, r ready) error {
	served := make(chan error, 1)
	go func() { served <- server.Serve(listen) }()
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	<-ctx.Done()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = server.Shutdown(grace)
	if e := <-served; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// What people do, as it travels on the control channel. Passkeys stay with the people, in the parent.
type (
	drafting struct {
		Who   flow.Actor
		Key   string // of idempotency
		Order tocsin.Order
	}
	about struct {
		Who flow.Actor
		ID  tocsin.RecordID
	}
	signing struct {
		Who       flow.Actor
		Ceremony  flow.Ceremony
		Assertion wire.Assertion
	}
	nothing struct{}
)

// standing is how one order or copy stands at a node.
type standing struct {
	ID         tocsin.RecordID
	Status     string
	Document   tocsin.Digest // of the signed order
	ReceivedAt *time.Time    // as this node knows it
	CopyAt     *time.Time
}

// duties are what the parent can ask a node to do for its people, and what it can ask about it.
func duties(f *flow.Flow) http.Handler {
	mux := http.NewServeMux()
	on(mux, "draft", func(ctx context.Context, d drafting) (flow.Drafted, error) {
		return f.DraftOrder(ctx, d.Who, d.Key, d.Order)
	})
	on(mux, "begin", func(ctx context.Context, a about) (flow.Ceremony, error) {
		return f.BeginSigning(ctx, a.Who, a.ID)
	})
	on(mux, "finish", func(ctx context.Context, s signing) (nothing, error) {
		return nothing{}, f.FinishSigning(ctx, s.Who, s.Ceremony, s.Assertion)
	})
	on(mux, "withdraw", func(ctx context.Context, a about) (nothing, error) {
		return nothing{}, f.WithdrawOrder(ctx, a.Who, a.ID, "Soak test: this order was a mistake.")
	})
	on(mux, "issued", func(ctx context.Context, a about) (standing, error) {
		return issued(ctx, f, a.Who, a.ID)
	})
	on(mux, "list", func(ctx context.Context, l listing) ([]standing, error) { return listAll(ctx, f, l) })
	on(mux, "jobs", func(ctx context.Context, _ nothing) ([]flow.JobRow, error) {
		return f.Jobs(ctx, node.Operator, true, 1000)
	})
	on(mux, "fsck", func(ctx context.Context, _ nothing) (flow.Examined, error) {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
		defer cancel()
		return f.Fsck(ctx, nil)
	})
	return mux
}

type listing struct {
	Who  flow.Actor
	Kind tocsin.RecordKind
}

// reader reads one record as a standing.
type reader func(context.Context, *flow.Flow, flow.Actor, tocsin.RecordID) (standing, error)

func listAll(ctx context.Context, f *flow.Flow, l listing) ([]standing, error) {
	read := map[tocsin.RecordKind]reader{tocsin.KindIssuedOrder: issued, tocsin.KindReceivedOrder: received,
		tocsin.KindOrderCopy: copied}[l.Kind]
	var all []standing
	page := flow.Listing{Kind: l.Kind, Limit: 200}
	for {
		lines, next, err := f.Orders(ctx, l.Who, page)
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			one, err := read(ctx, f, l.Who, line.ID)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		if next == "" {
			return all, nil
		}
		page.After = next
	}
}

func issued(ctx context.Context, f *flow.Flow, who flow.Actor, id tocsin.RecordID) (standing, error) {
	v, err := f.Issued(ctx, who, id)
	if err != nil {
		return standing{}, err
	}
	return standing{ID: v.ID, Status: string(v.Status), Document: v.Document,
		ReceivedAt: v.IssuedOrder.ReceivedAt, CopyAt: v.CopyAt}, nil
}

func received(ctx context.Context, f *flow.Flow, who flow.Actor, id tocsin.RecordID) (standing, error) {
	v, err := f.Received(ctx, who, id)
	if err != nil {
		return standing{}, err
	}
	return standing{ID: v.ID, Status: string(v.Status), Document: v.Document,
		ReceivedAt: &v.ReceivedOrder.ReceivedAt}, nil
}

func copied(ctx context.Context, f *flow.Flow, who flow.Actor, id tocsin.RecordID) (standing, error) {
	v, err := f.Copy(ctx, who, id)
	if err != nil {
		return standing{}, err
	}
	return standing{ID: v.ID, Status: v.State(), Document: v.Document}, nil
}

// on serves one duty. A refusal travels as the error it is.
func on[In, Out any](mux *http.ServeMux, name string, do func(context.Context, In) (Out, error)) {
	mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		out, err := do(r.Context(), in)
		if err != nil {
			refused, ok := errors.AsType[*tocsin.Error](err)
			if !ok {
				refused = &tocsin.Error{Code: tocsin.CodeInternal, Public: err.Error()}
			}
			w.WriteHeader(http.StatusConflict)
			refused.Err = nil // a cause cannot travel
			_ = json.NewEncoder(w).Encode(refused)
			return
		}
		_ = json.NewEncoder(w).Encode(out) // a parent that does not listen asks again
	})
}
