"""The parts of the test run. What belongs to each is found in the tree, never listed here."""

import ast
import concurrent.futures
import dataclasses
import functools
import json
import os
import subprocess
import time
from typing import Callable

from commands import LOGS, ROOT, run
from tally import Tally, add_ctest, add_unittest

CORES = str(os.cpu_count() or 1)
TESTS = ROOT / "tests"
WITHOUT_PROGRAMS = (TESTS, TESTS / "harness", TESTS / "model")  # Their tests need nothing built.


@dataclasses.dataclass
class Part:
    name: str
    about: str
    run: Callable[[Tally], None]


def discover():
    """All parts of this tree in the order in which they tell most in the least time."""
    parts = [Part("tidy", "what is agreed about the sources themselves", tidy),
             Part("unit", "every Boost.Test program, as released", unit)]
    if any("usher_script_test" in path.read_text() for path in TESTS.glob("*/CMakeLists.txt")):
        parts.append(Part("scripts", "the programs as people use them, from Python", scripts))
    # A folder with a CMakeLists.txt is CTest's; the others each are a part of their own.
    for folder in sorted({path.parent for path in TESTS.glob("*/*_test.py")}):
        if not (folder / "CMakeLists.txt").exists():
            parts.append(Part(folder.name, about(folder),
                              functools.partial(python_folder, folder)))
    if (TESTS / "scenario").exists():
        parts.append(Part("scenarios", "tests/scenarios/**/*.txt, each against a real daemon",
                          scenarios))
    if (TESTS / "simulation").exists():
        parts.append(Part("simulation", "worlds of seeds that the commit decides, and planted bugs",
                          simulation))
    if (ROOT / "tools" / "quickstart").exists():
        parts.append(Part("quickstart", "tools/quickstart, from nothing to its end", quickstart))
    parts += [Part("asan", "unit and scripts under ASan and UBSan", asan),
              Part("tsan", "the programs with threads under TSan", tsan)]
    if (TESTS / "fuzz" / "CMakeLists.txt").exists():
        parts.append(Part("fuzz", "each parser of foreign bytes, fuzzed for a few seconds", fuzz))
    return parts


def about(folder):
    """The first sentence of the first test file in `folder` that has one."""
    for path in sorted(folder.glob("*_test.py")):
        text = ast.get_docstring(ast.parse(path.read_text()))
        if text:
            return text.splitlines()[0]
    return f"tests/{folder.name}"


def tidy(tally):
    outcome = run("tidy", ["/usr/bin/python3", "tests/tidy.py"], 120)
    lines = outcome.text.splitlines()
    tally.passed += sum(line.startswith("ok ") for line in lines)
    if not outcome.succeeded:
        print(outcome.text)
        bad = sum(line.startswith("not ok ") for line in lines)
        tally.fail("tests/tidy.py", f"{bad} rules are broken; see above")
        tally.failed += max(bad - 1, 0)
    python_folder(TESTS, tally)


def unit(tally):
    if build("release", tally):
        ctest("release", tally, ["--label-exclude", "^script$"])


def scripts(tally):
    if build("release", tally):
        ctest("release", tally, ["--label-regex", "^script$"])


def quickstart(tally):
    outcome = run("quickstart", ["tools/quickstart"], 900)
    if outcome.succeeded:
        tally.passed += 1
    else:
        print(outcome.text)
        tally.fail("tools/quickstart", outcome.why)


def asan(tally):
    if build("asan", tally):
        ctest("asan", tally)


def tsan(tally):
    labelled("tsan", "threaded", tally)


def fuzz(tally):
    labelled("fuzz", "fuzz", tally)


def labelled(preset, label, tally):
    """Builds and runs only what carries `label`; a test is named as its target."""
    if build(preset, tally, targets=None):
        targets = [test["name"] for test in ctest_list(preset) if label in labels(test)]
        if not targets:
            tally.fail(preset, f"no test has the label {label}")
        elif build(preset, tally, targets):
            ctest(preset, tally, ["--label-regex", f"^{label}$"])


def python_folder(folder, tally):
    """The unittest files of one folder, against the programs of build/release/bin."""
    if folder not in WITHOUT_PROGRAMS and not build("release", tally):
        return
    name = folder.name if folder != TESTS else "tidy_test"
    command = ["/usr/bin/python3", "-m", "unittest", "discover", "--verbose",
               "--start-directory", str(folder), "--pattern", "*_test.py"]
    outcome = run(name, command, 900, {
        "PYTHONPATH": str(TESTS), "PYTHONDONTWRITEBYTECODE": "1",
        "USHER_BIN": str(ROOT / "build" / "release" / "bin")})
    if not outcome.succeeded:
        print(outcome.text)
        print(f"   {outcome.why}")
    add_unittest(tally, name, outcome.text, outcome.succeeded)


def scenarios(tally):
    """One scenario a command, so that each has a daemon, a time limit and a result of its own."""
    files = sorted(path.relative_to(ROOT) for path in TESTS.glob("scenarios/**/*.txt"))
    if not build("release", tally):
        return

    def play(path):
        return path, run("scenario-" + "-".join(path.with_suffix("").parts[2:]),
                         ["tests/scenario", str(path)], 120)

    with concurrent.futures.ThreadPoolExecutor(int(CORES)) as pool:
        for path, outcome in pool.map(play, files):
            if outcome.succeeded:
                tally.passed += 1
            else:
                print(outcome.text)
                tally.fail(path, outcome.why)


def simulation(tally):
    """Other seeds for each commit; and each planted bug must be found among a hundred."""
    if not build("release", tally):
        return
    commit = run("commit", ["git", "rev-parse", "HEAD"], 60)
    seed = int(commit.text[:8], 16) if commit.succeeded else 1
    told = {"USHER_BIN": str(ROOT / "build" / "release" / "bin")}
    plants = run("simulation-plants", ["tests/simulation", "--plants"], 60, told).text.split()

    def live(name, arguments, wanted):
        outcome = run(f"simulation-{name}", ["tests/simulation", *arguments], 300, told)
        broken = outcome.text.rstrip().endswith(f" {wanted} broken")
        return name, outcome, broken and outcome.why == ("exit code 1" if wanted else "")

    def worlds(index):
        # Chosen so that no two of them meet; a machine that is slow sees fewer.
        first = str((seed + index * 2**32) * 2**16)
        return live(f"seeds-{index}", ["--seed", first, "--seeds", "60000", "--seconds", "60"], 0)

    def planted(name):
        return live(name, ["--seed", str(seed), "--seeds", "100", "--plant", name], 1)

    with concurrent.futures.ThreadPoolExecutor(int(CORES)) as pool:
        outcomes = [*pool.map(worlds, range(int(CORES))), *pool.map(planted, plants)]
    for name, outcome, is_as_wanted in outcomes:
        if is_as_wanted:
            tally.passed += 1
        else:
            print(outcome.text)
            tally.fail(f"tests/simulation, {name}", outcome.why or "the planted bug was not found")
        if name.startswith("seeds"):
            print("   " + outcome.text.strip().rpartition("\n")[2])
    told_twice = [run(f"simulation-again-{index}", ["tests/simulation", "--seed", str(seed),
                                                    "--verbose"], 60, told) for index in (1, 2)]
    if told_twice[0].text == told_twice[1].text:
        tally.passed += 1
    else:
        tally.fail("tests/simulation", f"two processes live differently through seed {seed}")
    if len(plants) < 15:
        tally.fail("tests/simulation", f"only {len(plants)} bugs can be planted")


@functools.cache
def configured(preset):
    return run(f"configure-{preset}", ["cmake", "--preset", preset, "-DCMAKE_UNITY_BUILD=ON"], 120)


@functools.cache
def built(preset, targets):
    return run(f"build-{preset}",
               ["ninja", "--quiet", "-C", f"build/{preset}", "-j", CORES, *targets], 2400)


def build(preset, tally, targets=()):
    """Brings `targets` of a preset up to date: all for (), none for None. False: it failed."""
    started = time.monotonic()
    steps = [configured(preset)]
    if steps[0].succeeded and targets is not None:
        steps.append(built(preset, tuple(targets)))
    tally.building_seconds += time.monotonic() - started
    if steps[-1].succeeded:
        return True
    print(steps[-1].text)
    tally.fail(f"build {preset}", steps[-1].why)
    return False


def ctest_list(preset):
    text = subprocess.check_output(["ctest", "--test-dir", f"build/{preset}",
                                    "--show-only=json-v1"], cwd=ROOT)
    return json.loads(text)["tests"]


def labels(test):
    return [label for entry in test["properties"] if entry["name"] == "LABELS"
            for label in entry["value"]]


def ctest(preset, tally, selection=()):
    report = LOGS / f"ctest-{preset}.xml"
    report.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", f"build/{preset}", "--parallel", CORES, "--timeout", "300",
               "--output-on-failure", "--output-junit", str(report),
               # The sum stands at the end of the output, so none of it may be cut.
               "--test-output-size-passed", "1000000", "--test-output-size-failed", "1000000",
               *selection]
    outcome = run(f"ctest-{preset}", command, 600, {
        "BOOST_TEST_REPORT_LEVEL": "short", "BOOST_TEST_COLOR_OUTPUT": "no",
        "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1"})
    if not outcome.succeeded:
        print(outcome.text)
    if report.exists():
        add_ctest(tally, report.read_text())
    else:
        tally.fail(f"ctest {preset}", outcome.why or "no report was written")
