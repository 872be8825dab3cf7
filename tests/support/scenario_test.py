"""The language of scenarios: what is right passes, what is wrong fails at its line."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support.daemon import SOURCE
from support.scenario import play, script, words
from support.scenario.answer import Answer, Expectation, Mismatch
from support.scenario.words import Unclear

STAGED = """\
Given license Work 1.0.0.1: 2 units, per user and device, installed as Work
 And Anna checks out Work as anna on pc-1
 And Bert checks out Work
 And Carl checks out Work, waiting 10s -> waiting at 1
"""
STAGED_LINES = STAGED.count("\n")

# Each is right and wrong after STAGED: answers to a checkout that is refused, and to one that
# shares a seat; and whole statements.
REFUSED = [
    ("refused NO_FREE_SEAT{2,2}", "granted"),
    ("refused NO_FREE_SEAT{2,2}", "refused NO_FREE_SEAT{2,3}"),
    ("NO_FREE_SEAT", "EXPIRED"),
    ("NO_FREE_SEAT{queue 1}", "NO_FREE_SEAT{queue 0}"),
    ("NO_FREE_SEAT, about Work", "NO_FREE_SEAT, about Play"),
    ("NO_FREE_SEAT, about 1.0.0.1", "NO_FREE_SEAT, about 1.0.0.2"),
    ('NO_FREE_SEAT, text "no free seats"', 'NO_FREE_SEAT, text "plenty"'),
    ('NO_FREE_SEAT, cure "wait"', 'NO_FREE_SEAT, cure "pray"'),
    ("NO_FREE_SEAT, held by Bert and anna", "NO_FREE_SEAT, held by anna"),
]
SHARING = [
    ("granted, shares the seat", "granted, a seat of its own"),
    ("granted, 1 unit", "granted, 2 units"),
    ("granted, from Work", "granted, from Play"),
    ("granted, floating", "granted, persistent"),
    ("granted, term 25s", "granted, term 24s"),
]
RIGHT_AND_WRONG = [
    *[tuple(f"Dora checks out Work -> {answer}" for answer in pair) for pair in REFUSED],
    *[tuple(f"Win checks out Work as anna on pc-1 -> {answer}" for answer in pair)
      for pair in SHARING],
    ("Dora checks out Work, waiting 1s -> waiting at 2",
     "Dora checks out Work, waiting 1s -> waiting at 1"),
    ("Dora connects -> connected as anonymous, role application",
     "Dora connects -> connected as anonymous, role viewer"),
    ("Dora connects with key nobody -> refused UNKNOWN_CREDENTIAL",
     "Dora connects with key nobody"),
    ("Anna renews -> held", "Anna renews -> locked"),
    ("Carl renews -> waiting", "Carl renews -> held"),
    ("Anna checks in", "Anna checks in -> refused UNKNOWN_LEASE"),
    ("Anna holds Work", "Anna holds nothing"),
    ("Anna and Bert hold Work", "Anna and Carl hold Work"),
    ("Carl holds nothing", "Carl holds Work"),
    ("Carl waits at 1", "Carl waits at 2"),
    ("Anna does not wait", "Carl does not wait"),
    ("Carl hears nothing", "Carl gets the seat"),
    ("Anna hears nothing", "Anna loses the seat because revoked"),
    ("Carl waits", "Carl's wait ends: patience_ended"),
    ("Work 2 of 2", "Work 1 of 2"),
    ("Work 2 of 2", "Work 2 of 3"),
    ("Work 2 of 2, not locked", "Work 2 of 2, locked"),
    ("pool 1.0.0.1: 2 of 2, 0 free, per user_device", "pool 1.0.0.1: 2 of 2, 1 free"),
    ("pool Work: no reason, short 0", "pool Work: reason EXPIRED"),
    ("no pool Play", "no pool Work"),
    ("profile Work: 2 in use, re-use 0, pools 1.0.0.1, not default", "profile Work: 1 in use"),
    ("profile Work: re-use 0", "profile Work: re-use 1"),
    ("profile Work: pools 1.0.0.1", "profile Work: pools 1.0.0.1, 1.0.0.2"),
    ("profile Work: not default", "profile Work: default"),
    ("profiles are Work", "profiles are Work, Play"),
    ("no profile Play", "no profile Work"),
    ("license 1.0.0.1 counts 2", "license 1.0.0.1 counts 3"),
    ("license 1.0.0.1 counts 2", "license 1.0.0.1 counts nothing, reason EXPIRED"),
    ("queue: Carl", "queue: empty"),
    ("queue of Work: Carl", "queue of Work: Bert"),
    ("leases: Bert, Anna", "leases: Bert"),
    ("leases of Work: 2", "leases of Work: 3"),
    ("lease of Anna: 1 unit, user anna, device pc-1, profile Work, pool 1.0.0.1",
     "lease of Anna: user Anna"),
    ("lease of Anna: floating, connected, not locked", "lease of Anna: not connected"),
    ("lease of Anna: until +25s", "lease of Anna: until +26s"),
    ("lease of Anna: seat anna@pc-1, identity anonymous", "lease of Anna: seat pc-1"),
    ("mode: serving", "mode: maintenance"),
    ("install 1.0.0.1 -> refused ALREADY_INSTALLED{1.0.0.1}", "install 1.0.0.1"),
    ("license Play 1.0.0.2: unlimited, installed as Play",
     "license Play 1.0.0.2: unlimited, installed as Play -> refused LICENSE_INVALID"),
    ("license Play 1.0.0.2: unlimited, one bit changed, installed -> refused LICENSE_INVALID",
     "license Play 1.0.0.2: unlimited, one bit changed, installed"),
    ("at 10s: Carl's wait ends: patience_ended", "at 9999ms: Carl's wait ends: patience_ended"),
    ("at 10s: Carl's wait ends at 10s", "at 11s: Carl's wait ends at 11s"),
    ("at 20s: Anna holds Work", "at 20s: Carl waits"),
    ("$ usher status", "$ usher nonsense"),
    ("$ sh -c 'exit 3'\n  exit 3", "$ sh -c 'exit 3'\n  exit 4"),
    ("$ sleep 100 & nap\nnap is running\nnap is killed", "$ true & nap\nnap ends with 1"),
    ("$ echo code 42\n  keep N ~ (\\d+)\n$ echo {N}\n  | 42", "$ echo code\n  keep N ~ (\\d+)"),
    ("$ usher status --json\n  keep ID = json leases[user=anna].id\n$ echo {ID}\n"
     "  | {lease of Anna}", "$ usher status --json\n  keep ID = json leases[user=nobody].id"),
    ("$ echo whole\n  keep ALL\n$ echo \\\n  {ALL}\n  | whole", "$ echo {ALL}\n  | whole"),
    ("eventually: Work 2 of 2", "Work 3 of 2"),
    ("$ sh -c 'exit 3' & nap\nnap ends with 3", "$ sh -c 'exit 3' & nap\nnap ends"),
    ("$ printf 'a  b\\nc\\n'\n  | a b\n  | c\n  nothing else",
     "$ printf 'a  b\\nc\\n'\n  | c\n  | a b"),
    ("$ echo the end\n  | the …", "$ echo the end\n  | the"),
    ("$ echo the end\n  ~ ^the e", "$ echo the end\n  ~ ^end"),
    ("$ echo the end\n  !| the", "$ echo the end\n  !| the end"),
    ("$ echo the end\n  !~ begin", "$ echo the end\n  !~ end$"),
    ("$ printf 'a\\nb\\n'\n  | a", "$ printf 'a\\nb\\n'\n  | a\n  nothing else"),
    ("$ usher status --json\n  json pools[product=Work].held = 2",
     "$ usher status --json\n  json pools[product=Work].held = 3"),
    ("$ usher status --json\n  json pools[0].held > 1",
     "$ usher status --json\n  json pools[0].held > 2"),
    ("$ usher status --json\n  json leases has 2 items",
     "$ usher status --json\n  json leases has 1 items"),
    ("$ usher status --json\n  json leases[user=anna].id = {lease of Anna}",
     "$ usher status --json\n  json leases[user=anna].id = {lease of Bert}"),
    ("$ usher profile remove Work\n  -> refused NOT_IN_MAINTENANCE",
     "$ usher profile remove Work\n  -> done"),
    ("$ usher profile remove Work\n  -> refused NOT_IN_MAINTENANCE",
     "$ usher profile remove Work\n  -> refused UNKNOWN_PROFILE"),
]


class WhatIsWrongFails(unittest.TestCase):
    def assert_holds(self, text):
        try:
            play.play(text)
        except play.Failed as failed:
            self.fail(f"line {failed.line}: {failed}")

    def assert_fails(self, text, line):
        with self.assertRaises(play.Failed) as caught:
            play.play(text)
        self.assertEqual(caught.exception.line, line, caught.exception)
        self.assertRegex(str(caught.exception), "expected .*, got ")

    def test_every_right_claim_holds(self):
        for right in sorted({right for right, _ in RIGHT_AND_WRONG}):
            with self.subTest(right):
                self.assert_holds(STAGED + right)

    def test_every_wrong_claim_fails_at_its_line(self):
        for _, wrong in RIGHT_AND_WRONG:
            with self.subTest(wrong):
                # An output that is missed is told at its own line, below the command.
                first = STAGED_LINES + 1
                lines = range(first, first + 1 + wrong.count("\n"))
                with self.assertRaises(play.Failed) as caught:
                    play.play(STAGED + wrong)
                self.assertIn(caught.exception.line, lines)
                self.assertRegex(str(caught.exception), "expected .*, got ")

    def test_a_step_without_an_arrow_must_succeed(self):
        self.assert_fails(STAGED + "Dora checks out Work\nWork 2 of 2", STAGED_LINES + 1)

    def test_a_statement_about_many_fails_for_one_of_them(self):
        self.assert_fails("Given license Work 1.0.0.1: 3 units, installed as Work\n"
                          "S1..S4 check out Work", 2)

    def test_time_does_not_go_back(self):
        self.assert_fails("after 10s\nat 5s", 2)

    def test_what_was_claimed_once_did_not_happen_twice(self):
        self.assert_fails(STAGED + "Bert checks in\nCarl gets the seat\nCarl gets the seat",
                          STAGED_LINES + 3)


class WhatIsNotOfTheLanguageIsNotPlayed(unittest.TestCase):
    MISSPELLED = {
        "Anna dances": 1,
        "mode: serving\nAnna checks out Work -> perhaps": 2,
        "Anna holds Work -> granted": 1,
        "Anna checks out Work -> refused NO_FREE_SEAT{height 3}": 1,
        "for N in 1..3\nmode: serving": 1,
        "end": 1,
        "-> granted": 1,
        "mode: serving\n | a line": 2,
        "$ true\n ~ (": 1,
        "$ true\n json a b": 1,
        "as app: mode: serving": 1,
        "": 0,
        "# only a comment": 0,
    }

    def test_each_is_told_with_its_line(self):
        for text, line in self.MISSPELLED.items():
            with self.subTest(text), self.assertRaises(play.Failed) as caught:
                play.understood(text)
            self.assertEqual(caught.exception.line, line, text)

    def test_nothing_is_played_before_all_is_understood(self):
        marker = Path(tempfile.mkdtemp(prefix="usher-test-")) / "played"
        with self.assertRaises(play.Failed):
            play.play(f"$ touch {marker}\nAnna dances")
        self.assertFalse(marker.exists())
        marker.parent.rmdir()

    def test_every_scenario_of_this_tree_is_of_the_language(self):
        files = sorted((SOURCE / "tests" / "scenarios").rglob("*.txt"))
        self.assertGreater(len(files), 10)
        for path in files:
            with self.subTest(path.name):
                self.assertTrue(play.understood(path.read_text()))

    def test_every_example_of_the_readme_is_of_the_language(self):
        text = (SOURCE / "tests" / "scenarios" / "README.md").read_text()
        examples = [block.strip("\n") for block in text.split("```")[1::2]]
        examples = [block for block in examples if not block.startswith("tests/scenario")]
        self.assertGreater(len(examples), 3)
        for block in examples:
            with self.subTest(block.splitlines()[0]):
                self.assertTrue(play.understood(block))


class HowATextIsRead(unittest.TestCase):
    def statements(self, text):
        return [(step.line, step.text, step.answer) for step in script.read(text)]

    def test_headings_comments_and_blanks_mean_nothing(self):
        text = """
            Scenario: something
            Given:
            - mode: serving      # now
            AND then mode: serving.
            """
        self.assertEqual(self.statements(text),
                         [(4, "mode: serving", ""), (5, "mode: serving", "")])

    def test_an_answer_stands_behind_or_below(self):
        self.assertEqual(self.statements("A renews -> held\nB renews\n  → unknown."),
                         [(1, "A renews", "held"), (2, "B renews", "unknown")])

    def test_a_hash_in_quotes_or_in_a_command_is_no_comment(self):
        self.assertEqual(self.statements('"a #b" renews\n$ echo # c'),
                         [(1, '"a #b" renews', ""), (2, "$ echo # c", "")])

    def test_loops_are_written_out_and_keep_their_lines(self):
        text = ("for N in 1..2\n for M in a, b\n S{N}{M} renews\n end\nend\n"
                "repeat 2 times\nX renews\nend")
        self.assertEqual([(line, said) for line, said, _ in self.statements(text)], [
            (3, "S1a renews"), (3, "S1b renews"), (3, "S2a renews"), (3, "S2b renews"),
            (7, "X renews"), (7, "X renews")])

    def test_a_moment_before_a_statement_is_one_of_its_own(self):
        self.assertEqual([said for _, said, _ in self.statements("at 1m 5s: A renews")],
                         ["at 1m 5s", "A renews"])

    def test_spans_and_lists(self):
        self.assertEqual(words.names("S1..S3, Anna and \"Carl X\""),
                         ["S1", "S2", "S3", "Anna", "Carl X"])
        self.assertEqual(words.names("u08..u10"), ["u08", "u09", "u10"])
        for wrong in ("S3..S1", "S1..T3"):
            with self.assertRaises(Unclear):
                words.names(wrong)

    def test_durations(self):
        for text, ms in {"25s": 25_000, "1m 30s": 90_000, "500ms": 500, "2 hours": 7_200_000,
                         "1 day": 86_400_000, "3 minutes": 180_000}.items():
            self.assertEqual(words.milliseconds(text), ms, text)

    def test_instants(self):
        now = words.start_us()
        for text, instant in {
                "now": "2030-01-15T12:00:00Z", "+12h": "2030-01-16T00:00:00Z",
                "-1d": "2030-01-14T12:00:00Z", "tonight": "2030-01-16T00:00:00Z",
                "day 0": "2030-01-15T00:00:00Z", "day 2 06:30": "2030-01-17T06:30:00Z",
                "2030-03-01": "2030-03-01T00:00:00Z",
                "2031-12-31T23:59:59Z": "2031-12-31T23:59:59Z"}.items():
            self.assertEqual(words.instant_text(words.instant_us(text, now)), instant, text)

    def test_an_expectation_compares_only_what_it_names(self):
        answer = Answer("refused", {"code": "NO_FREE_SEAT", "held": 8, "stock": 8, "want": 1})
        Expectation("refused", ("refused",), "refused").check(answer)
        Expectation("NO_FREE_SEAT {stock 8}", ("refused",), "refused").check(answer)
        with self.assertRaises(Mismatch):
            Expectation("NO_FREE_SEAT {short 1}", ("refused",), "refused").check(answer)


class TheProgram(unittest.TestCase):
    def run_on(self, *texts):
        with tempfile.TemporaryDirectory(prefix="usher-test-") as directory:
            files = []
            for number, text in enumerate(texts, 1):
                files.append(Path(directory) / f"{number}.txt")
                files[-1].write_text(text)
            done = subprocess.run([SOURCE / "tests" / "scenario", *files], capture_output=True,
                                  text=True, timeout=120, check=False)
            return done.returncode, done.stdout.replace(f"{directory}/", "").splitlines()

    def test_it_says_which_hold_and_where_the_first_difference_is(self):
        wrong = "mode: serving\nmode: maintenance\nmode: serving"
        code, lines = self.run_on("mode: serving", wrong)
        self.assertEqual(code, 1)
        self.assertEqual(lines, ["ok 1.txt",
                                 "not ok 2.txt:2: expected mode maintenance, got serving",
                                 "1 passed, 1 failed"])

    def test_it_ends_with_zero_only_if_all_hold(self):
        self.assertEqual(self.run_on("mode: serving"), (0, ["ok 1.txt", "1 passed, 0 failed"]))

    def test_a_file_that_is_missing_fails(self):
        done = subprocess.run([sys.executable, SOURCE / "tests" / "scenario", "/nonexistent.txt"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("not ok /nonexistent.txt", done.stdout)


if __name__ == "__main__":
    unittest.main()
