"""Statements about applications: what they do, and what they are told."""

import contextlib
import re

from support import wire
from support.daemon import until
from support.scenario import words
from support.scenario.answer import Answer, Mismatch
from support.scenario.application import new_checkout
from support.scenario.forms import form
from support.scenario.words import NAME, Unclear

CHECKOUT = ("granted", "waiting", "refused", "closed")
RENEWAL = ("held", "locked", "waiting", "unknown", "refused", "closed")
CHECKIN = ("done", "refused", "closed")
CONNECTION = ("connected", "refused", "closed", "held", "locked", "waiting", "unknown")

OPTIONS = {
    "user": rf"as\s+(?:user\s+)?({NAME})",
    "device": rf"on\s+(?:device\s+)?({NAME})",
    "units": r"(\d+)\s+units?",
    "wait": rf"(?:and\s+)?wait(?:s|ing)?\s+(?:up\s+to\s+)?(?:for\s+)?({words.DURATION})",
    "key": rf"with\s+(?:the\s+)?key\s+({NAME})",
    "certificate": rf"with\s+(?:the\s+)?certificate\s+({NAME})",
    "host": rf"(?:from|at)\s+(?:host\s+)?({NAME})",
    "lease_of": rf"with\s+({NAME})'s\s+(?:lease\s+)?id",
    "party": rf"for\s+(?:party\s+)?({NAME})",
    "pool": rf"in\s+(?:pool\s+)?({NAME})",
}


def options_of(text):
    """`as anna on pc-1, waiting 5s` → what was said."""
    said, position = {}, 0
    text = text.strip()
    while position < len(text):
        for key, pattern in OPTIONS.items():
            if found := re.compile(rf"{pattern}\s*,?\s*", re.I).match(text, position):
                said[key] = words.name(found[1])
                position = found.end()
                break
        else:
            raise Unclear(f"`{text[position:]}` says nothing about a checkout")
    return said


def each(stage, apps, act):
    """Does the same with each application, and says whose it was where it does not hold."""
    for name in words.names(apps):
        try:
            act(stage.application(name))
        except Mismatch as wrong:
            raise Mismatch(f"{name}: {wrong.expected}", wrong.got) from wrong


def answered(step, stage, ask):
    """Compares an answer, or the end of the connection, with what is expected."""
    try:
        answer = ask()
    except wire.HungUp as error:
        answer = Answer("closed", {"text": str(error)})
    stage.listen()
    step.expect(stage, answer)


def equip(stage, step, application, options):
    """Takes up what was said of the application itself, and a host for it."""
    if "key" in options:
        application.key = stage.keys.get(options["key"], options["key"])
    if "certificate" in options:
        if options["certificate"] not in stage.certificates:
            raise Mismatch(f"a certificate {options['certificate']}", "there is none")
        application.certificate = stage.certificates[options["certificate"]]
    host = stage.host(options.get("host") or step.host) if (
        "host" in options or step.host or application.host is None) else application.host
    if host is not application.host or "key" in options or "certificate" in options:
        application.drop()
    application.host = host


@form("<apps:list> check[s] out the default[ profile]( <options:rest>|)",
      "<apps:list> check[s] out( <options:rest>|)", answers=CHECKOUT, default="granted")
def check_out(stage, step, apps, options):
    rest = (options or "").strip()
    profile = ""
    if rest and not any(re.match(rf"{pattern}\b", rest, re.I) for pattern in OPTIONS.values()):
        found = re.match(rf"({NAME})\s*,?\s*", rest)
        profile, rest = words.name(found[1]), rest[found.end():]
    said = options_of(rest)
    for name in words.names(apps):
        stage.application(name, new=True)

    def act(application):
        equip(stage, step, application, said)
        lease = None
        if "lease_of" in said:
            lease = stage.application(said["lease_of"]).lease_of(None).id
        checkout = new_checkout(profile, said.get("user", application.name),
                                said.get("device", f"{application.name}-device"),
                                int(said.get("units", 1)),
                                words.milliseconds(said.get("wait", "")), said.get("party", ""),
                                lease, said.get("pool", ""))
        answered(step, stage, lambda: application.check_out(checkout))
    each(stage, apps, act)


@form("<apps:list> (try|tries|ask|asks|check|checks) (again|out again)",
      "<apps:list> (retry|retries)", "<apps:list> (repeat|repeats) the checkout",
      answers=CHECKOUT, default="granted")
def retry(stage, step, apps):
    def act(application):
        held = application.lease_of(None)
        answered(step, stage, lambda: application.check_out(held.checkout))
    each(stage, apps, act)


@form("<apps:list> connect[s]( <options:rest>|)", answers=CONNECTION, default="connected")
def connect(stage, step, apps, options):
    for name in words.names(apps):
        stage.application(name, new=True)

    def act(application):
        equip(stage, step, application, options_of(options or ""))
        answered(step, stage, application.connect)
    each(stage, apps, act)


@form("<apps:list> (come|comes) back( <options:rest>|)",
      "<apps:list> reconnect[s]( <options:rest>|)",
      answers=CONNECTION, default="")
def come_back(stage, step, apps, options=None):
    def act(application):
        if application.host is None:
            raise Mismatch(f"{application.name} to have been there", "it never was")
        equip(stage, step, application, options_of(options or ""))
        answer = application.come_back()
        stage.listen()
        # Where nothing is expected in words, whatever it had it must still have.
        if step.expectation.text or answer.word not in ("connected", "held", "locked", "waiting"):
            step.expect(stage, answer)
    each(stage, apps, act)


@form("<app:name> renew[s] <owner:name>'s lease", answers=RENEWAL, default="held")
def renew_of(stage, step, app, owner):
    lease = stage.application(words.name(owner)).lease_of(None).id
    application = stage.application(words.name(app), new=True)
    equip(stage, step, application, {})
    answered(step, stage, lambda: application.renew(lease))


@form("<app:name> (check|checks) in <owner:name>'s lease", answers=CHECKIN, default="done")
def check_in_of(stage, step, app, owner):
    lease = stage.application(words.name(owner)).lease_of(None).id
    application = stage.application(words.name(app), new=True)
    equip(stage, step, application, {})
    answered(step, stage, lambda: application.check_in(lease))


@form("<apps:list> (stop|stops) renewing", "<apps:list> (fall|falls) silent",
      "<apps:list>'s? heartbeats stop")
def stop_renewing(stage, _, apps):
    each(stage, apps, lambda application: setattr(application, "renews", False))


@form("<apps:list> (resume|resumes|start|starts) renewing", "<apps:list> (speak|speaks) again")
def resume_renewing(stage, _, apps):
    def act(application):
        application.renews = True
        if application.is_renewing:
            application.renew()
    each(stage, apps, act)


@form("<apps:list> renew[s]", "<apps:list> renew[s] <profile:name>",
      answers=RENEWAL, default="held")
def renew(stage, step, apps, profile=None):
    def act(application):
        held = application.lease_of(words.name(profile) if profile else None)
        answered(step, stage, lambda: application.renew(held.id))
    each(stage, apps, act)


@form("<apps:list> (check|checks) in( <profile:name>|)", "<apps:list> (stop|stops) waiting",
      answers=CHECKIN, default="done")
def check_in(stage, step, apps, profile=None):
    def act(application):
        held = application.lease_of(words.name(profile) if profile else None)
        answered(step, stage, lambda: application.check_in(held.id))
    each(stage, apps, act)


# What happens to them.


def settle_lost(stage, application):
    """Returns when the daemon has seen that the connection ended."""
    host = application.host
    if not host.is_running:
        return
    tags = {wire.tag(held.id) for held in application.leases.values()}
    grace_us = words.milliseconds(host.daemon.settings.get("lease.grace", "2s")) * 1000

    def has_seen():
        picture = host.look()
        return (not any(lease.connected for lease in picture.leases if lease.id in tags)
                and not any(waiter.until_us > stage.calendar_us + grace_us
                            for waiter in picture.queue if waiter.id in tags))
    until(has_seen, "usherd sees that a connection ended")
    stage.listen()


def lose(stage, apps, *, dead):
    def act(application):
        application.drop()
        application.is_away, application.is_dead = True, dead
        settle_lost(stage, application)
    each(stage, apps, act)


@form("<apps:list> (is|are) killed", "<apps:list> (crash|crashes|die|dies)", "kill <apps:list>")
def kill(stage, _, apps):
    """Applications, commands in the background and hosts all have names of one kind."""
    if apps in stage.jobs:
        stage.jobs[apps].kill()
        return
    if apps in stage.hosts or apps == "usherd":
        stage.stop(stage.host("" if apps == "usherd" else apps), kill=True)
        return
    lose(stage, apps, dead=True)


@form("<apps:list>'s? connections? (break|breaks|ends|end|is lost|are lost)",
      "<apps:list> (lose|loses) (the|its|their) connections?", "<apps:list> disconnect[s]")
def break_connection(stage, _, apps):
    lose(stage, apps, dead=False)


@form("<apps:list> (leave|leaves)")
def leave(stage, _, apps):
    each(stage, apps, lambda application: application.leave())
    stage.listen()


@form("<apps:list> (hang|hangs)", "<apps:list> (is|are) (stopped|suspended)")
def hang(stage, _, apps):
    each(stage, apps, lambda application: setattr(application, "hangs", True))


@form("<apps:list> (continue|continues|go on|goes on|wake|wakes)[ up]")
def go_on(stage, _, apps):
    def act(application):
        application.hangs = False
        with contextlib.suppress(wire.HungUp):
            application.listen()
    each(stage, apps, act)
