# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0

"""The local_file exchange of the PyPI package threatexchange (pytx), by the authors of HMA, as a peer.

Reads {"list": text, "type": name or ""} on standard input, lets the exchange fetch a file of that text, and
writes the signals it found as [type, signal] in their order. Run by the TestInterop tests of match/list.
"""

import importlib.metadata
import json
import pathlib
import platform
import sys
import tempfile

from threatexchange.exchanges.impl.file_api import (
    FileCollaborationConfig,
    LocalFileSignalExchangeAPI,
)


def main():
    """Fetch the list once."""
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "list.txt"
        path.write_text(asked["list"], encoding="utf-8", newline="")
        exchange = LocalFileSignalExchangeAPI.for_collab(
            FileCollaborationConfig(
                name="garden",
                api="local_file",
                enabled=True,
                filename=str(path),
                signal_type=asked["type"] or None,
            )
        )
        deltas = list(exchange.fetch_iter([], None))
    signals = [list(key) for delta in deltas for key in delta.updates]
    version = importlib.metadata.version("threatexchange")
    peer = f"PyPI threatexchange {version}, local_file, on Python {platform.python_version()}"
    json.dump({"peer": peer, "signals": signals}, sys.stdout)


main()
