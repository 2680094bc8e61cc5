# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0
"""The judges are judged: each way in which a run can be bad must be seen."""

import io
import json
import tempfile
import unittest

import demo
import tests


def events(*list_of):
    return [json.dumps(dict(zip(("Action", "Package", "Test", "Output"), e))) + "\n" for e in list_of]


GOOD = events(("run", "p", "A"), ("pass", "p", "A"), ("pass", "p"))


class TestsReport(unittest.TestCase):
    def judged(self, lines, must=()):
        out = io.StringIO()
        report = tests.Report(out)
        report.read(lines)
        return list(report.problems(set(must))), out.getvalue(), report.count()

    def test_good_run(self):
        problems, out, count = self.judged(GOOD, must=[("p", "A")])
        self.assertEqual(problems, [])
        self.assertIn("ok   p", out)
        self.assertEqual(count, "tests: 1 passed, 0 failed, 0 skipped")

    def test_failure_shows_its_output(self):
        lines = events(("output", "p", "A", "a kettle is cold\n"), ("fail", "p", "A"), ("fail", "p"))
        problems, out, _ = self.judged(lines)
        self.assertEqual(len(problems), 2)
        self.assertIn("a kettle is cold", out)

    def test_skip_is_a_problem_and_says_why(self):
        lines = GOOD + events(
            ("output", "p", "B", "=== RUN   B\n"),
            ("output", "p", "B", "    b_test.go:1: no database\n"),
            ("skip", "p", "B"),
        )
        problems, _, _ = self.judged(lines)
        self.assertEqual(problems, ["skipped: p B: b_test.go:1: no database"])

    def test_must_run(self):
        self.assertEqual(len(self.judged(GOOD, must=[("p", "Gone")])[0]), 1)
        skipped = events(("skip", "p", "A"), ("pass", "p"))
        self.assertEqual(len(self.judged(skipped, must=[("p", "A")])[0]), 2)

    def test_slowest_come_first(self):
        report = tests.Report(io.StringIO())
        for test, seconds in (("A", 1.5), ("B", 40.0), ("B/part", 39.0), ("C", 3.0)):
            report.take({"Action": "pass", "Package": "p", "Test": test, "Elapsed": seconds})
        self.assertEqual(report.slowest(2), [(("p", "B"), 40.0), (("p", "C"), 3.0)])

    def test_list_of_what_must_run(self):
        with tempfile.NamedTemporaryFile("w", suffix="-must-run") as file:
            file.write("# kettles\np A # why\n\nq B/c\n")
            file.flush()
            self.assertEqual(tests.listed(file.name), {("p", "A"), ("q", "B/c")})
        with self.assertRaises(FileNotFoundError):
            tests.listed("no such list")

    def test_dead_process(self):
        lines = GOOD + events(("run", "p", "B"), ("output", "p", "B", "panic: rose\n"), ("fail", "p"))
        problems, _, _ = self.judged(lines)
        self.assertTrue(any("never ended" in p and "panic: rose" in p for p in problems), problems)

    def test_broken_build(self):
        lines = GOOD + [
            json.dumps({"Action": "build-output", "ImportPath": "q", "Output": "q.go:1: no rose\n"}),
            json.dumps({"Action": "build-fail", "ImportPath": "q"}),
            json.dumps({"Action": "fail", "Package": "q"}),
        ]
        problems, out, _ = self.judged(lines)
        self.assertEqual(problems, ["failed: q"])
        self.assertIn("no rose", out)

    def test_nothing_ran_or_nonsense(self):
        self.assertEqual(self.judged([])[0], ["no test ran"])
        self.assertEqual(len(self.judged(GOOD + ["rose\n"])[0]), 1)


class DemoStory(unittest.TestCase):
    def story(self, **change):
        steps = [{"name": name, "ok": True, "ms": 1, "detail": "x"} for name in demo.PROMISED]
        return {"ok": True, "steps": steps, **change}

    def test_good_story(self):
        self.assertEqual(list(demo.problems(self.story())), [])

    def test_bad_stories(self):
        whole = self.story()["steps"]
        for bad in (
            [], {}, {"ok": True, "steps": None}, self.story(ok=False), self.story(steps=whole[1:]),
            self.story(steps=[*whole[1:], {**whole[0], "ok": False}]), self.story(steps=[*whole, whole[0]]),
            self.story(steps=[*whole[1:], {**whole[0], "ms": None}]),
            self.story(steps=[*whole[1:], {**whole[0], "detail": ""}]),
        ):
            self.assertNotEqual(list(demo.problems(bad)), [], bad)


if __name__ == "__main__":
    unittest.main()
