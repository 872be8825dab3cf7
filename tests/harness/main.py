"""The command line of tests/run: which parts, one after the other, and the sum in the last line."""

import sys
import time

import commands
import parts
from tally import Tally


def chosen(names):
    """The parts that are named, in their own order; all where none is."""
    known = parts.discover()
    unknown = [name for name in names if name not in {part.name for part in known}]
    if unknown:
        print(f"tests/run: error: there is no part {', '.join(unknown)}", file=sys.stderr)
        print("tests/run: hint: tests/run --list names them all", file=sys.stderr)
        sys.exit(2)
    return [part for part in known if not names or part.name in names]


def run_part(part):
    print(f"== {part.name}: {part.about}", flush=True)
    started = time.monotonic()
    tally = Tally()
    part.run(tally)
    # A daemon that a test forgot would hold a port, a lock or a core in everyone's next test.
    for stray in commands.end_strays():
        tally.fail(f"{part.name} left a process behind", stray)
    if tally.count == 0:
        tally.fail(part.name, "it ran no test at all")
    for name, reason in tally.skips:
        print(f"   skipped: {name}: {reason}")
    building = tally.building_seconds
    running = time.monotonic() - started - building
    after = f" after {building:.0f} s of building" if building >= 1 else ""
    print(f"== {part.name}: {tally} in {running:.0f} s{after}\n", flush=True)
    return tally


def main(arguments):
    if arguments == ["--list"]:
        for part in parts.discover():
            print(f"{part.name:<12} {part.about}")
        return 0
    commands.adopt_orphans()
    total = Tally()
    for part in chosen(arguments):
        total.add(run_part(part))
    print(total, flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
