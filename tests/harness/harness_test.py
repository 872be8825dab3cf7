"""The harness itself: it counts right, keeps its time limits and leaves no process behind."""

import contextlib
import io
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import commands  # noqa: E402
import main  # noqa: E402
import parts  # noqa: E402
from tally import Tally, add_ctest, add_unittest  # noqa: E402

BOOST = """
Test module "usher" has {how} with:
  {passed} test cases out of 5 passed
  {failed} test cases out of 5 failed
"""


def quiet(call, *arguments):
    """What `call` prints would look like a failure of this run."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        result = call(*arguments)
    return result, said.getvalue()


def ctest_report(status, text):
    return (f'<testsuite><testcase name="test_x" status="{status}">'
            f"<system-out>{text}</system-out></testcase></testsuite>")


class Counting(unittest.TestCase):
    def count(self, add, *arguments):
        tally = Tally()
        quiet(add, tally, *arguments)
        return tally.passed, tally.failed, len(tally.skips)

    def test_cases_of_a_boost_program_are_counted(self):
        text = BOOST.format(how="passed", passed=5, failed=0)
        self.assertEqual(self.count(add_ctest, ctest_report("run", text)), (5, 0, 0))

    def test_failed_cases_are_counted_beside_those_that_passed(self):
        text = BOOST.format(how="failed", passed=3, failed=2)
        self.assertEqual(self.count(add_ctest, ctest_report("fail", text)), (3, 2, 0))

    def test_a_program_that_fails_after_its_cases_is_a_failure(self):
        text = BOOST.format(how="passed", passed=5, failed=0) + "LeakSanitizer: detected leaks"
        self.assertEqual(self.count(add_ctest, ctest_report("fail", text)), (5, 1, 0))

    def test_a_python_test_counts_its_own_as_well(self):
        text = "Ran 4 tests in 0.1s\n\nFAILED (errors=1)\n"
        self.assertEqual(self.count(add_ctest, ctest_report("fail", text)), (3, 1, 0))

    def test_a_program_without_cases_is_one_test(self):
        self.assertEqual(self.count(add_ctest, ctest_report("run", "Done 9 runs")), (1, 0, 0))

    def test_a_program_that_was_not_run_is_skipped_by_name(self):
        self.assertEqual(self.count(add_ctest, ctest_report("notrun", "")), (0, 0, 1))

    def test_unittest_failures_errors_and_skips_are_counted_apart(self):
        text = ("test_boot (x.X.test_boot) ... skipped 'needs root'\n"
                "Ran 7 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=1)\n")
        self.assertEqual(self.count(add_unittest, "x", text, False), (3, 3, 1))

    def test_a_test_run_that_dies_without_a_result_is_a_failure(self):
        self.assertEqual(self.count(add_unittest, "x", "test_a ... ", False), (0, 1, 0))

    def test_a_test_run_that_fails_after_its_result_is_a_failure(self):
        text = "Ran 2 tests in 0.1s\n\nOK\n"
        self.assertEqual(self.count(add_unittest, "x", text, False), (2, 1, 0))


def is_living(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Commands(unittest.TestCase):
    def test_a_command_that_fails_tells_its_code_and_output(self):
        outcome = commands.run("harness", ["sh", "-c", "echo said; exit 3"], 10)
        self.assertEqual(outcome, (False, "said\n", "exit code 3"))

    def test_a_command_over_its_time_is_ended_with_all_its_session(self):
        started = time.monotonic()
        outcome = commands.run("harness", ["sh", "-c", "sleep 60 & echo $!; wait"], 0.5)
        self.assertEqual(outcome.why, "not done after 0.5 s")
        self.assertLess(time.monotonic() - started, 10)
        # Its signal is sent by then, but it may take a moment to be gone.
        sleeper = int(outcome.text)
        deadline = time.monotonic() + 10
        while is_living(sleeper) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertFalse(is_living(sleeper))

    def test_a_process_that_a_test_forgot_is_found_and_ended(self):
        code = ("import commands, subprocess; commands.adopt_orphans();"
                "subprocess.run(['sh', '-c', 'setsid sleep 61 & :']);"
                "print(commands.end_strays(patience=0.2), commands.children())")
        said = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=20,
                                       cwd=pathlib.Path(__file__).parent)
        self.assertEqual(said, "['sleep 61'] []\n")


class TheRun(unittest.TestCase):
    def test_a_part_that_runs_nothing_fails(self):
        tally, said = quiet(main.run_part, parts.Part("empty", "nothing", lambda tally: None))
        self.assertEqual(tally.failed, 1)
        self.assertIn("it ran no test at all", said)

    def test_an_unknown_part_is_a_usage_error(self):
        with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(io.StringIO()):
            main.chosen(["nonesuch"])
        self.assertEqual(ended.exception.code, 2)

    def test_this_folder_is_found_as_a_part(self):
        self.assertIn("harness", [part.name for part in parts.discover()])

    def test_the_last_line_names_skips_only_where_there_are_some(self):
        tally = Tally()
        tally.passed = 2
        self.assertEqual(str(tally), "2 passed, 0 failed")
        tally.skips.append(("boot", "needs root"))
        self.assertEqual(str(tally), "2 passed, 0 failed, 1 skipped")


if __name__ == "__main__":
    unittest.main()
