// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"tocsin"
	"tocsin/internal/blob"
	"tocsin/internal/bridge/hma"
	"tocsin/internal/config"
	"tocsin/internal/flow"
	"tocsin/internal/keyring"
	"tocsin/internal/matcher"
	"tocsin/internal/outbound"
	"tocsin/internal/telemetry"
)

// Options are what a configuration file cannot say.
type Options struct {
	Config   config.Config
	Clock    tocsin.Clock // the machine's when nil
	Log      *slog.Logger
	Listener net.Listener // instead of listening on Config.Listen.Public; for tests and the demonstration
	Media    net.Listener // instead of listening on Config.Media.Listen
}

// Node is one running party.
type Node struct {
	Flow     *flow.Flow
	Keys     *keyring.Ring
	Config   config.Config
	clock    tocsin.Clock
	store    database
	out      *outbound.Client
	metrics  *telemetry.Metrics
	log      *slog.Logger
	public   *http.Server
	private  *http.Server // metrics; nil when not configured
	listen   net.Listener
	blobs    *blob.Store
	matcher  *matcher.Matcher // nil where the node does no matching, or only is examined
	media    *laboratory
	viewer   *Viewer      // nil where no media are shown
	stills   *http.Server // media, on their own origin; nil where none are shown
	gallery  net.Listener
	hma      *hma.Service     // nil when not configured
	fetching *outbound.Client // of what its clients name
}

// New opens everything a node needs and checks that it may run; nothing is served before [Node.Run].
func New(ctx context.Context, o Options) (n *Node, err error) {
	if n, err = Open(ctx, o); err != nil {
		return nil, err
	}
	made := n
	defer func() {
		if err != nil {
			made.Close()
		}
	}()
	if err := n.OpenMatching(); err != nil {
		return nil, err
	}
	if err := n.openMedia(); err != nil {
		return nil, err
	}
	if err := n.Flow.Start(ctx); err != nil {
		return nil, err
	}
	if err := n.openCompat(ctx); err != nil {
		return nil, err
	}
	handler, err := n.handler()
	if err != nil {
		return nil, err
	}
	n.public = server(handler)
	if o.Config.Listen.Metrics != "" {
		n.private = server(n.metricsHandler())
	}
	return n, nil
}

// Open opens a node that will not be served: for examining it, for opening a new log shard after a restore.
func Open(ctx context.Context, o Options) (n *Node, err error) {
	n = blank(o)
	made := n
	defer func() {
		if err != nil {
			made.Close()
		}
	}()
	if n.Keys, err = keyring.Open(o.Config.KeyDir); err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	if n.store, err = openStore(ctx, o.Config, o.Log, false); err != nil {
		return nil, err
	}
	return n, n.plug()
}

func blank(o Options) *Node {
	n := &Node{Config: o.Config, clock: o.Clock, log: o.Log, metrics: telemetry.NewMetrics(), listen: o.Listener,
		gallery: o.Media}
	if n.clock == nil {
		n.clock = tocsin.SystemClock
	}
	return n
}

// plug makes the outgoing client and the use cases.
func (n *Node) plug() (err error) {
	if n.out, err = outbound.New(outbound.Config{UserAgent: "tocsin/" + telemetry.ReadBuild().Version}); err != nil {
		return err
	}
	if n.Flow, err = n.newFlow(); err != nil {
		return err
	}
	return n.openBlobs()
}

// server bounds what a slow or greedy client can hold.
func server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
}

// gracePeriod is how long requests under way and jobs in hand may take to end.
const gracePeriod = 20 * time.Second

// Run serves until the context ends, then lets what is under way finish. It returns nil after a clean stop.
func (n *Node) Run(ctx context.Context) error {
	if n.listen == nil {
		var err error
		if n.listen, err = net.Listen("tcp", n.Config.Listen.Public); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	if n.stills != nil && n.gallery == nil {
		var err error
		if n.gallery, err = net.Listen("tcp", n.Config.Media.Listen); err != nil {
			return fmt.Errorf("listen for media: %w", err)
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	failed := make(chan error, 8)
	start := func(run func() error) {
		running.Go(func() {
			if err := run(); err != nil {
				failed <- err
			}
		})
	}
	start(func() error { return n.Flow.Work(ctx) })
	start(func() error { return n.Flow.Follow(ctx) })
	start(func() error { return n.Flow.Retrospect(ctx) })
	start(func() error { return n.Flow.KeepHits(ctx) })
	start(func() error { return n.Flow.Alert(ctx) })
	start(func() error { return n.Flow.Clockwork(ctx) })
	start(func() error { return n.endSessions(ctx) })
	start(func() error { return n.watchServiceKeys(ctx) })
	start(func() error { return n.fetchSources(ctx) })
	start(func() error { return serve(n.public, n.listen) })
	if n.stills != nil {
		start(func() error { return serve(n.stills, n.gallery) })
	}
	if n.private != nil {
		listener, err := net.Listen("tcp", n.Config.Listen.Metrics)
		if err != nil {
			return fmt.Errorf("listen for metrics: %w", err)
		}
		start(func() error { return serve(n.private, listener) })
	}
	n.log.Info("serving", "party", n.Config.Party)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), gracePeriod)
	defer cancel()
	err = errors.Join(err, n.public.Shutdown(grace))
	for _, s := range []*http.Server{n.stills, n.private} {
		if s != nil {
			err = errors.Join(err, s.Shutdown(grace))
		}
	}
	stop()
	running.Wait()
	n.log.Info("stopped", "party", n.Config.Party)
	return err
}

// endSessions removes expired sign-ins now and then; one that expired is refused in any case.
func (n *Node) endSessions(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	sessions := n.store.Sessions(n.clock)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := sessions.Prune(ctx); err != nil && ctx.Err() == nil {
			n.log.Error("expired sessions not removed", "code", tocsin.CodeOf(err))
		}
	}
}

func serve(s *http.Server, l net.Listener) error {
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// Close releases the store. It is called once, after Run.
func (n *Node) Close() error {
	if n.out != nil {
		n.out.Close()
	}
	if n.fetching != nil {
		n.fetching.Close()
	}
	var errs []error
	if n.viewer != nil {
		n.viewer.fetch.Close()
	}
	if n.media != nil {
		n.media.close()
	}
	if n.matcher != nil {
		errs = append(errs, n.matcher.Close())
	}
	if n.store != nil {
		errs = append(errs, n.store.Close())
	}
	return errors.Join(errs...)
}

// PublicURL is the base address under which others reach this node.
func (n *Node) PublicURL() *url.URL {
	u, err := url.Parse(n.Config.PublicURL)
	if err != nil { // validated when the configuration was loaded
		return &url.URL{}
	}
	return u
}
