# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""Decodes a video with the PyPI package av, which brings its own FFmpeg.

Arguments: file, width, height (0 for the coded size). Writes width, height and frames per second on a line,
then every frame as RGB, scaled by area. Run by the tests of match/vpdq on the published videos.
"""

import sys

import av
from av.video.reformatter import Interpolation


def main():
    """Write frame after frame."""
    path, width, height = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    out = sys.stdout.buffer
    with av.open(path) as container:
        stream = container.streams.video[0]
        width = width or stream.codec_context.width
        height = height or stream.codec_context.height
        rate = stream.average_rate or stream.base_rate
        out.write(f"{width} {height} {float(rate)}\n".encode())
        for frame in container.decode(stream):
            rgb = frame.reformat(width=width, height=height, format="rgb24", interpolation=Interpolation.AREA)
            out.write(rgb.to_ndarray().tobytes())


main()
