# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0
"""Checks what `tocsin demo --json` printed: every promised step is there, and every step is ok."""

import json
import sys

PROMISED = """
prior.information order.approved order.executed url.451 copy.supervisor refused.altered refused.replayed
refused.wrong-key refused.not-competent refused.single-approver gate.collection withdrawn.reinstated
match.proposed case.decided reasons.sent complaint.upheld item.reinstated signal.disputed
logs.verified tamper.found
""".split()


def problems(story):
    if not isinstance(story, dict) or not isinstance(story.get("steps"), list):
        yield "no steps"
        return
    steps = {step.get("name"): step for step in story["steps"]}
    if len(steps) != len(story["steps"]):
        yield "two steps share a name"
    for name in PROMISED:
        if name not in steps:
            yield f"missing: {name}"
    for name, step in steps.items():
        if step.get("ok") is not True:
            yield f"not ok: {name}: {step.get('detail')}"
        if not isinstance(step.get("ms"), (int, float)) or not step.get("detail"):
            yield f"no time or no detail: {name}"
    if story.get("ok") is not True:
        yield "the whole is not ok"


def main():
    try:
        with open(sys.argv[1], encoding="utf-8") as text:
            story = json.load(text)
    except ValueError as cause:
        sys.exit(f"no JSON: {cause}")
    found = list(problems(story))
    for problem in found:
        print(problem)
    if found:
        sys.exit(1)
    for step in story["steps"]:
        print(f"{step['ms']:>8} ms  {step['name']}")


if __name__ == "__main__":
    main()
