// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// The npm packages standardwebhooks and cloudevents as a peer: reads an array of cases on standard
// input, signs or verifies each, writes the results. Run by the TestInterop tests of internal/webhook.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.TOCSIN_INTEROP, 'peer.js'));
const { Webhook } = require('standardwebhooks');
const { HTTP } = require('cloudevents');

function sign(c) {
  const at = new Date(c.seconds * 1000);
  const headers = {
    'webhook-id': c.id,
    'webhook-timestamp': String(c.seconds),
    'webhook-signature': c.secrets.map((s) => new Webhook(s).sign(c.id, at, c.body)).join(' '),
  };
  return { ok: true, headers };
}

function verify(c) {
  new Webhook(c.secrets[0]).verify(c.body, c.headers);
  const event = HTTP.toEvent({ headers: c.headers, body: c.body });
  event.validate();
  const { id, type, source, time, specversion, data } = event;
  return { ok: true, event: { id, type, source, time, specversion, data } };
}

const results = JSON.parse(readFileSync(0, 'utf8')).map((c) => {
  try {
    return c.op === 'sign' ? sign(c) : verify(c);
  } catch (error) {
    return { ok: false, error: String(error) };
  }
});
// The package's exports hide its package.json, so read it from the folder.
const versionOf = (name) => JSON.parse(
  readFileSync(join(process.env.TOCSIN_INTEROP, 'node_modules', name, 'package.json'), 'utf8'),
).version;
process.stdout.write(JSON.stringify({
  peer: `npm standardwebhooks ${versionOf('standardwebhooks')}, cloudevents ${versionOf('cloudevents')}`
    + ` on Node ${process.version}`,
  results,
}));
