// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"tocsin"
)

// findPostgres starts a server of its own, or takes that of TOCSIN_TEST_POSTGRES if it keeps its word, or
// does without.
func (b *bench) findPostgres(ctx context.Context) (stop func(), err error) {
	stop = func() {}
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(found) > 0 {
		if stop, err = b.startPostgres(ctx, filepath.Dir(slices.Max(found))); err != nil {
			return nil, err
		}
	} else {
		b.postgres = os.Getenv("TOCSIN_TEST_POSTGRES")
	}
	if b.postgres == "" {
		fmt.Fprintln(os.Stderr, "POSTGRESQL NOT MEASURED: none is installed and TOCSIN_TEST_POSTGRES is not set")
		return stop, nil
	}
	conn, err := pgx.Connect(ctx, b.postgres)
	if err != nil {
		return stop, err
	}
	defer conn.Close(ctx)
	var durable string
	if err := conn.QueryRow(ctx, "SHOW fsync").Scan(&durable); err != nil {
		return stop, err
	}
	if durable != "on" {
		fmt.Fprintln(os.Stderr, "POSTGRESQL NOT MEASURED: the server of TOCSIN_TEST_POSTGRES runs without fsync")
		b.postgres = ""
	}
	return stop, nil
}

// startPostgres runs a cluster with the settings a server has by default: every commit is on disk. The server
// ends with this process, however that ends.
func (b *bench) startPostgres(ctx context.Context, bin string) (stop func(), err error) {
	data := filepath.Join(b.dir, "postgres")
	if err := os.Mkdir(data, 0o700); err != nil {
		return nil, err
	}
	owner, err := b.serverOwner(data)
	if err != nil {
		return nil, err
	}
	as := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(filepath.Join(bin, name), args...)
		c.Dir, c.SysProcAttr = data, &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}
		return c
	}
	create := as("initdb", "-D", data, "-U", "tocsin", "-A", "trust", "-E", "UTF8", "--no-locale")
	if out, err := create.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	server := as("postgres", "-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", "",
		"-c", "max_connections=200")
	if err := server.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = server.Process.Signal(syscall.SIGQUIT) // its files are thrown away
		_ = server.Wait()
	}
	b.postgres = fmt.Sprintf("postgres://tocsin@127.0.0.1:%d/postgres?sslmode=disable", port)
	if err := waitForServer(ctx, b.postgres); err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

// serverOwner is who runs the server, which refuses to run as root; nil for whoever runs this.
func (b *bench) serverOwner(data string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(owner.Gid)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(b.dir, 0o711); err != nil { // its owner passes through
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(data, uid, gid)
}

func waitForServer(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freePort() (int, error) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listen.Addr().(*net.TCPAddr).Port, listen.Close()
}

// newDatabase makes an empty database and gives its address. Databases go with the cluster, or with whoever
// set TOCSIN_TEST_POSTGRES.
func (b *bench) newDatabase() (string, error) {
	ctx, name := context.Background(), tocsin.NewToken("bench")
	conn, err := pgx.Connect(ctx, b.postgres)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return "", err
	}
	own, err := url.Parse(b.postgres)
	if err != nil {
		return "", err
	}
	own.Path = "/" + name
	return own.String(), nil
}
