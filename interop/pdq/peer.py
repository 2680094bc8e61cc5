# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The PyPI package pdqhash, which wraps the reference's own C++, as a peer.

Reads pictures (RGB, base64) on standard input, writes the eight hashes and the quality of each. It does not
reduce large pictures. Run by the TestInterop tests of match/pdq.
"""

import base64
import json
import platform
import sys

import numpy
import pdqhash


def digits(bits):
    """The text form of 256 bits, the first of them the highest."""
    return numpy.packbits(numpy.asarray(bits, dtype=numpy.uint8)).tobytes().hex()


def main():
    """Work through the pictures."""
    results = []
    for case in json.load(sys.stdin):
        pixels = numpy.frombuffer(base64.b64decode(case["pix"]), dtype=numpy.uint8)
        picture = pixels.reshape(case["height"], case["width"], 3)
        hash_bits, quality = pdqhash.compute(picture)
        eight, _ = pdqhash.compute_dihedral(picture)
        eight = [digits(h) for h in eight]
        results.append({"hash": digits(hash_bits), "quality": int(quality), "eight": eight})
    peer = f"PyPI pdqhash {pdqhash.__version__} on Python {platform.python_version()}"
    json.dump({"peer": peer, "results": results}, sys.stdout)


main()
