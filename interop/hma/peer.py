# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The signal types of the PyPI package threatexchange (pytx), which HMA hashes and compares with, as a peer.

Reads a list of {"type", "a", "b"} on standard input; writes how pytx reads both values, whether they match,
and how the distance stands on HMA's wire in a lookup ("text") and in a comparison ("similarity"). Run by the
TestInterop tests of internal/bridge/hma.

Neither pictures nor indexes are needed for that, so empty modules stand in for Pillow and FAISS.
"""

import importlib.metadata
import json
import platform
import sys
import types


class Stand(types.ModuleType):
    """A module that holds whatever it is asked for."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


for absent in ("PIL", "PIL.Image", "faiss"):
    sys.modules[absent] = Stand(absent)
sys.modules["PIL"].Image = sys.modules["PIL.Image"]

from threatexchange.signal_type.md5 import VideoMD5Signal  # noqa: E402
from threatexchange.signal_type.pdq.signal import PdqSignal  # noqa: E402

TYPES = {t.get_name(): t for t in (PdqSignal, VideoMD5Signal)}


def read(signal_type, text):
    """The value as stored, or none where pytx refuses it."""
    try:
        return signal_type.validate_signal_str(text)
    except Exception:
        return None


def compare(case):
    """What HMA would answer about two values."""
    signal_type = TYPES[case["type"]]
    values = [read(signal_type, case[side]) for side in ("a", "b")]
    if None in values:
        return {"values": values}
    result = signal_type.compare_hash(*values)
    return {
        "values": values,
        "match": result.match,
        "text": result.distance.pretty_str(),
        "similarity": {k: v for k, v in vars(result.distance).items() if not k.startswith("_")},
    }


def main():
    """Work through the cases."""
    results = [compare(case) for case in json.load(sys.stdin)]
    version = importlib.metadata.version("threatexchange")
    peer = f"PyPI threatexchange {version}, signal types, on Python {platform.python_version()}"
    json.dump({"peer": peer, "results": results}, sys.stdout)


main()
