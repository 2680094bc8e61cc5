# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The PyPI package vpdq, the reference's own C++ linked to FFmpeg, as a peer.

Reads videos on standard input: the address of a file, or frames (RGB, base64) of which it makes a file that
loses nothing. Writes the features of each. Run by the TestInterop tests of match/vpdq.
"""

import base64
import fractions
import importlib.metadata
import json
import pathlib
import platform
import sys
import tempfile

import av
import numpy
import vpdq


def record(case, path):
    """Write frames as a film of PNG pictures, which decode to the same bytes."""
    with av.open(path, "w") as container:
        stream = container.add_stream("png", rate=fractions.Fraction(case["rate"], case["base"]))
        stream.width, stream.height, stream.pix_fmt = case["width"], case["height"], "rgb24"
        for frame in case["frames"]:
            pixels = numpy.frombuffer(base64.b64decode(frame), dtype=numpy.uint8)
            picture = pixels.reshape(case["height"], case["width"], 3)
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def features(case, folder):
    """The features of one video."""
    path = case["file"]
    if not path:
        path = str(pathlib.Path(folder) / "film.mov")
        record(case, path)
    found = vpdq.computeHash(
        path,
        seconds_per_hash=case["seconds"],
        downsample_width=case["side"],
        downsample_height=case["side"],
        thread_count=1,
    )
    return [{"frame": f.frame_number, "quality": f.quality, "hash": f.hex, "at": f.timestamp} for f in found]


def main():
    """Work through the videos."""
    with tempfile.TemporaryDirectory() as folder:
        results = [features(case, folder) for case in json.load(sys.stdin)]
    version = importlib.metadata.version("vpdq")
    peer = f"PyPI vpdq {version} on Python {platform.python_version()}"
    json.dump({"peer": peer, "results": results}, sys.stdout)


main()
