"""Statements about what applications hear without asking, and what they hold."""

import re

from support import wire
from support.scenario import words
from support.scenario.answer import Answer, Expectation, Mismatch
from support.scenario.app_forms import each
from support.scenario.forms import form

# What each kind of notice is called in a scenario.
SAID = {"granted": "gets the seat", "lost": "loses the seat", "wait ended": "stops waiting",
        "serving": "hears that maintenance ended", "maintenance": "hears that maintenance began",
        "ending": "hears that the server ends", "moved": "hears that the server has moved",
        "hung up": "is hung up on", "stands": "hears how a pool stands"}
REST = "\\s*(:|,|)(\\s+<rest:rest>|)"
ABOUT_A_LEASE = ("granted", "lost", "wait ended")


def take_event(stage, application, word, profile=None):
    """The oldest event of the kind that no statement has been about yet."""
    application.listen()
    for event in application.events:
        fits = profile is None or (event.lease and event.lease.checkout.profile == profile)
        if event.word == word and fits:
            application.events.remove(event)
            return event
    heard = [f"{SAID[event.word]} ({Answer(event.word, event.facts)})"
             for event in application.events]
    raise Mismatch(f"{application.name} {SAID[word]}",
                   "it " + ", ".join(heard) if heard else "it heard nothing")


def claim(stage, apps, word, profile, rest):
    """Each application has heard it, in the moment and with the reasons that `rest` names."""
    moment = re.search(rf"\s*\bat\s+({words.DURATION})$", rest or "", re.I)
    properties = (rest or "")[:moment.start() if moment else None].strip(" :,")

    def act(application):
        event = take_event(stage, application, word, words.name(profile) if profile else None)
        if moment and event.at_ms != words.milliseconds(moment[1]):
            raise Mismatch(f"{SAID[word]} at {moment[1]}",
                           f"it did at {words.duration_text(event.at_ms)}")
        if properties:
            # A bare word is the reason.
            reason = "because " if re.match(r"[a-z]+_[a-z]+|revoked|silent\b", properties) else ""
            Expectation(f"told {reason}{properties}", ("told",), "told").check(
                Answer("told", event.facts), stage.same)
    each(stage, apps, act)


@form(f"<apps:list> (get|gets) (the|a|its|their) seat[s][ of <profile:name>]{REST}")
def get_the_seat(stage, _, apps, profile=None, rest=None):
    claim(stage, apps, "granted", profile, rest)


@form(f"<apps:list> (lose|loses) (the|a|its|their) seat[s][ of <profile:name>]{REST}")
def lose_the_seat(stage, _, apps, profile=None, rest=None):
    claim(stage, apps, "lost", profile, rest)


@form(f"<apps:list>'s? waits? (end|ends){REST}",
      f"<apps:list> (wait|waits) in vain{REST}")
def wait_ends(stage, _, apps, rest=None):
    claim(stage, apps, "wait ended", None, rest)


@form("<apps:list> (hear|hears)[ that] maintenance (begins|began)")
def hear_maintenance(stage, _, apps):
    claim(stage, apps, "maintenance", None, "")


@form("<apps:list> (hear|hears)[ that] maintenance (ends|ended)")
def hear_serving(stage, _, apps):
    claim(stage, apps, "serving", None, "")


@form(f"<apps:list> (hear|hears) that the server (ends|stops){REST}")
def hear_ending(stage, _, apps, rest=None):
    claim(stage, apps, "ending", None, rest)


@form("<apps:list> (hear|hears) that the server[ has] moved( to <host:name>|)")
def hear_move(stage, _, apps, host=None):
    def act(application):
        there = take_event(stage, application, "moved").facts["to"]
        if host and there != words.name(host):
            raise Mismatch(f"to be sent to {host}", f"it was sent to {there}")
    each(stage, apps, act)


@form("<apps:list> (is|are) hung up on")
def hung_up(stage, _, apps):
    def act(application):
        application.listen()
        if application.connection is not None:
            raise Mismatch("the server to hang up", "the connection lives")
    each(stage, apps, act)


@form("<apps:list> (hear|hears) nothing")
def hear_nothing(stage, _, apps):
    def act(application):
        application.listen()
        heard = [event for event in application.events if event.word in ABOUT_A_LEASE]
        if heard:
            raise Mismatch("nothing", ", ".join(SAID[event.word] for event in heard))
    each(stage, apps, act)


# What they have, as the daemon sees it.


def records(stage, application, profile, places):
    """Those of the application's leases, or places in the queue, that the daemon knows."""
    if application.host is None:
        return []
    tags = {wire.tag(held.id) for name, held in application.leases.items()
            if profile is None or name == profile}
    picture = application.host.look()
    return [entry for entry in (picture.queue if places else picture.leases) if entry.id in tags]


@form("<apps:list> (hold|holds) nothing", "<apps:list> (hold|holds) no seat[s]",
      "<apps:list> (does|do) not hold( a seat| <profile:name>|)")
def hold_nothing(stage, _, apps, profile=None):
    def act(application):
        name = words.name(profile) if profile else None
        if found := records(stage, application, name, False):
            raise Mismatch("to hold nothing", f"it holds {found[0].pool}")
    each(stage, apps, act)


@form("<apps:list>[ still] (hold|holds)( a seat| the seat| its seat| their seats|)",
      "<apps:list>[ still] (hold|holds)[ a seat of] <profile:name>",
      "<apps:list> (keep|keeps) (the|a|its|their) seat[s]")
def hold(stage, _, apps, profile=None):
    def act(application):
        if not records(stage, application, words.name(profile) if profile else None, False):
            raise Mismatch("to hold a seat", "it holds none")
    each(stage, apps, act)


@form("<apps:list> (does|do) not wait")
def not_waiting(stage, _, apps):
    def act(application):
        if found := records(stage, application, None, True):
            raise Mismatch("not to wait", f"it waits at {found[0].position}")
    each(stage, apps, act)


@form("<apps:list>[ still] (wait|waits|is waiting|are waiting)"
      "( at( position| place|) <position:number>|)")
def waiting(stage, _, apps, position=None):
    def act(application):
        found = records(stage, application, None, True)
        if not found:
            raise Mismatch("to wait", "it does not")
        if position and found[0].position != int(position):
            raise Mismatch(f"to wait at {position}", f"it waits at {found[0].position}")
    each(stage, apps, act)
