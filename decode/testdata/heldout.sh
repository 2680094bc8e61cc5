#!/bin/sh
# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0
#
# Writes heldout.tsv anew: the substitutions that pyleetspeak publishes, read from its package without running it.
# Needs Python 3 with pip and a package index.
set -eu
version=0.3.9
here=$(cd "$(dirname "$0")" && pwd)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m pip download -q --no-deps --no-binary :none: -d "$room" "pyleetspeak==$version" > "$room/log" 2>&1 || { cat "$room/log" >&2; exit 1; }
python3 - "$room" "$version" > "$here/heldout.tsv" <<'EOF'
import ast, glob, sys, tarfile, zipfile

room, version = sys.argv[1:]
source = None
for path in glob.glob(room + "/*"):
    if path.endswith(".whl"):
        z = zipfile.ZipFile(path)
        source = next(z.read(n) for n in z.namelist() if n.endswith("pyleetspeak/modes.py") or n.endswith("modes.py"))
    elif path.endswith(".tar.gz"):
        t = tarfile.open(path)
        source = next(t.extractfile(m).read() for m in t.getmembers() if m.name.endswith("modes.py"))
print("# table\tpyleetspeak")
print("# version\t" + version)
print("# source\thttps://pypi.org/project/pyleetspeak, modes.py; A. Huertas-Garcia et al., arXiv 2212.14727")
print("# licence\tMIT, Copyright (c) the authors of pyleetspeak")
print("# rows\tmode, letter, what may be written for it; of the tables, those of one letter for one to four characters")
for node in ast.parse(source.decode("utf-8")).body:
    if not isinstance(node, ast.Assign) or node.targets[0].id not in ("basic_mode", "intermediate", "advanced"):
        continue
    mode = {"basic_mode": "basic"}.get(node.targets[0].id, node.targets[0].id)
    for letter, forms in ast.literal_eval(node.value):
        for form in forms:
            try:  # some of it was once decoded wrongly
                form = form.encode("latin-1").decode("utf-8")
            except UnicodeError:
                pass
            if len(letter) == 1 and form.strip():
                print(mode, letter, form, sep="\t")
EOF
