// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package config

// Field documents one key for the example file, the reference page and the flags. The order of the table is
// the order in which a person reads the file.
type Field struct {
	// Key is the dotted name, as in the file's nesting: "listen.public".
	Key string
	// Doc says what the key does and which values it takes.
	Doc string
	// Danger says what goes wrong with a careless value; empty where nothing much does.
	Danger string
	// Default is the value without any setting, as YAML.
	Default string
}

// Env is the environment variable that sets the field.
func (f Field) Env() string { return envName(f.Key) }

// sections says what each group of keys is about.
var sections = map[string]string{
	"listen":              "Where the node accepts connections.",
	"sign_in":             "How people may sign in besides passkeys, which officers, reviewers and most others must have.",
	"database":            "Where journal and state are kept. With neither key set: SQLite in data_dir.",
	"directory":           "Whose word this node takes for who the other parties are.",
	"platform":            "The platform behind a host's node. Leave empty on a node of any other role.",
	"automatic_execution": "Whether an authenticated order may restrict an item before a person has seen it.",
	"duty":                "When an order that nobody has taken up calls the person on duty again.",
	"matching":            "Banks of signals, and screening content against them.",
	"lexicon":             "Entries of lexicons, shared with other parties.",
	"desk":                "How people decide cases.",
	"media":               "Whether and where the people who decide see what an item shows.",
	"standing_decisions":  "Whether a decision of the host's own may restrict identical copies that appear later.",
	"wellness":            "The least that everybody has when media are shown. People may choose more for themselves.",
	"compat":              "Interfaces of other programs, served beside the node's own.",
	"notify":              "How people are called about what waits for them. Secrets are named by file.",
	"log":                 "The node's own log lines. They never hold addresses, text or secrets.",
}

// Fields lists every key in reading order.
func Fields() []Field {
	list := make([]Field, len(table))
	for i, f := range table {
		f.Default = renderDefault(f.Key)
		list[i] = f
	}
	return list
}

var table = []Field{
	{
		Key: "party",
		Doc: "Id of the party this node speaks for, as it stands in the directory: 1 to 64 of a to z, " +
			"0 to 9 and inner hyphens. Required.",
	},
	{
		Key: "public_url",
		Doc: "The one address under which people and peers reach this node: scheme and host name, no " +
			"path. Must be https unless the host is loopback. Required.",
		Danger: "Passkeys are bound to this host name: change it and every enrolled passkey is lost. " +
			"Signatures of peers cover it too, so it must be what they see, not what a proxy sees.",
	},
	{
		Key: "data_dir",
		Doc: "Folder of the database.",
		Danger: "One node a folder. A restored older copy refuses to start until a new log shard is " +
			"opened.",
	},
	{
		Key: "key_dir",
		Doc: "Folder of the party's private keys and of the keys that seal records. Must not lie " +
			"inside data_dir, nor data_dir inside it.",
		Danger: "Back it up apart from data_dir. Whoever holds both folders can read every record; " +
			"whoever loses this one can read none.",
	},
	{
		Key: "demonstration",
		Doc: "Accept software passkeys that say they are for demonstration. Only with a loopback " +
			"public_url and listener.",
		Danger: "Such a credential proves nothing about a person. A node that accepts it must never meet " +
			"a real one.",
	},
	{
		Key: "delivery_alarm_after",
		Doc: "How long a sent document may stay without a receipt before the node raises an alarm; " +
			"from 1m to 1h. An alarm is not a receipt: no legal clock depends on it.",
	},
	{
		Key: "listen.public",
		Doc: "Address, host:port, of the peer inbox, the log, the well-known document and the console. " +
			"Plain HTTP: put a proxy that ends TLS in front of it.",
		Danger: "On any other address than loopback, whoever can reach the port bypasses the proxy.",
	},
	{
		Key:    "listen.metrics",
		Doc:    "Address, host:port, of /metrics. Empty: no metrics are served.",
		Danger: "It asks nobody who they are. Keep it on loopback or on a network of your own.",
	},
	{
		Key: "listen.trusted_proxies",
		Doc: "Addresses or networks (CIDR) of the proxies in front of this node. Attempts to sign in, and notices of " +
			"the public, are counted for the rightmost address of X-Forwarded-For that none of them has. Without " +
			"any, everybody behind a proxy shares one count.",
		Danger: "Whoever can speak to the node from such an address chooses under which address its attempts count.",
	},
	{
		Key: "sign_in.password",
		Doc: "Whether people may choose a password with a code from an app, where moderating, giving notice and keeping " +
			"signals is all they do. Everybody else needs a passkey. What was chosen before no longer signs in once " +
			"this is off.",
		Danger: "A password and a code can be typed into a page that only looks like this one; a passkey cannot.",
	},
	{
		Key: "sign_in.provider_issuer",
		Doc: "Issuer of an OpenID Connect provider at which the same people may sign in instead; empty: none. Nobody " +
			"comes in by it who was not invited here. Register PUBLIC_URL/sign-in/provider/back as redirect address.",
		Danger: "Whoever runs the provider can sign in as anybody who chose it.",
	},
	{
		Key: "sign_in.provider_client",
		Doc: "Name (client_id) of this node at the provider.",
	},
	{
		Key: "sign_in.provider_secret_file",
		Doc: "File with the secret of this node at the provider.",
	},
	{
		Key: "sign_in.provider_name",
		Doc: "What people call the provider; empty: its host name.",
	},
	{
		Key: "sign_in.provider_acr",
		Doc: "Authentication context classes (acr), of which the provider must tell one; empty: any. They are asked for.",
	},
	{
		Key: "sign_in.provider_amr",
		Doc: "Authentication methods (amr), all of which the provider must tell, such as mfa; empty: any.",
	},
	{
		Key: "database.url",
		Doc: "PostgreSQL 15 or newer, as postgres://…; empty: SQLite. Several processes of one node " +
			"may share a PostgreSQL database, never a SQLite file.",
		Danger: "A password in this file is a password in every copy of it: use url_file.",
	},
	{
		Key: "database.url_file",
		Doc: "File that holds the address instead, for a mounted secret or a systemd credential.",
	},
	{
		Key: "directory.threshold",
		Doc: "k: how many of the publishers below must have signed a directory before this node " +
			"believes it.",
		Danger: "With 1, a single stolen publisher key can introduce a false authority.",
	},
	{
		Key: "directory.publishers",
		Doc: "Fingerprints of the publishers' keys: the SHA-256 of the public key in lower-case " +
			"hexadecimal, as printed by the publisher and compared aloud in a ceremony.",
		Danger: "A fingerprint copied from the message that brought the directory proves nothing.",
	},
	{
		Key:    "platform.callback",
		Doc:    "Where the node announces restrictions and reinstatements to the platform.",
		Danger: "Plain http is accepted only towards loopback, private addresses and names without a dot.",
	},
	{
		Key:    "platform.resolve",
		Doc:    "Where the platform answers what an address names: one item, a collection, or nothing.",
		Danger: "Without a true answer the gate against orders for whole sites cannot work.",
	},
	{
		Key: "platform.secret_file",
		Doc: "File with the secret (whsec_…) that signs the calls to the platform, in the Standard " +
			"Webhooks way.",
		Danger: "Whoever reads it can take down and put back any item on the platform.",
	},
	{
		Key: "automatic_execution.enabled",
		Doc: "Restrict at once on an authenticated order that passed the plausibility gate, from a " +
			"known issuer at its normal volume, in the territory of the Union only. A person must " +
			"ratify it in time.",
		Danger: "The platform acts before anybody has looked. Every such act is counted and published.",
	},
	{
		Key: "automatic_execution.max_per_hour_per_issuer",
		Doc: "Above this many orders of one issuer within an hour, the next ones wait for a person; " +
			"from 1 to 1000.",
	},
	{
		Key: "automatic_execution.trusted_from",
		Doc: "How many orders of an issuer a person here must have decided before its next ones may " +
			"run automatically; from 0 to 100. 0 trusts every authority of the directory at once.",
		Danger: "With 0, the first order of an authority nobody here has ever dealt with restricts at " +
			"once.",
	},
	{
		Key: "automatic_execution.ratify_within",
		Doc: "How long an automatic restriction may stand before a person must have ratified it; from " +
			"15m to 24h.",
	},
	{
		Key: "desk.undo_window",
		Doc: "How long a decision can be taken back by whoever took it, for everything it covered; from 1m to " +
			"24h. It takes effect at once all the same.",
	},
	{
		Key: "desk.review_share",
		Doc: "How many of a hundred decisions are put before a second person who is not told the decision; from 0 to " +
			"100. It changes nothing of what was decided: where the two differ, seniors are called. How often they do " +
			"is shown by group, and no figure of a person is made. Needs two people who decide cases.",
	},
	{
		Key: "desk.terms_file",
		Doc: "YAML file with the sections of your own terms, shown beside a decision: a list sections, each with its " +
			"key, as people quote it, and its text by language (en, fr, …). Read at start. Empty: none are shown.",
	},
	{
		Key: "media.listen",
		Doc: "Address, host:port, on which stills of media are served to browsers, and nothing else is. Plain HTTP: " +
			"put a proxy that ends TLS in front of it. Empty: no media are shown, and none are fetched. Needs a platform.",
		Danger: "On any other address than loopback, whoever can reach the port bypasses the proxy.",
	},
	{
		Key: "media.public_url",
		Doc: "The address under which browsers reach media.listen: scheme and host name, no path. It must be another " +
			"host name than public_url; on loopback another port is enough. Must be https unless the host is loopback.",
		Danger: "Nothing else may live on that host name: it serves what strangers made, if made anew.",
	},
	{
		Key: "media.origins",
		Doc: "Further origins, scheme://host[:port], from which files of items may be fetched although they are not " +
			"public https on the usual port. The origins of platform.callback and platform.resolve may be already.",
		Danger: "A platform that is taken over can make this node ask any address of such an origin.",
	},
	{
		Key: "standing_decisions.enabled",
		Doc: "Let a person make a decision of hers under the host's terms a standing one: what is byte-identical " +
			"(SHA-256) is restricted when it is screened again, until a date. Never from an order. Each time a " +
			"person must ratify it in time, else it is lifted; the first complaint ends it. Needs " +
			"matching.keep_hashes_for.",
		Danger: "The platform acts before anybody has looked. Every such act is counted and published.",
	},
	{
		Key: "standing_decisions.max_per_hour",
		Doc: "How many items all standing decisions together restrict within an hour; what comes beyond waits " +
			"for a person. From 1 to 1000.",
	},
	{
		Key: "standing_decisions.ratify_within",
		Doc: "How long such a restriction stands before a person must have ratified it; from 15m to 72h. Then it " +
			"is lifted and the standing decision ends.",
	},
	{
		Key:    "duty.alarms",
		Doc:    "Times after receipt, ascending, all within the hour of Article 3(3).",
		Danger: "The hour runs whether or not anybody is called.",
	},
	{
		Key: "matching.enabled",
		Doc: "Whether this node keeps banks of signals and answers screenings. It only ever proposes.",
	},
	{
		Key: "matching.flood_floor",
		Doc: "Hits of one signal within an hour below which nothing is a flood; 0 switches quarantine off. At " +
			"most 1000000.",
		Danger: "Without quarantine, a signal of something harmless that is everywhere fills the queue of the " +
			"person on duty.",
	},
	{
		Key: "matching.flood_factor",
		Doc: "How many times its average hour a signal must hit to be put in quarantine, from 2 to 1000.",
	},
	{
		Key: "matching.keep_hashes_for",
		Doc: "How long hashes of what was screened are kept, so that a later signal finds it and opens a case; " +
			"0s keeps none, at most 8760h. Only hashes of pictures and files are kept, with the platform's own " +
			"opaque reference, and only where the platform gives one.",
		Danger: "Whoever reads the database learns which of its items have the same content. Keep them no longer " +
			"than you need.",
	},
	{
		Key: "matching.lexicons",
		Doc: "Files of entries that screened texts are read for, disguised or not; none are unless they are named. " +
			"Make sure of each with 'tocsin lexicon lint'. They are read when the node starts. An entry is read for " +
			"while the directory bears out that an authority and a party of civil society or academia signed it.",
		Danger: "A lexicon decides what people are asked to look at. Take one only from parties that you know, and " +
			"keep it from those who would evade it.",
	},
	{
		Key: "lexicon.exchange",
		Doc: "Whether entries of lexicons are proposed to other parties, approved and retracted here, and those that others " +
			"send are taken. Nothing that arrives is read for before a senior moderator or legal here says so.",
	},
	{
		Key: "wellness.blur",
		Doc: "How strongly media are blurred at the least until a person asks to see them clearly: 0 (not) to 3. " +
			"Without any setting people start at 3 and may choose less.",
	},
	{
		Key: "wellness.grey",
		Doc: "Whether media are without colour for everybody. Neither blurring nor greyscale was measured to " +
			"protect; people ask for both all the same.",
	},
	{
		Key: "wellness.mute",
		Doc: "Whether media are without sound for everybody. Nothing plays by itself in any case.",
	},
	{
		Key: "wellness.break_after",
		Doc: "After how long at work everybody is reminded of a break, at the latest; 0s leaves it to each person.",
	},
	{
		Key: "wellness.views_per_day",
		Doc: "How many media a person opens in a day before cases go to others, at the most; 0 leaves it to each " +
			"person.",
	},
	{
		Key: "compat.hma",
		Doc: "Whether the interface of hasher-matcher-actioner (HMA) is served below /compat/hma, for clients " +
			"with a service key. Needs matching.",
		Danger: "Such clients may send their token in the address. Keep addresses out of the logs of every proxy " +
			"in front of this node.",
	},
	{
		Key: "compat.hma_assertions",
		Doc: "For each service key that may look content up there, its name and your word that what it looks up " +
			"is public or was reported: NAME=public or NAME=reported. It is recorded in the journal.",
		Danger: "Without your word every lookup is refused. Give it for nothing that reads private messages, " +
			"closed groups or stored mail.",
	},
	{
		Key: "compat.hma_files",
		Doc: "Folder from which exchanges of the kind local_file may read lists. Empty: they read none.",
	},
	{
		Key: "notify.escalate_after",
		Doc: "How long whoever is called first about an order may take to acknowledge before the next one is " +
			"called; from 1m to 30m.",
		Danger: "The hour of an order runs meanwhile.",
	},
	{
		Key: "notify.mail_server",
		Doc: "Server that takes mail, host:port. Empty: no mail.",
	},
	{
		Key: "notify.mail_security",
		Doc: "tls (from the first byte), starttls, or none, which is for a server on this machine only.",
	},
	{
		Key: "notify.mail_from",
		Doc: "Sender of the mails.",
	},
	{
		Key: "notify.mail_login",
		Doc: "Name under which the node signs in at the server. Empty: it does not.",
	},
	{
		Key: "notify.mail_password_file",
		Doc: "File with the password for it.",
	},
	{
		Key:    "notify.webhook_address",
		Doc:    "Where signed messages are posted. Empty: none are.",
		Danger: "The receiver learns when something waits here, and for whom by pseudonym.",
	},
	{
		Key: "notify.webhook_secret_file",
		Doc: "File with the secret (whsec_…) that signs them, in the Standard Webhooks way.",
	},
	{
		Key:    "notify.ntfy_server",
		Doc:    "Address of an ntfy server: scheme and host. Empty: none.",
		Danger: "On a public server whoever guesses a topic can read it.",
	},
	{
		Key: "notify.ntfy_token_file",
		Doc: "File with the access token, where the server wants one.",
	},
	{
		Key: "notify.matrix_server",
		Doc: "Address of a Matrix homeserver: scheme and host. Empty: none.",
	},
	{
		Key: "notify.matrix_token_file",
		Doc: "File with the access token under which the node speaks there.",
	},
	{
		Key: "notify.slack_server",
		Doc: "Where Slack takes incoming webhooks, usually https://hooks.slack.com. Empty: nowhere. Each person " +
			"gives the rest of the address herself.",
	},
	{
		Key: "notify.mattermost_server",
		Doc: "Address of a Mattermost server: scheme and host. Empty: none. Each person gives the end of an " +
			"incoming webhook herself.",
	},
	{
		Key: "log.format",
		Doc: "text or json.",
	},
	{
		Key: "log.level",
		Doc: "debug, info, warn or error.",
	},
}
