# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""Times the PyPI package pdqhash, so that ours and the reference can take turns.

The first line of standard input names width and height; then follow the RGB pixels. For every further line it
hashes once and answers with two numbers of nanoseconds: the whole call, and what of it the wrapper spends in
Python and numpy before and after the reference's C++. Run by the benchmarks of match/pdq.
"""

import sys
import time

import numpy
import pdqhash


def wrapping(picture):
    """What the wrapper does around the C++: luma in numpy, and 256 bits one by one."""
    luma = (picture[:, :, 0] * 0.299 + picture[:, :, 1] * 0.587 + picture[:, :, 2] * 0.114).astype("float32")
    words = numpy.zeros_like(luma)[0, :1].astype(int).tolist() * 16
    return numpy.array([(words[(k & 255) >> 4] >> (k & 15)) & 1 for k in range(256)])[::-1]


def elapsed(work, picture):
    """Nanoseconds of one call."""
    start = time.perf_counter_ns()
    work(picture)
    return time.perf_counter_ns() - start


def main():
    """Answer line by line."""
    source = sys.stdin.buffer
    width, height = map(int, source.readline().split())
    pixels = numpy.frombuffer(source.read(width * height * 3), dtype=numpy.uint8)
    picture = pixels.reshape(height, width, 3)
    while source.readline():
        print(elapsed(pdqhash.compute, picture), elapsed(wrapping, picture), flush=True)


main()
