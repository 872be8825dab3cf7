"""Plays scenarios: `tests/scenario FILE…`."""

import argparse
import concurrent.futures
import functools
import os
import subprocess
import sys
import time
from pathlib import Path

from support import daemon, wire
from support.scenario import script
from support.scenario.answer import Mismatch
from support.scenario.words import Unclear

USAGE = """Plays each FILE, or all of tests/scenarios, against a fresh usherd of its own, and says
`ok FILE`, or `not ok FILE:LINE: expected …, got …` for the first difference. Exit code 0: all hold.
"""


class Failed(Exception):
    """A scenario that does not hold, and where."""

    def __init__(self, line, why):
        super().__init__(why)
        self.line = line


def understood(text):
    """What can be played of each statement, and its line; raises Failed where one is misspelled."""
    # Here, not above: forms are declared by importing them.
    from support.scenario import app_forms, claims, command, forms, notice_forms, setup_forms
    from support.scenario import activation_forms, device_forms, history_forms, pool_forms
    from support.scenario import requirement_forms
    assert activation_forms and app_forms and claims and notice_forms and setup_forms
    assert device_forms and history_forms and pool_forms and requirement_forms
    steps = []
    try:
        for statement in script.read(text):
            try:
                make = command.Command if statement.is_command else forms.Step
                steps.append((statement, make(statement)))
            except Unclear as error:
                raise Failed(statement.line, str(error)) from error
    except script.Misspelled as error:
        raise Failed(error.line, str(error)) from error
    if not steps:
        raise Failed(0, "there is nothing in it to play")
    return steps


def play(text, without_rule=None):
    """Plays a scenario; raises Failed where something is not as it says."""
    from support.scenario.stage import Stage
    steps = understood(text)
    stage = Stage(without_rule)
    try:
        for statement, step in steps:
            try:
                perform(statement, step, stage)
            except Mismatch as wrong:
                line = getattr(wrong, "line", None) or statement.answer_line or statement.line
                raise Failed(line, str(wrong)) from wrong
            except (Unclear, daemon.Failed, wire.NoAnswer, wire.HungUp,
                    subprocess.TimeoutExpired) as error:
                raise Failed(statement.line,
                             f"expected it to work, got {type(error).__name__}: {error}") from error
    finally:
        stage.close()


def perform(statement, step, stage):
    """Plays one step; one that holds eventually is tried until it does."""
    deadline = time.monotonic() + (daemon.PATIENCE if statement.eventually else 0)
    while True:
        try:
            return step.play(stage)
        except Mismatch:
            if time.monotonic() >= deadline:
                raise
        time.sleep(0.05)


def judged(path, without_rule=None):
    """The line to print about a file, and whether it holds."""
    try:
        play(path.read_text(encoding="utf-8"), without_rule)
    except Failed as failed:
        return f"not ok {path}:{failed.line}: {' '.join(str(failed).split())}", False
    except (OSError, UnicodeDecodeError) as error:
        return f"not ok {path}: {error}", False
    return f"ok {path}", True


def main(arguments):
    parser = argparse.ArgumentParser("tests/scenario", description=USAGE)
    parser.add_argument("files", nargs="*", metavar="FILE", type=Path)
    parser.add_argument("--bin", type=Path, help="where usherd-test, usher and usher-issuer are; "
                        "default: $USHER_BIN, else build/release/bin")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1,
                        help="how many are played at once; default: one a core")
    parser.add_argument("--check", action="store_true", help="only read the files, play nothing")
    parser.add_argument("--without-rule", type=int, choices=range(1, 11), metavar="N",
                        help="play against daemons that leave out rule N of requirements")
    options = parser.parse_args(arguments)
    if options.bin:
        daemon.BIN = options.bin.resolve()
    every = (Path(__file__).resolve().parents[2] / "scenarios").rglob("*.txt")
    files = options.files or sorted(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd())
                                    else path for path in every)
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        judge = checked if options.check else functools.partial(
            judged, without_rule=options.without_rule)
        for line, holds in pool.map(judge, files):
            print(line, flush=True)
            passed, failed = passed + holds, failed + (not holds)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


def checked(path):
    try:
        understood(path.read_text(encoding="utf-8"))
    except Failed as failed:
        return f"not ok {path}:{failed.line}: {failed}", False
    except (OSError, UnicodeDecodeError) as error:
        return f"not ok {path}: {error}", False
    return f"ok {path}", True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
