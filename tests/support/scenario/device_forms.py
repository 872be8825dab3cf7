"""Statements about devices, which are registered by the thousand and end by no silence, and about
how a pool stands to whoever asks."""

import re

from support.scenario import words
from support.scenario.answer import Answer, Expectation, Mismatch
from support.scenario.app_forms import CHECKIN, RENEWAL, answered, each, equip
from support.scenario.application import Held, new_checkout
from support.scenario.claims import must_be, some
from support.scenario.forms import form
from support.scenario.notice_forms import REST, take_event
from support.scenario.words import NAME, Unclear

REGISTERED = ("registered", "refused", "closed")
STANDS = ("open", "locked", "refused", "closed")

# Where devices are registered, and for whom.
OPTIONS = {
    "pool": rf"in\s+(?:pool\s+)?({NAME})",
    "profile": rf"through\s+(?:profile\s+)?({NAME})",
    "party": rf"for\s+(?:party\s+)?({NAME})",
    "user": rf"as\s+(?:user\s+)?({NAME})",
    "units": r"of\s+(\d+)\s+units?",
    "key": rf"with\s+(?:the\s+)?key\s+({NAME})",
}
DEVICES = "(<count:number> devices?|devices? <names:list>)"


def options_of(text):
    """`in A for i` → what was said."""
    said, position = {}, 0
    text = (text or "").strip()
    while position < len(text):
        for key, pattern in OPTIONS.items():
            if found := re.compile(rf"{pattern}\s*,?\s*", re.I).match(text, position):
                said[key] = words.name(found[1])
                position = found.end()
                break
        else:
            raise Unclear(f"`{text[position:]}` says nothing about devices")
    return said


def place(said):
    """What a request says of where it is."""
    return {key: said[key] for key in ("pool", "profile", "party") if key in said}


@form(f"<app:name> registers {DEVICES}( <options:rest>|)", answers=REGISTERED,
      default="registered")
def register(stage, step, app, options, count=None, names=None):
    """All in one request. Without names they are d1, d2 and so on, behind those that it has."""
    said = options_of(options)
    application = stage.application(words.name(app), new=True)
    equip(stage, step, application, said)
    party, user = said.get("party", ""), said.get("user", application.name)
    begun = len(application.registered(party))
    named = words.names(names) if names else [
        f"d{number}" for number in range(begun + 1, begun + int(count) + 1)]
    rows = [Held(new_checkout(said.get("profile", ""), user, device, int(said.get("units", 1)),
                              party=party, pool=said.get("pool", ""))) for device in named]
    answered(step, stage, lambda: application.register(rows, **place(said)))


def chosen(application, count, names, party):
    """Its devices that are meant: these, or so many, the newest first."""
    having = application.registered(party)
    if names is None:
        if len(having) < int(count):
            raise Mismatch(f"{application.name} to have {count} devices", str(len(having)))
        return having[len(having) - int(count):]
    by_name = {held.checkout.device: held for held in having}
    for name in words.names(names):
        if name not in by_name:
            raise Mismatch(f"{application.name} to have a device {name}", "it has none")
    return [by_name[name] for name in words.names(names)]


@form(f"<app:name> gives back {DEVICES}( for <party:name>|)", answers=CHECKIN, default="done")
def give_back(stage, step, app, party, count=None, names=None):
    application = stage.application(words.name(app))
    rows = chosen(application, count, names, words.name(party) if party else None)
    answered(step, stage, lambda: application.give_back(rows))


@form("<apps:list>'s? devices( for <party:name>|) renew", answers=RENEWAL, default="held")
def renew_devices(stage, step, apps, party):
    """A heartbeat of each; all must be answered alike."""
    def act(application):
        having = application.registered(words.name(party) if party else None)
        if not having:
            raise Mismatch(f"{application.name} to have devices", "none")
        for held in having:
            answered(step, stage, lambda held=held: application.renew(held.id))
    each(stage, apps, act)


@form("[the ]devices of <app:name>( for <party:name>|)( are|:) (<count:number>|<names:list>)")
def devices(stage, step, app, party, count=None, names=None):
    """As the daemon lists them to who has registered them."""
    application = stage.application(words.name(app).rstrip(":"))
    found = [lease.device for lease in application.listed(words.name(party) if party else "")]
    if count is not None:
        must_be("so many devices:", int(count), len(found))
    else:
        must_be("devices", sorted(some(names)), sorted(found))


# How a pool stands.


@form("<app:name> asks how( party <party:name>|)(( in|) pool <pool:name>|)"
      "( profile <profile:name>|) stands(<watch:watches>|)",
      answers=STANDS, default="")
def ask_state(stage, step, app, party, pool, profile, watch):
    application = stage.application(words.name(app), new=True)
    equip(stage, step, application, {})
    said = {key: words.name(value) for key, value in
            (("party", party), ("pool", pool), ("profile", profile)) if value}
    if not step.expectation.text:
        raise Unclear("say behind an arrow how it stands: -> open, -> locked POOL_LOCKED")
    answered(step, stage, lambda: application.ask_state(watch=watch is not None, **said))


@form(f"<apps:list> (hear|hears) that( party <party:name>|)( pool <pool:name>|) "
      f"(is|stands) (<word:word>){REST}")
def hear_state(stage, _, apps, word, party=None, pool=None, rest=None):
    """It watches, and was told now that the pool is `open` or `locked`."""
    if word.lower() not in ("open", "locked"):
        raise Unclear(f"{word}: a pool is open or locked")

    def act(application):
        facts = take_event(stage, application, "stands").facts
        answer = Answer("locked" if facts["locked"] else "open", facts)
        Expectation(f"{word} {rest or ''}", ("open", "locked"), "open").check(answer, stage.same)
        for what, wanted, told in (("party", party, facts["party"]),
                                   ("pool", pool, facts["from"][0])):
            if wanted:
                must_be(f"to hear of {what}", words.name(wanted), told)
    each(stage, apps, act)
