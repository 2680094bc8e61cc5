# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The PyPI package http-message-signatures as a peer.

Reads an array of cases on standard input, signs or verifies each, writes the results. Run by the
TestInterop tests of internal/peer/hopsig.
"""

import base64
import datetime
import hashlib
import importlib.metadata
import json
import platform
import re
import sys
from types import SimpleNamespace

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, algorithms
from http_message_signatures.resolvers import MappingKeyResolver

REQUEST = ("@method", "@target-uri", "content-digest")
RESPONSE = ("@status", "content-digest")


def binding(request):
    """A response is bound to its request by a nonce made from the request's signature."""
    signature = re.search("sig1=:([^:]+):", request["headers"]["Signature"]).group(1)
    digest = hashlib.sha256(base64.b64decode(signature)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def message(case):
    """The object the library works on."""
    headers = dict(case.get("headers") or {})
    if case.get("status"):
        return SimpleNamespace(status_code=case["status"], headers=headers, request=None)
    return SimpleNamespace(method=case["method"], url=case["url"], headers=headers)


def sign(case):
    """Sign a request, or a response bound to its request."""
    key = load_pem_private_key(case["privateKey"].encode(), None)
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={case["keyId"]: key}),
    )
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = message(case)
    signer.sign(
        signed,
        key_id=case["keyId"],
        created=now,
        expires=now + datetime.timedelta(minutes=5),
        nonce=binding(case["request"]) if case.get("status") else case["nonce"],
        label="sig1",
        covered_component_ids=RESPONSE if case.get("status") else REQUEST,
        body=base64.b64decode(case["body"]),
    )
    return {"ok": True, "headers": signed.headers}


def verify(case):
    """Verify signature, coverage, digest and, of a response, its binding."""
    key = load_pem_public_key(case["publicKey"].encode())
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={case["keyId"]: key}, private_keys={}),
    )
    results = verifier.verify(
        message(case),
        max_age=datetime.timedelta(minutes=5),
        require_components=RESPONSE if case.get("status") else REQUEST,
        body=base64.b64decode(case["body"]),
    )
    bound = not case.get("status") or results[0].nonce == binding(case["request"])
    return {"ok": len(results) == 1 and results[0].label == "sig1" and bound}


def main():
    """Work through the cases."""
    results = []
    for case in json.load(sys.stdin):
        try:
            results.append(sign(case) if case["op"] == "sign" else verify(case))
        except Exception as error:  # whatever a peer raises is its answer
            results.append({"ok": False, "error": f"{type(error).__name__}: {error}"})
    version = importlib.metadata.version("http-message-signatures")
    peer = f"PyPI http-message-signatures {version} on Python {platform.python_version()}"
    json.dump({"peer": peer, "results": results}, sys.stdout)


main()
