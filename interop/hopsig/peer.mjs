// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// The npm package http-message-signatures as a peer: reads an array of cases on standard input, signs
// or verifies each, writes the results. Run by the TestInterop tests of internal/peer/hopsig.

import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.TOCSIN_INTEROP, 'peer.js'));
const { createSigner, createVerifier, httpbis } = require('http-message-signatures');

const requestFields = ['@method', '@target-uri', 'content-digest'];
const responseFields = ['@status', 'content-digest'];

const digest = (body) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

// A response is bound to its request by a nonce made from the request's signature.
const binding = (request) => {
  const signature = /sig1=:([^:]+):/.exec(request.headers.Signature)[1];
  return createHash('sha256').update(Buffer.from(signature, 'base64')).digest('base64url');
};

// A URL object: the library takes a string as it is, a peer knows its own address in normal form.
const message = (c) => (c.status
  ? { status: c.status, headers: c.headers }
  : { method: c.method, url: new URL(c.url), headers: c.headers });

async function sign(c) {
  const body = Buffer.from(c.body, 'base64');
  const signed = await httpbis.signMessage({
    name: 'sig1',
    key: createSigner(createPrivateKey(c.privateKey), 'ed25519', c.keyId),
    fields: c.status ? responseFields : requestFields,
    params: ['created', 'expires', 'keyid', 'nonce', 'alg'],
    paramValues: { nonce: c.status ? binding(c.request) : c.nonce },
  }, message({ ...c, headers: { 'Content-Digest': digest(body) } }));
  return { ok: true, headers: signed.headers };
}

async function verify(c) {
  const verified = await httpbis.verifyMessage({
    requiredFields: c.status ? responseFields : requestFields,
    requiredParams: ['created', 'expires', 'keyid', 'nonce', 'alg'],
    tolerance: 5,
    all: true,
    keyLookup: async ({ keyid }) => (keyid === c.keyId
      ? { id: keyid, algs: ['ed25519'], verify: createVerifier(createPublicKey(c.publicKey), 'ed25519') }
      : null),
  }, message(c));
  const sameBody = c.headers['Content-Digest'] === digest(Buffer.from(c.body, 'base64'));
  const bound = !c.status || c.headers['Signature-Input'].includes(`;nonce="${binding(c.request)}"`);
  return { ok: verified === true && sameBody && bound };
}

const results = [];
for (const c of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    results.push(await (c.op === 'sign' ? sign(c) : verify(c)));
  } catch (error) {
    results.push({ ok: false, error: String(error) });
  }
}
const version = require('http-message-signatures/package.json').version;
process.stdout.write(JSON.stringify({
  peer: `npm http-message-signatures ${version} on Node ${process.version}`, results,
}));
