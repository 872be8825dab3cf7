"""Counts tests, and reads the counts of those who count for themselves."""

import re
import xml.etree.ElementTree


class Tally:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skips = []  # (name, reason)
        self.building_seconds = 0.0

    @property
    def count(self):
        return self.passed + self.failed + len(self.skips)

    def fail(self, name, why):
        self.failed += 1
        print(f"   FAILED: {name}: {why}", flush=True)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skips += other.skips
        self.building_seconds += other.building_seconds

    def __str__(self):
        skipped = f", {len(self.skips)} skipped" if self.skips else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def add_ctest(tally, report):
    """Adds what CTest wrote in JUnit's form.

    Boost.Test and unittest count for themselves; all else is one test.
    """
    for test in xml.etree.ElementTree.fromstring(report).iter("testcase"):
        name, status = test.get("name"), test.get("status")
        text = test.findtext("system-out") or ""
        if re.search(r"^Ran \d+ tests? in", text, re.M):
            add_unittest(tally, name, text, status == "run")
            continue
        cases = {word: int(count) for count, word in
                 re.findall(r"^ *(\d+) test cases? out of \d+ (passed|failed|aborted)", text, re.M)}
        if status in ("notrun", "disabled"):
            reason = test.find("skipped")
            tally.skips.append((name, "" if reason is None else reason.get("message", "")))
            continue
        tally.passed += cases.get("passed", 1 if status == "run" else 0)
        bad = cases.get("failed", 0) + cases.get("aborted", 0)
        if status != "run":
            # A program may fail outside its cases as well: a leak, a crash, the time limit.
            tally.fail(name, f"{bad} cases failed" if bad else "the program failed; see above")
            tally.failed += max(bad - 1, 0)


def add_unittest(tally, name, text, succeeded):
    """Adds what `python3 -m unittest -v` printed."""
    ran = re.search(r"^Ran (\d+) tests? in", text, re.M)
    result = re.search(r"^(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?$", text, re.M)
    if not ran or not result:
        tally.fail(name, "it ended before it had a result")
        return
    words = dict(re.findall(r"([a-z][a-z ]*)=(\d+)", result.group(1) or ""))
    bad = sum(int(words.get(word, 0)) for word in ("failures", "errors", "unexpected successes"))
    skips = re.findall(r"^(\S+) .*\.\.\. skipped ['\"](.*)['\"]$", text, re.M)
    tally.skips += skips
    tally.passed += max(int(ran.group(1)) - bad - len(skips), 0)
    if bad or not succeeded:
        tally.fail(name, f"{bad} tests failed; see above")
        tally.failed += max(bad - 1, 0)
