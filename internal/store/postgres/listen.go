// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package postgres

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// pollWhileDeaf is how often everybody is woken on suspicion while nothing can be heard.
	pollWhileDeaf = 250 * time.Millisecond
	// quiet is how long nothing may be heard before the connection is tested.
	quiet          = 20 * time.Second
	connectTimeout = 5 * time.Second
)

// listener keeps one connection that hears of other processes' commits.
type listener struct {
	config *pgx.ConnConfig
	wake   func()
	log    *slog.Logger
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func listen(config *pgx.ConnConfig, wake func(), log *slog.Logger) *listener {
	ctx, cancel := context.WithCancel(context.Background())
	l := &listener{config: config, wake: wake, log: log, cancel: cancel}
	l.done.Go(func() { l.run(ctx) })
	return l
}

func (l *listener) stop() {
	l.cancel()
	l.done.Wait()
}

// run listens, and wakes on suspicion until it can listen again.
func (l *listener) run(ctx context.Context) {
	for {
		deaf, stopPolling := context.WithCancel(ctx)
		var polling sync.WaitGroup
		polling.Go(func() { l.poll(deaf) })
		conn, err := l.connect(ctx)
		stopPolling()
		polling.Wait()
		if err == nil {
			err = l.hear(ctx, conn)
		}
		if ctx.Err() != nil {
			return
		}
		l.log.WarnContext(ctx, "database listener interrupted; polling until it is back", "error", cause(err))
	}
}

func (l *listener) poll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pollWhileDeaf):
			l.wake()
		}
	}
}

// connect tries until it listens.
func (l *listener) connect(ctx context.Context) (*pgx.Conn, error) {
	for {
		conn, err := l.tryConnect(ctx)
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pollWhileDeaf):
		}
	}
}

func (l *listener) tryConnect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		_ = conn.Close(ctx) // it failed already
		return nil, err
	}
	return conn, nil
}

// hear passes on what it hears until the connection fails, and tests it when it hears nothing.
func (l *listener) hear(ctx context.Context, conn *pgx.Conn) error {
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ending) // it is of no use any more
	}()
	for {
		l.wake() // at first for what was missed
		waiting, cancel := context.WithTimeout(ctx, quiet)
		_, err := conn.WaitForNotification(waiting)
		silent := waiting.Err() != nil && ctx.Err() == nil
		cancel()
		if silent && !conn.IsClosed() {
			test, cancel := context.WithTimeout(ctx, connectTimeout)
			err = conn.Ping(test)
			cancel()
		}
		if err != nil {
			return err
		}
	}
}
