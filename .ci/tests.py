# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0
"""Reads `go test -json` and says what a person needs: a line a package, the output of what failed, every skip.

It fails when a test failed, was skipped, or must run and did not pass: with every service there, a skip means
that something was not tested.
"""

import argparse
import json
import sys


def listed(path):
    """Reads 'package TestName' lines; # begins a comment."""
    with open(path, encoding="utf-8") as lines:
        names = (line.split("#")[0].split() for line in lines)
        return {tuple(words[:2]) for words in names if words}


class Report:
    def __init__(self, out):
        self.out = out
        self.output = {}  # (package, test) -> lines, until its end is known
        self.results = {}  # (package, test) -> action
        self.skips = {}  # (package, test) -> why
        self.packages = {}
        self.took = {}  # (package, test) -> seconds, of tests that are no part of another
        self.strays = []

    def read(self, stream):
        for line in stream:
            try:
                event = json.loads(line)
            except ValueError:
                self.strays.append(line)
                continue
            self.take(event)

    def take(self, event):
        key = (event.get("Package") or event.get("ImportPath", ""), event.get("Test", ""))
        action = event.get("Action")
        if action in ("output", "build-output"):
            self.output.setdefault(key, []).append(event.get("Output", ""))
        elif action in ("pass", "fail", "skip", "build-fail"):
            self.end(key, action, event.get("Elapsed", 0))

    def end(self, key, action, elapsed):
        package, test = key
        lines = self.output.pop(key, [])
        if test:
            self.results[key] = action
            if "/" not in test:
                self.took[key] = elapsed
            if action == "skip":
                said = [l.strip() for l in lines if not l.lstrip().startswith(("=== ", "--- "))]
                self.skips[key] = " ".join(said) or "no reason given"
        elif action != "build-fail":
            self.packages[package] = action
            if action != "skip":
                word = "ok  " if action == "pass" else "FAIL"
                print(f"{word} {package} {elapsed:.1f} s", file=self.out, flush=True)
        if action in ("fail", "build-fail"):
            self.out.write("".join(lines))
            self.out.flush()

    def problems(self, must_run):
        for key, action in sorted(self.results.items()):
            if action == "fail":
                yield f"failed: {key[0]} {key[1]}"
        for package, action in sorted(self.packages.items()):
            if action == "fail":
                yield f"failed: {package}"
        for key, why in sorted(self.skips.items()):
            yield f"skipped: {key[0]} {key[1]}: {why}"
        for key in sorted(must_run):
            if self.results.get(key) != "pass":
                yield f"must run and did not pass ({self.results.get(key, 'not there')}): {key[0]} {key[1]}"
        # A test that began and never ended: the process died.
        for key, lines in sorted(self.output.items()):
            if key[1] and key not in self.results:
                yield f"never ended: {key[0]} {key[1]}\n" + "".join(lines[-40:])
        for line in self.strays:
            yield f"not understood: {line.rstrip()}"
        if not self.results:
            yield "no test ran"

    def slowest(self, most=12):
        """Where to look first when a run takes too long. Tests that run beside others wait for them, too."""
        return sorted(self.took.items(), key=lambda item: -item[1])[:most]

    def count(self):
        actions = list(self.results.values())
        return "tests: {} passed, {} failed, {} skipped".format(*map(actions.count, ("pass", "fail", "skip")))


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--must-run", required=True, help="file with a 'package TestName' a line")
    options.add_argument("--count", help="file that gets the closing line")
    options = options.parse_args()
    report = Report(sys.stdout)
    report.read(sys.stdin)
    problems = list(report.problems(listed(options.must_run)))
    for problem in problems:
        print(problem)
    for (package, test), seconds in report.slowest():
        print(f"slow {package} {test} {seconds:.1f} s")
    print(report.count())
    if options.count:
        with open(options.count, "w", encoding="utf-8") as out:
            print(report.count(), file=out)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
