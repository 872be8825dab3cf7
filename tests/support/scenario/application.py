"""An application of a scenario: one process that speaks the wire as `libusher` would.

It renews every third of the term of the scenario's clock, comes back where the daemon was away, and
does no more and no less than the scenario says. What it hears is kept until the scenario asks.
"""

import os

from support import wire
from support.documents import payload_of
from support.messages import usher
from support.scenario.answer import Answer, Mismatch, refusal_facts

STATES = {usher.LeaseState.HELD: "held", usher.LeaseState.LOCKED: "locked",
          usher.LeaseState.WAITING: "waiting", usher.LeaseState.UNKNOWN: "unknown"}


class Held:
    """A lease or a place in the queue, as its application knows it."""

    def __init__(self, checkout):
        self.checkout = checkout
        self.id = checkout.lease
        self.state = "asked"  # waiting, held, lost


class Event:
    """Something that the daemon said without being asked."""

    def __init__(self, word, lease, at_ms, facts):
        self.word, self.lease, self.at_ms = word, lease, at_ms
        self.facts = facts


class Application:
    """One process. `credential` is a key or a pair of certificate files."""

    def __init__(self, name, stage):
        self.name = name
        self.stage = stage
        self.host = None
        self.key = ""
        self.certificate = None
        self.connection = None
        self.renews = True  # By itself.
        self.hangs = False
        self.is_away = False  # Its connection is broken, or it is dead, until it is told otherwise.
        self.is_dead = False
        self.leases = {}  # By the profile or the pool that was asked for.
        self.devices = {}  # What it has registered, by party and name.
        self.next_renewal_ms = None
        self.renewal_ms = None
        self.events = []

    # The connection.

    def connect(self):
        """Says hello; gives the answer."""
        self.drop()
        self.is_away = self.is_dead = self.hangs = False
        try:
            self.connection = self.host.connect(self.certificate)
            answer = self.connection.hello(self.key, client=f"scenario {self.name}")
        except (wire.HungUp, OSError) as error:
            self.drop()
            return Answer("closed", {"text": str(error)})
        if answer.HasField("refused"):
            self.drop()
            return Answer("refused", refusal_facts(answer.refused))
        welcome = answer.welcome
        self.renewal_ms = welcome.term_ms // 3
        return Answer("connected", {"identity": welcome.identity, "role": welcome.role,
                                    "mode": welcome.mode, "term": welcome.term_ms})

    def drop(self):
        """The connection ends as when a process dies."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def reach(self):
        """A connection that was let in, made where there is none."""
        if self.is_dead or self.is_away or self.hangs:
            raise Mismatch(f"{self.name} to be there", f"{self.name} is "
                           + ("hanging" if self.hangs else "gone; let it come back"))
        if self.connection is None:
            answer = self.connect()
            if answer.word != "connected":
                raise Mismatch(f"{self.name} to be let in", str(answer))
        return self.connection

    # Conversations. Each gives an Answer.

    def check_out(self, checkout):
        held = Held(checkout)
        self.leases[checkout.profile or checkout.pool] = held
        answer = self.reach().ask(checkout=checkout)
        return self._take_checkout_answer(held, answer)

    def _take_checkout_answer(self, held, answer):
        if answer.HasField("refused"):
            held.state = "lost"
            return Answer("refused", refusal_facts(answer.refused))
        self._renew_later()
        if answer.HasField("waiting"):
            held.state = "waiting"
            return Answer("waiting", {"position": answer.waiting.position}
                          | refusal_facts(answer.waiting.refused))
        held.state = "held"
        return Answer("granted", granted_facts(answer.granted, self.stage))

    def renew(self, lease=None):
        """One lease, or all that it has; the answer is that of the first."""
        leases = [lease] if lease else self.current_ids()
        if not leases:
            raise Mismatch(f"{self.name} to hold something to renew", "nothing")
        answer = self.reach().ask(renew=usher.Renew(leases=leases))
        if answer.HasField("refused"):
            return Answer("refused", refusal_facts(answer.refused))
        states = [self._take_state(state) for state in answer.renewed.leases]
        self._renew_later()
        return states[0]

    def _take_state(self, state):
        held = self.lease_with(state.lease)
        word = STATES[state.state]
        if held is not None:
            if held.state == "waiting" and word == "held":
                self._note("granted", held, {})
            held.state = {"held": "held", "locked": "held", "waiting": "waiting"}.get(word, "lost")
        facts = refusal_facts(state.refused) if state.HasField("refused") else {}
        return Answer(word, facts | {"because": state.ended_because or facts.get("because")})

    def check_in(self, lease):
        answer = self.reach().ask(checkin=usher.Checkin(lease=lease))
        if answer.HasField("refused"):
            return Answer("refused", refusal_facts(answer.refused))
        if held := self.lease_with(lease):
            held.state = "lost"
        return Answer("done", {"warning": list(answer.done.warnings)})

    # Devices: many leases at once, of which it renews none by itself.

    def register(self, rows, **where):
        """`rows` are leases that it does not have yet; all or none of them become its own."""
        answer = self.reach().ask(register=usher.Register(
            rows=[usher.Register.Row(lease=held.id, device=held.checkout.device,
                                     user=held.checkout.user, units=held.checkout.units)
                  for held in rows], **where))
        if answer.HasField("refused"):
            return Answer("refused", refusal_facts(answer.refused))
        for held in rows:
            held.state = "held"
            self.devices[(held.checkout.party, held.checkout.device)] = held
        done = answer.registered
        return Answer("registered", {"taken": done.taken, "already": done.already}
                      | state_facts(done.pool))

    def registered(self, party=None):
        """Those of its devices that it has still; for one party, or for all."""
        return [held for (owner, _), held in self.devices.items()
                if held.state == "held" and party in (None, owner)]

    def give_back(self, rows):
        answer = self.reach().ask(
            checkin_many=usher.CheckinMany(leases=[held.id for held in rows]))
        if answer.HasField("refused"):
            return Answer("refused", refusal_facts(answer.refused))
        for held in rows:
            held.state = "lost"
        return Answer("done", {"warning": list(answer.done.warnings)})

    def listed(self, party=""):
        """What the daemon says that it has registered, part after part."""
        found, after = [], 0
        while True:
            part = self.reach().ask(
                lease_list=usher.LeaseListAsk(party=party, after=after)).lease_list
            found += part.leases
            after = part.after
            if not after:
                return found

    def ask_state(self, **where):
        answer = self.reach().ask(state_ask=usher.StateAsk(**where))
        if answer.HasField("refused"):
            return Answer("refused", refusal_facts(answer.refused))
        return Answer("locked" if answer.pool_state.locked else "open",
                      state_facts(answer.pool_state))

    def leave(self):
        self.reach().send(leave=usher.Leave())
        self.connection.is_closed()
        self.drop()
        self.is_away = True

    def come_back(self):
        """Connects anew and renews what it had."""
        answer = self.connect()
        if answer.word != "connected" or not self.current_ids():
            return answer
        return self.renew()

    # What it has.

    def current(self):
        return [held for held in self.leases.values() if held.state in ("held", "waiting")]

    def current_ids(self):
        return [held.id for held in self.current()]

    def lease_with(self, lease):
        return next((held for held in [*self.leases.values(), *self.devices.values()]
                     if held.id == lease), None)

    def lease_of(self, profile):
        """The lease for `profile`; without one, its only or last one."""
        if profile is not None:
            if profile not in self.leases:
                raise Mismatch(f"{self.name} to have asked for {profile}", "it never did")
            return self.leases[profile]
        having = self.current() or list(self.leases.values())
        if not having:
            raise Mismatch(f"{self.name} to have asked for something", "it never did")
        return having[-1]

    # What happens as time goes by.

    @property
    def is_listening(self):
        return self.connection is not None and not self.hangs

    @property
    def is_renewing(self):
        return self.renews and self.is_listening and bool(self.current())

    def _renew_later(self):
        self.next_renewal_ms = self.stage.now_ms + self.renewal_ms

    def pass_time(self):
        """Renews where it is time, and hears what was said."""
        if self.is_renewing and self.next_renewal_ms <= self.stage.now_ms:
            self.renew()
        self.listen()

    def listen(self):
        if not self.is_listening:
            return
        try:
            self.connection.catch_up()
        except wire.HungUp:
            self._take_notices()
            self._note("hung up", None, {})
            self.drop()
            return
        self._take_notices()

    def _take_notices(self):
        notices, self.connection.notices = self.connection.notices, []
        for notice in notices:
            kind = notice.WhichOneof("answer")
            about = getattr(notice, kind)
            held = self.lease_with(about.lease) if hasattr(about, "lease") else None
            if kind == "granted":
                held.state = "held"
                self._renew_later()
                self._note("granted", held, granted_facts(about, self.stage))
            elif kind == "wait_ended":
                held.state = "lost"
                self._note("wait ended", held, refusal_facts(about.refused)
                           | {"because": about.reason})
            elif kind == "seat_lost":
                held.state = "lost"
                self._note("lost", held, {"because": about.reason, "note": about.note})
            elif kind == "mode_changed":
                self._note(about.mode, None, {})
            elif kind == "ending":
                self._note("ending", None, {"because": about.reason})
            elif kind == "state_changed":
                self._note("stands", None, {"party": about.party} | state_facts(about.state))
            elif kind == "redirected":
                self._follow(payload_of(about.document)["uri"])
                return

    def _follow(self, uri):
        """Goes to the host that its own has moved to, with all that it has."""
        self.host = self.stage.host_at(uri)
        self._note("moved", None, {"to": self.host.name})
        self.come_back()

    def _note(self, word, held, facts):
        self.events.append(Event(word, held, self.stage.now_ms, facts))


def granted_facts(granted, stage):
    # All pools under a root are of its product, so only a license's own pool goes by that name.
    names = [granted.pool, granted.product] if granted.pool in stage.licenses else [granted.pool]
    return {"from": names, "units": granted.units,
            "shares": granted.shares_seat, "kind": granted.kind, "term": granted.term_ms}


def state_facts(state):
    """Of a pool: how it stands, and why it lends nothing where it is locked."""
    refused = refusal_facts(state.refused) if state.HasField("refused") else {}
    return refused | {"from": [state.pool], "locked": state.locked, "held": state.held,
                      "stock": None if state.unlimited else state.stock,
                      "valid": state.valid_ms}


def new_checkout(profile, user, device, units=1, wait_ms=0, party="", lease=None, pool=""):
    return wire.checkout(profile, lease=lease or os.urandom(16), user=user, device=device,
                         units=units, wait_ms=wait_ms, party=party, pool=pool, pid=os.getpid())
