# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The PyPI package py-tlsh, made by the authors of TLSH, as a peer.

Reads texts (base64) on standard input, writes the digest of each (empty when it has none) and the distances
of every pair of neighbours among those that have one, with and without the length. Run by the TestInterop
tests of match/tlsh.
"""

import base64
import itertools
import json
import platform
import sys

import tlsh


def main():
    """Work through the texts."""
    digests = [tlsh.hash(base64.b64decode(text)) for text in json.load(sys.stdin)]
    digests = ["" if digest == "TNULL" else digest for digest in digests]
    distances = [
        [tlsh.diff(one, other), tlsh.diffxlen(one, other)]
        for one, other in itertools.pairwise(filter(None, digests))
    ]
    peer = f"PyPI py-tlsh {tlsh.__version__} on Python {platform.python_version()}"
    json.dump({"peer": peer, "digests": digests, "distances": distances}, sys.stdout)


main()
