"""Statements about the issuer, activation codes, and licenses that move from host to host."""

import json
import re

from support.scenario import words
from support.scenario.answer import Mismatch
from support.scenario.command import check_plainly, plain_answer
from support.scenario.forms import form
from support.scenario.setup_forms import (LICENSE_WORDS, THREE, altered_file, license_of, operated)
from support.scenario.vendor import sold
from support.scenario.words import NAME, Unclear

DONE = ("done", "refused")

# The issuer.


@form("an issuer", "[the ]issuer starts[ again]", "[the ]issuer serves")
def issuer_starts(stage, _):
    stage.issuer().start(stage.calendar_us)


@form("[the ]issuer (stops|is down)", "stop the issuer")
def issuer_stops(stage, _):
    stage.issuer().stop()


@form("[the ]issuer (is killed|crashes)")
def issuer_crashes(stage, _):
    stage.issuer().stop(kill=True)


@form("[the ]issuer's clock is <duration:duration> <way:word>",
      "[the ]issuer's clock is <way:word>")
def issuer_clock(stage, _, way, duration=""):
    ways = {"ahead": 1, "behind": -1, "right": 0}
    if way.lower() not in ways:
        raise Unclear(f"{way}: a clock is ahead, behind or right")
    stage.issuer().ahead_us = ways[way.lower()] * words.milliseconds(duration) * 1000
    stage.issuer().move_to(stage.calendar_us)


def issuer_says(stage, *arguments):
    """The answer of one verb that the vendor's people type."""
    done = stage.issuer().run(*arguments, now_us=stage.calendar_us, cwd=stage.desk_directory)
    return plain_answer(done, "usher-issuer"), done.stdout


def expect(step, stage, answer):
    """Of a program without --json, what is expected must stand in its sentence."""
    check_plainly(step.expectation, answer, stage)


def number_of(stage, license):
    return stage.number_of(words.name(license))


# Codes.


CODE_WORDS = {
    "kinds": r"kinds?\s+((?:machine|personal)(?:\s*(?:,|and)\s*(?:machine|personal))?)",
    "check": rf"checks?\s+every\s+({words.DURATION})(?:\s*,?\s*grace\s+({words.DURATION}))?",
    **LICENSE_WORDS,
}


def new_code(stage, license, kinds=(), check="", grace=""):
    """Lets the issuer register the license; its new code is what `{code PRODUCT}` stands for."""
    asked = sold(license)
    if kinds:
        asked += ["--kinds", ",".join(kinds)]
    if check:
        asked += ["--check-every", words.duration_text(words.milliseconds(check))]
    if grace:
        asked += ["--check-grace", words.duration_text(words.milliseconds(grace))]
    stage.licenses[license.number] = license
    stage.codes[license.number] = stage.issuer().must(
        "code", *asked, now_us=stage.calendar_us, cwd=stage.desk_directory).split()[-1]


@form("[a ]code for <product:name> <number:name>\\s*(:|,|) <text:rest>")
def code(stage, step, product, number, text):
    license, beside = license_of(stage, step, words.name(product), words.name(number).rstrip(":,"),
                                 text, CODE_WORDS)
    if license.locked_to or beside.keys() - {"kinds", "check"}:
        raise Unclear("who activates a license says where, and under which profile")
    check, grace = beside.get("check", ("", ""))
    new_code(stage, license, re.findall(r"machine|personal", beside.get("kinds", "")), check, grace)


@form("[a ]new code for <license:name>")
def another_code(stage, _, license):
    number = number_of(stage, license)
    stage.codes[number] = stage.issuer().must(
        "code", "--number", number, now_us=stage.calendar_us,
        cwd=stage.desk_directory).split()[-1]


@form("[an ]emergency code for <license:name>", answers=DONE, default="done")
def emergency_code(stage, step, license):
    number = number_of(stage, license)
    answer, said = issuer_says(stage, "emergency", number)
    if answer.word == "done":
        stage.codes[number] = said.split()[-1]
    expect(step, stage, answer)


@form("the three licenses with codes")
def three_codes(stage, _):
    for license in THREE():
        new_code(stage, license)


@form("[the ]issuer (releases|gives up) <license:name>", answers=DONE, default="done")
def release(stage, step, license):
    answer, _ = issuer_says(stage, "release", number_of(stage, license))
    expect(step, stage, answer)


# Activation.

HOW = {
    "profile": rf"as\s+({NAME})",
    "kind": r"with\s+(?:a\s+)?(?:kind\s+)?(machine|personal)(?:\s+lock)?",
    "code": rf"with\s+(?:the\s+)?code\s+({NAME})",
    "offline": r"(offline|by\s+files)",
}


def how_of(text):
    said, position = {}, 0
    text = (text or "").strip()
    while position < len(text):
        for key, pattern in HOW.items():
            if found := re.compile(rf"{pattern}[\s,]*", re.I).match(text, position):
                said[key] = words.name(found[1])
                position = found.end()
                break
        else:
            raise Unclear(f"`{text[position:]}` says nothing about an activation")
    return said


def usher_says(stage, host, *arguments):
    done = stage.host(words.name(host)).daemon.usher(*arguments, "--json", cwd=stage.desk_directory)
    stage.listen()
    answer = operated(done)
    return plain_answer(done) if answer.word == "failed" else answer


def code_of(stage, license, said):
    return said.get("code") or stage.code(words.name(license))


def named(host):
    """Every host of a scenario calls itself localhost; people call it by its name."""
    return ["--host", words.name(host)]


def to_issuer(stage):
    return ["--issuer", stage.issuer().address]


@form("<host:name> activates <license:name>( <how:rest>|)", answers=DONE, default="done")
def activate(stage, step, host, license, how):
    said = how_of(how)
    profile = ["--profile", said["profile"]] if "profile" in said else []
    if "offline" not in said:
        expect(step, stage, usher_says(stage, host, "activate", code_of(stage, license, said),
                                      "--kind", said.get("kind", "machine"), *named(host), *profile,
                                      *to_issuer(stage)))
        return
    request = new_file(stage, f"{license}-{host}.request")
    response = new_file(stage, f"{license}-{host}.response")
    answer = ask_offline(stage, host, license, said, request)
    if answer.word == "done":
        answer, _ = issuer_says(stage, "approve", request, "--output", response)
    if answer.word == "done":
        answer = usher_says(stage, host, "activation", "load", response, *profile)
    expect(step, stage, answer)


def ask_offline(stage, host, license, said, request):
    return usher_says(stage, host, "activate", code_of(stage, license, said), "--kind",
                      said.get("kind", "machine"), *named(host), "--offline", "--output", request)


def new_file(stage, name):
    """A file of commands that is not there yet: what was carried before was another."""
    name = words.name(name)
    (stage.desk_directory / name).unlink(missing_ok=True)
    return name


@form("<host:name> requests <license:name> into <file:name>( <how:rest>|)", answers=DONE,
      default="done")
def request(stage, step, host, license, file, how):
    expect(step, stage, ask_offline(stage, host, license, how_of(how), new_file(stage, file)))


@form("[the ]issuer approves <file:name> into <response:name>", answers=DONE, default="done")
def approve(stage, step, file, response):
    answer, _ = issuer_says(stage, "approve", words.name(file), "--output",
                            new_file(stage, response))
    expect(step, stage, answer)


@form("<host:name> loads <file:name>( as <profile:name>|)", answers=DONE, default="done")
def load(stage, step, host, file, profile):
    extra = ["--profile", words.name(profile)] if profile else []
    expect(step, stage, usher_says(stage, host, "activation", "load", words.name(file), *extra))


@form("<host:name> cancels <license:name>", answers=DONE, default="done")
def cancel(stage, step, host, license):
    expect(step, stage, usher_says(stage, host, "activation", "cancel", number_of(stage, license)))


# Deactivation.


@form("<host:name> deactivates <license:name>(<force:by_force>|)( into <file:name>|)",
      answers=DONE, default="done")
def deactivate(stage, step, host, license, force, file):
    by_force = ["--force"] if force else []
    way = ["--output", new_file(stage, file)] if file else to_issuer(stage)
    expect(step, stage, usher_says(stage, host, "deactivate", number_of(stage, license), *by_force,
                                  *way))


@form("<host:name> writes the receipt of <license:name> into <file:name>", answers=DONE,
      default="done")
def receipt(stage, step, host, license, file):
    expect(step, stage, usher_says(stage, host, "receipt", number_of(stage, license), "--output",
                                  new_file(stage, file)))


@form("<host:name> delivers the receipt of <license:name>", answers=DONE, default="done")
def deliver(stage, step, host, license):
    expect(step, stage, usher_says(stage, host, "receipt", number_of(stage, license), "--deliver",
                                  *to_issuer(stage)))


@form("[the ]issuer receives <file:name>", answers=DONE, default="done")
def receive(stage, step, file):
    answer, _ = issuer_says(stage, "receive", words.name(file))
    expect(step, stage, answer)


@form("<host:name> shows <license:name> to the issuer", answers=DONE, default="done")
def check(stage, step, host, license):
    expect(step, stage, usher_says(stage, host, "license", "check", number_of(stage, license)))


# Export, import, and the live move.


@form("<host:name> exports into <file:name>", answers=DONE, default="done")
def export(stage, step, host, file):
    expect(step, stage, usher_says(stage, host, "export", new_file(stage, file)))


@form("<host:name> imports <file:name>", answers=DONE, default="done")
def import_(stage, step, host, file):
    expect(step, stage, usher_says(stage, host, "import", words.name(file)))


@form("<host:name> moves to <target:name>", answers=DONE, default="done")
def move(stage, step, host, target):
    there = stage.host(words.name(target)).daemon.socket
    expect(step, stage, usher_says(stage, host, "move", "--to", f"unix:{there}", *named(target),
                                  *to_issuer(stage)))


# Files on their way.


@form("one (bit|byte) of <file:name> in transit (is changed|changes)",
      "change one bit of file <file:name>")
def spoil(stage, _, file):
    altered_file(stage.desk_directory / words.name(file))


@form("<file:name> is copied to <copy:name>")
def copy_file(stage, _, file, copy):
    text = (stage.desk_directory / words.name(file)).read_bytes()
    (stage.desk_directory / words.name(copy)).write_bytes(text)


# What the issuer knows.


@form("[the ]issuer (knows|says) <license:name> (is|to be|as)( active|) (on|at) <host:name>"
      "(,? number <number:number>|)",
      "[the ]issuer (knows|says) <license:name> (is|to be|as) (free|nowhere)")
def issuer_knows(stage, _, license, host=None, number=None):
    done = json.loads(stage.issuer().must("list", "--json", now_us=stage.calendar_us,
                                          cwd=stage.desk_directory))["licenses"]
    entry = next(one for one in done if one["number"] == number_of(stage, license))
    got = entry["active"] and entry["active"]["host"]
    if got != (words.name(host) if host else None):
        raise Mismatch(f"{license} at {host or 'no host'}", str(got))
    if number and entry["active"]["number"] != int(number):
        raise Mismatch(f"{license} number {number}", str(entry["active"]["number"]))
