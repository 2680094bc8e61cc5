// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package config is the one strict description of how a node is set up: a YAML file, then TOCSIN_… variables,
// then flags, each overriding the one before. A key it does not know is an error that names the nearest one
// it does, because a misspelt safeguard must not silently stay off.
//
// It must never hold a secret in the file that it documents (secrets are named by path and read on demand),
// put a configured value into an error, or be read from anywhere but internal/node and cmd: values are
// handed down.
//
// Start reading at Config, then fields.go for what each key means, then Load.
package config

import (
	"strings"
	"time"
)

// Config is everything an operator decides about one node. One node is one party.
type Config struct {
	Party              string             `koanf:"party"`
	PublicURL          string             `koanf:"public_url"`
	DataDir            string             `koanf:"data_dir"`
	KeyDir             string             `koanf:"key_dir"`
	Demonstration      bool               `koanf:"demonstration"`
	DeliveryAlarmAfter time.Duration      `koanf:"delivery_alarm_after"`
	Listen             Listen             `koanf:"listen"`
	SignIn             SignIn             `koanf:"sign_in"`
	Database           Database           `koanf:"database"`
	Directory          Directory          `koanf:"directory"`
	Platform           Platform           `koanf:"platform"`
	AutomaticExecution AutomaticExecution `koanf:"automatic_execution"`
	Duty               Duty               `koanf:"duty"`
	Matching           Matching           `koanf:"matching"`
	Lexicon            Lexicon            `koanf:"lexicon"`
	Desk               Desk               `koanf:"desk"`
	Media              Media              `koanf:"media"`
	StandingDecisions  StandingDecisions  `koanf:"standing_decisions"`
	Wellness           Wellness           `koanf:"wellness"`
	Compat             Compat             `koanf:"compat"`
	Notify             Notify             `koanf:"notify"`
	Log                Log                `koanf:"log"`
}

// Listen holds the addresses, host:port, on which the node accepts connections.
type Listen struct {
	// Public carries everything that has the node's one host name: peer inbox, log, well-known document,
	// console.
	Public string `koanf:"public"`
	// Metrics carries /metrics; empty means no such listener.
	Metrics string `koanf:"metrics"`
	// TrustedProxies are addresses or networks whose word counts for who asks through them.
	TrustedProxies []string `koanf:"trusted_proxies"`
}

// Database says where journal and state live. Neither field set means SQLite in the data folder.
type Database struct {
	URL     string `koanf:"url"`
	URLFile string `koanf:"url_file"`
}

// Directory pins the publishers whose signatures make a directory of parties believable.
type Directory struct {
	// Threshold is k: how many distinct publishers must have signed a directory.
	Threshold int `koanf:"threshold"`
	// Publishers are the fingerprints of the publishers' keys as read out in the ceremony.
	Publishers []string `koanf:"publishers"`
}

// Platform is the hosting platform behind a host's node. It is empty on every other node.
type Platform struct {
	Callback   string `koanf:"callback"`
	Resolve    string `koanf:"resolve"`
	SecretFile string `koanf:"secret_file"`
}

// Configured reports whether this node has a platform to act on.
func (p Platform) Configured() bool { return p != Platform{} }

// AutomaticExecution is the host's choice to let an authenticated order restrict an item before a person
// has seen it.
type AutomaticExecution struct {
	Enabled             bool          `koanf:"enabled"`
	MaxPerHourPerIssuer int           `koanf:"max_per_hour_per_issuer"`
	TrustedFrom         int           `koanf:"trusted_from"`
	RatifyWithin        time.Duration `koanf:"ratify_within"`
}

// Duty says when an order that nobody has taken up calls the person on duty again.
type Duty struct {
	// Alarms are counted from the receipt of the order, in ascending order.
	Alarms []time.Duration `koanf:"alarms"`
}

// Matching is what this node does with banks of signals.
type Matching struct {
	Enabled bool `koanf:"enabled"`
	// FloodFloor and FloodFactor say when a signal hits so often that a person looks at it before it proposes
	// again: that many hits within an hour, and that many times its own average.
	FloodFloor  int `koanf:"flood_floor"`
	FloodFactor int `koanf:"flood_factor"`
	// KeepHashesFor lets a later signal find what was screened before; 0 keeps nothing.
	KeepHashesFor time.Duration `koanf:"keep_hashes_for"`
	// Lexicons are files of entries that texts are read for; none are unless they are named.
	Lexicons []string `koanf:"lexicons"`
}

// Lexicon is what this node does with entries of lexicons beside reading for those in its own files.
type Lexicon struct {
	// Exchange takes entries from other parties and lets people here approve, send and adopt them.
	Exchange bool `koanf:"exchange"`
}

// Desk is how people decide cases.
type Desk struct {
	// UndoWindow is how long a decision can be taken back by whoever took it.
	UndoWindow time.Duration `koanf:"undo_window"`
	// ReviewShare is how many of a hundred decisions a second person reviews without being told the decision.
	ReviewShare int `koanf:"review_share"`
	// TermsFile holds the host's own terms, shown beside a decision; see [Desk.Terms].
	TermsFile string `koanf:"terms_file"`
}

// Media is where people see what an item shows: an origin of its own, on which nothing else lives.
type Media struct {
	// Listen is host:port; empty shows no media.
	Listen string `koanf:"listen"`
	// PublicURL is the address under which a browser reaches it.
	PublicURL string `koanf:"public_url"`
	// Origins are further origins, beside those of the platform's endpoints, from which files may be fetched
	// although they are not public https.
	Origins []string `koanf:"origins"`
}

// Shown reports whether this node shows media.
func (m Media) Shown() bool { return m.Listen != "" }

// StandingDecisions is the host's choice to let a decision of its own restrict byte-identical copies that appear
// later, before a person has seen them.
type StandingDecisions struct {
	Enabled      bool          `koanf:"enabled"`
	MaxPerHour   int           `koanf:"max_per_hour"`
	RatifyWithin time.Duration `koanf:"ratify_within"`
}

// Wellness is the least that everybody who works here has when media are shown. People may choose more for
// themselves; no setting takes from them what they chose.
type Wellness struct {
	// Blur is 0 to 3.
	Blur       int           `koanf:"blur"`
	Grey       bool          `koanf:"grey"`
	Mute       bool          `koanf:"mute"`
	BreakAfter time.Duration `koanf:"break_after"`
	// ViewsPerDay is how many media a person opens in a day before cases go to others; 0 for no end.
	ViewsPerDay int `koanf:"views_per_day"`
}

// Compat are interfaces of other programs that this node serves beside its own.
type Compat struct {
	// HMA is that of hasher-matcher-actioner.
	HMA bool `koanf:"hma"`
	// HMAAssertions are "NAME=public" or "NAME=reported", by the name of a service key.
	HMAAssertions []string `koanf:"hma_assertions"`
	// HMAFiles is the folder from which exchanges of the kind local_file may read.
	HMAFiles string `koanf:"hma_files"`
}

// Asserted gives the assertions by the name of the service key.
func (c Compat) Asserted() map[string]string {
	all := map[string]string{}
	for _, entry := range c.HMAAssertions {
		name, word, _ := strings.Cut(entry, "=")
		all[name] = word
	}
	return all
}

// Log says how the node writes its own log lines. It is not the transparency log.
type Log struct {
	Format string `koanf:"format"`
	Level  string `koanf:"level"`
}

// Default is the configuration before any file, variable or flag. It lacks only what no default can know:
// the party's id and its public address.
func Default() Config {
	return Config{
		DataDir:            "tocsin-data",
		KeyDir:             "tocsin-keys",
		DeliveryAlarmAfter: 10 * time.Minute,
		Listen:             Listen{Public: "127.0.0.1:8420", TrustedProxies: []string{}},
		SignIn:             SignIn{Password: true, ProviderACR: []string{}, ProviderAMR: []string{}},
		Directory:          Directory{Threshold: 1, Publishers: []string{}},
		AutomaticExecution: AutomaticExecution{MaxPerHourPerIssuer: 5, TrustedFrom: 1, RatifyWithin: 4 * time.Hour},
		Duty:               Duty{Alarms: []time.Duration{10 * time.Minute, 30 * time.Minute, 45 * time.Minute}},
		Matching:           Matching{Enabled: true, FloodFloor: 500, FloodFactor: 10, Lexicons: []string{}},
		Desk:               Desk{UndoWindow: 15 * time.Minute},
		StandingDecisions:  StandingDecisions{MaxPerHour: 20, RatifyWithin: 24 * time.Hour},
		Media:              Media{Origins: []string{}},
		Compat:             Compat{HMAAssertions: []string{}},
		Notify:             Notify{EscalateAfter: 5 * time.Minute, MailSecurity: "starttls"},
		Log:                Log{Format: "text", Level: "info"},
	}
}
