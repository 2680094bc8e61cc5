# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The vPDQ extension of the PyPI package threatexchange as a peer.

Reads pairs of signal strings on standard input; writes how it reads and writes each, and what comparing the
pair comes to. Run by the TestInterop tests of match/vpdq.

The package's own initialisation of PDQ needs FAISS, which comparing does not; it is passed over.
"""

import importlib.metadata
import json
import platform
import sys
import types

import threatexchange.signal_type as signal_type  # noqa: E402

pdq = types.ModuleType("threatexchange.signal_type.pdq")
pdq.__path__ = [signal_type.__path__[0] + "/pdq"]
sys.modules["threatexchange.signal_type.pdq"] = pdq

from threatexchange.extensions.vpdq import vpdq_brute_matcher, vpdq_util  # noqa: E402


def compare(case):
    """Both percentages, or none where nothing is left to compare; the peer would divide by zero."""
    quality = case["quality"]
    query = vpdq_util.prepare_vpdq_feature(case["query"], quality)
    stored = vpdq_util.prepare_vpdq_feature(case["stored"], quality)
    percent = None
    if query and stored:
        found = vpdq_brute_matcher.match_VPDQ_hash_brute(query, stored, quality, case["distance"])
        percent = [found.query_match_percent, found.compared_match_percent]
    read = vpdq_util.json_to_vpdq(case["query"])
    return {
        "percent": percent,
        "hashes": [f.pdq_hex for f in read],
        "qualities": [f.quality for f in read],
        "timestamps": [f.timestamp for f in read],
        "written": vpdq_util.vpdq_to_json(read),
    }


def main():
    """Work through the pairs."""
    results = [compare(case) for case in json.load(sys.stdin)]
    version = importlib.metadata.version("threatexchange")
    peer = f"PyPI threatexchange {version} on Python {platform.python_version()}"
    json.dump({"peer": peer, "results": results}, sys.stdout)


main()
