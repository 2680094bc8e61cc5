# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The PyPI package standardwebhooks as a peer.

Reads an array of cases on standard input, signs or verifies each, writes the results. Run by the
TestInterop tests of internal/webhook.
"""

import datetime
import importlib.metadata
import json
import platform
import sys

from standardwebhooks import Webhook


def sign(case):
    """Sign with every secret, as a sender does while it replaces one."""
    at = datetime.datetime.fromtimestamp(case["seconds"], tz=datetime.timezone.utc)
    signatures = [Webhook(s).sign(case["id"], at, case["body"]) for s in case["secrets"]]
    return {
        "ok": True,
        "headers": {
            "webhook-id": case["id"],
            "webhook-timestamp": str(case["seconds"]),
            "webhook-signature": " ".join(signatures),
        },
    }


def verify(case):
    """Verify with the one secret the receiver knows."""
    event = Webhook(case["secrets"][0]).verify(case["body"], case["headers"])
    return {"ok": True, "event": event}


def main():
    """Work through the cases."""
    results = []
    for case in json.load(sys.stdin):
        try:
            results.append(sign(case) if case["op"] == "sign" else verify(case))
        except Exception as error:  # whatever a peer raises is its answer
            results.append({"ok": False, "error": f"{type(error).__name__}: {error}"})
    version = importlib.metadata.version("standardwebhooks")
    peer = f"PyPI standardwebhooks {version} on Python {platform.python_version()}"
    json.dump({"peer": peer, "results": results}, sys.stdout)


main()
