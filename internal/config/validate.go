// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tocsin"
)

// hour is the time Article 3(3) of Regulation (EU) 2021/784 gives a host.
const hour = time.Hour

// Validate checks meaning across keys and reports every problem at once, each under the name of its key.
// Messages never hold a value: an address or a password must not reach a terminal that is being recorded.
func (c Config) Validate() error {
	var p problems
	c.validateIdentity(&p)
	c.validateFolders(&p)
	c.validateListen(&p)
	c.validateDatabase(&p)
	c.Directory.validate(&p)
	c.validatePlatform(&p)
	c.validateClocks(&p)
	c.validateWellness(&p)
	c.validateMedia(&p)
	c.validateCompat(&p)
	c.Notify.validate(&p)
	c.SignIn.validate(&p)
	c.Listen.validateProxies(&p)
	p.check(slices.Contains([]string{"text", "json"}, c.Log.Format), "log.format", "must be text or json")
	p.check(slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level), "log.level",
		"must be debug, info, warn or error")
	return errors.Join(p...)
}

// problems collects what is wrong.
type problems []error

func (p *problems) check(ok bool, key, text string) {
	if !ok {
		*p = append(*p, fmt.Errorf("%s: %s", key, text))
	}
}

func (c Config) validateIdentity(p *problems) {
	p.check(tocsin.PartyID(c.Party).Valid(), "party",
		"must be the id of this node's party: 1 to 64 of a to z, 0 to 9 and inner hyphens")
	address, err := url.Parse(c.PublicURL)
	if err != nil || address.Hostname() == "" {
		p.check(false, "public_url", "must be an address such as https://node.example")
		return
	}
	loopback := loopbackName(address.Hostname())
	p.check(address.Scheme == "https" || address.Scheme == "http" && loopback, "public_url",
		"must be https; plain http is for loopback only")
	p.check(bare(address), "public_url", "must be scheme and host name only: no user, path, query or fragment")
	if c.Demonstration {
		host, _, _ := net.SplitHostPort(c.Listen.Public)
		p.check(loopback && loopbackName(host), "demonstration",
			"needs a loopback public_url and a loopback listen.public: its credentials prove nothing")
	}
}

// bare reports whether an address is scheme and host name only.
func bare(address *url.URL) bool {
	return strings.TrimSuffix(address.Path, "/") == "" && address.RawQuery == "" && !address.ForceQuery &&
		address.Fragment == "" && address.User == nil
}

// validateFolders keeps the keys out of the data folder and its backups, so that destroying a record key
// destroys the record wherever copies of the data went.
func (c Config) validateFolders(p *problems) {
	p.check(c.DataDir != "", "data_dir", "must name a folder")
	p.check(c.KeyDir != "", "key_dir", "must name a folder")
	if c.DataDir == "" || c.KeyDir == "" {
		return
	}
	data, keys := resolve(c.DataDir), resolve(c.KeyDir)
	p.check(!within(keys, data), "key_dir",
		"must not lie inside data_dir: a backup of the data would carry the keys")
	p.check(!within(data, keys) || data == keys, "data_dir",
		"must not lie inside key_dir: a backup of the keys would carry the data")
}

// resolve follows symbolic links as far as the path exists; the rest is taken as written.
func resolve(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	rest := ""
	for at := path; ; at = filepath.Dir(at) {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(real, rest)
		}
		if at == filepath.Dir(at) {
			return path
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

func within(inner, outer string) bool {
	relative, err := filepath.Rel(outer, inner)
	return err == nil && (relative == "." || filepath.IsLocal(relative))
}

func (c Config) validateListen(p *problems) {
	p.check(listenable(c.Listen.Public), "listen.public", "must be host:port, such as 127.0.0.1:8420")
	if c.Listen.Metrics == "" {
		return
	}
	p.check(listenable(c.Listen.Metrics), "listen.metrics",
		"must be host:port, such as 127.0.0.1:9420, or empty")
	p.check(c.Listen.Metrics != c.Listen.Public || strings.HasSuffix(c.Listen.Public, ":0"), "listen.metrics",
		"must differ from listen.public: figures are not for the public")
}

// listenable accepts host:port with a numeric port; port 0 (any free one) is for tests.
func listenable(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, err = netip.ParseAddrPort("127.0.0.1:" + port)
	return err == nil
}

func (c Config) validateDatabase(p *problems) {
	p.check(c.Database.URL == "" || c.Database.URLFile == "", "database.url_file",
		"excludes database.url: set one")
	p.check(c.Database.URL == "" || postgresURL(c.Database.URL), "database.url",
		"must be postgres://… or empty for SQLite in data_dir")
}

func postgresURL(text string) bool {
	address, err := url.Parse(text)
	return err == nil && (address.Scheme == "postgres" || address.Scheme == "postgresql")
}

func (d Directory) validate(p *problems) {
	p.check(d.Threshold >= 1, "directory.threshold", "must be at least 1")
	p.check(len(d.Publishers) == 0 || d.Threshold <= len(d.Publishers), "directory.threshold",
		"asks for more publishers than are listed")
	for i, fingerprint := range d.Publishers {
		p.check(tocsin.Digest(fingerprint).Valid(), "directory.publishers",
			fmt.Sprintf("entry %d is no SHA-256 in lower-case hexadecimal (64 characters)", i+1))
		p.check(!slices.Contains(d.Publishers[:i], fingerprint), "directory.publishers",
			fmt.Sprintf("entry %d is there twice: one publisher would count as two", i+1))
	}
}

func (c Config) validatePlatform(p *problems) {
	if !c.Platform.Configured() {
		p.check(!c.AutomaticExecution.Enabled, "automatic_execution.enabled", "needs a platform to act on")
		p.check(!c.StandingDecisions.Enabled, "standing_decisions.enabled", "needs a platform to act on")
		return
	}
	p.check(declaredEndpoint(c.Platform.Callback), "platform.callback", endpointRule)
	p.check(declaredEndpoint(c.Platform.Resolve), "platform.resolve", endpointRule)
	p.check(c.Platform.SecretFile != "", "platform.secret_file", "must name the file of the signing secret")
}

const endpointRule = "must be https, or http towards loopback, a private address or a name without a dot"

// declaredEndpoint accepts an address that the operator vouches for and that may be on a private network.
func declaredEndpoint(text string) bool {
	address, err := url.Parse(text)
	if err != nil || address.Hostname() == "" || address.User != nil || address.Fragment != "" {
		return false
	}
	host := address.Hostname()
	ip, _ := netip.ParseAddr(host)
	near := loopbackName(host) || ip.IsPrivate() || !strings.ContainsAny(host, ".:")
	return address.Scheme == "https" || address.Scheme == "http" && near
}

func (c Config) validateClocks(p *problems) {
	between := func(d, low, high time.Duration) bool { return low <= d && d <= high }
	p.check(between(c.DeliveryAlarmAfter, time.Minute, hour), "delivery_alarm_after",
		"must lie between 1m and 1h")
	p.check(between(c.AutomaticExecution.RatifyWithin, 15*time.Minute, 24*time.Hour),
		"automatic_execution.ratify_within", "must lie between 15m and 24h")
	most := c.AutomaticExecution.MaxPerHourPerIssuer
	p.check(1 <= most && most <= 1000, "automatic_execution.max_per_hour_per_issuer",
		"must lie between 1 and 1000")
	from := c.AutomaticExecution.TrustedFrom
	p.check(0 <= from && from <= 100, "automatic_execution.trusted_from", "must lie between 0 and 100")
	p.check(c.Desk.ReviewShare >= 0 && c.Desk.ReviewShare <= 100, "desk.review_share", "must lie between 0 and 100")
	p.check(between(c.Desk.UndoWindow, time.Minute, 24*time.Hour), "desk.undo_window", "must lie between 1m and 24h")
	s := c.StandingDecisions
	p.check(between(s.RatifyWithin, 15*time.Minute, 72*time.Hour), "standing_decisions.ratify_within",
		"must lie between 15m and 72h")
	p.check(1 <= s.MaxPerHour && s.MaxPerHour <= 1000, "standing_decisions.max_per_hour",
		"must lie between 1 and 1000")
	p.check(!s.Enabled || c.Matching.Enabled && c.Matching.KeepHashesFor > 0, "standing_decisions.enabled",
		"needs matching.keep_hashes_for: without kept hashes no copy is told")
	p.check(0 <= c.Matching.FloodFloor && c.Matching.FloodFloor <= 1_000_000, "matching.flood_floor",
		"must lie between 0 and 1000000")
	p.check(2 <= c.Matching.FloodFactor && c.Matching.FloodFactor <= 1000, "matching.flood_factor",
		"must lie between 2 and 1000")
	p.check(between(c.Matching.KeepHashesFor, 0, 365*24*time.Hour), "matching.keep_hashes_for",
		"must lie between 0s and 8760h")
	alarms := c.Duty.Alarms
	p.check(len(alarms) > 0, "duty.alarms", "must hold at least one alarm: somebody must be called")
	for i, alarm := range alarms {
		p.check(alarm > 0 && alarm < hour, "duty.alarms", "must all fall within the hour after receipt")
		p.check(i == 0 || alarms[i-1] < alarm, "duty.alarms", "must each come later than the one before")
	}
}

func (c Config) validateWellness(p *problems) {
	w := c.Wellness
	p.check(w.Blur >= 0 && w.Blur <= 3, "wellness.blur", "must be 0 to 3")
	p.check(w.BreakAfter == 0 || (w.BreakAfter >= 10*time.Minute && w.BreakAfter <= 4*time.Hour),
		"wellness.break_after", "must be 10m to 4h, or 0s")
	p.check(w.ViewsPerDay >= 0 && w.ViewsPerDay <= 10_000, "wellness.views_per_day", "must be 0 to 10000")
}

func (c Config) validateCompat(p *problems) {
	p.check(len(c.Matching.Lexicons) == 0 || c.Matching.Enabled, "matching.lexicons", "needs matching.enabled")
	p.check(!c.Compat.HMA || c.Matching.Enabled, "compat.hma", "needs matching.enabled")
	seen := map[string]bool{}
	for i, entry := range c.Compat.HMAAssertions {
		name, word, found := strings.Cut(entry, "=")
		p.check(found && name != "" && (word == "public" || word == "reported"), "compat.hma_assertions",
			fmt.Sprintf("entry %d is not NAME=public or NAME=reported", i+1))
		p.check(!seen[name], "compat.hma_assertions", fmt.Sprintf("entry %d names a key twice", i+1))
		seen[name] = true
	}
	p.check(c.Compat.HMAFiles == "" || filepath.IsAbs(c.Compat.HMAFiles), "compat.hma_files",
		"must be a whole path, or empty")
}

// loopbackName reports whether a host name or address can only mean this machine.
func loopbackName(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
