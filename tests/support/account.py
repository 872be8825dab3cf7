"""What clients were told, and whether a daemon keeps its word.

    account = Account()
    account.ask(lease, pool, units)       # before the question leaves
    account.granted(lease, units)         # what the answer says
    ...
    account.settle(picture)               # of `wire.Connection.look`, when nobody asks any more

What was answered must be so; what was asked and not answered may be so or not, and is known
afterwards; what nobody asked for must not be. An answer that cannot be true is a lie as soon as it
comes. Many threads may share one.
"""

import collections
import dataclasses
import threading

from support import wire
from support.messages import usher

HELD_STATES = (usher.LeaseState.HELD, usher.LeaseState.LOCKED)

# How a lease stands by what was told of it.
ASKED = "asked"  # It may be held, or queue, or not be there at all.
WAITING = "waiting"  # It must be held, or queue.
HELD = "held"  # It must be held.
LEAVING = "leaving"  # It may still be held, or queue: its end was asked for.
GONE = "gone"  # It must not be there.


@dataclasses.dataclass
class Entry:
    lease: bytes
    pool: str
    units: int
    standing: str
    stood: str = ""  # While it is leaving: how it stood before.
    is_open: bool = True  # Its question was not answered yet; it will be asked again.
    together: object = None  # Those that were asked in one question stand or fall together.


@dataclasses.dataclass
class Figures:
    """What was compared so far."""

    answers: int = 0
    seats: int = 0  # Seats that had been answered and were looked for.
    places: int = 0  # The same of places in the queue.
    ends: int = 0  # Leases that had to be gone, each counted once.
    unanswered: int = 0  # Leases whose question nobody had answered.
    unanswered_kept: int = 0  # Of those, what was there all the same.


class Account:
    def __init__(self):
        self.lock = threading.RLock()
        self.entries = {}
        self.stocks = {}  # Units of each pool.
        self.change = {}  # Of the stocks, asked for and not answered.
        self.lies = []
        self.figures = Figures()
        self._tags = {}
        self._buried = {}  # Long gone, by their tags; late notices may still speak of them.

    # What is asked.

    def ask(self, lease, pool, units, together=None):
        with self.lock:
            known = self.entries.get(lease)
            if known and known.standing in (HELD, WAITING):
                known.is_open = True
                return  # The same question again: it must get the same answer.
            self.entries[lease] = Entry(lease, pool, units, ASKED, together=together)
            self._buried.pop(wire.tag(lease), None)
            self._tags[wire.tag(lease)] = lease

    def leave(self, candidates, standings=(HELD,), together=None):
        """The end of those candidates that stand so is asked for; gives them. Nobody ends what
        somebody else is about to end, or to ask for again."""
        with self.lock:
            leases = [lease for lease in candidates
                      if lease in self.entries and self.entries[lease].standing in standings
                      and not self.entries[lease].is_open]
            for lease in leases:
                entry = self.entries[lease]
                entry.stood, entry.standing, entry.together = entry.standing, LEAVING, together
            return leases

    def standing(self, *standings):
        """All leases that stand so."""
        with self.lock:
            return [entry.lease for entry in self.entries.values() if entry.standing in standings]

    # What is answered.

    def granted(self, lease, units, pool=None):
        with self.lock:
            self.figures.answers += 1
            entry = self._entry(lease)
            entry.is_open = False
            if units != entry.units or pool not in (None, entry.pool):
                self._lie(lease, f"granted {units} of {pool}, not {entry.units} of {entry.pool}")
            if entry.standing in (ASKED, WAITING):
                entry.standing = HELD
            entry.stood = HELD

    def waiting(self, lease):
        with self.lock:
            self.figures.answers += 1
            self.entries[lease].is_open = False
            if self.entries[lease].standing == ASKED:
                self.entries[lease].standing = WAITING

    def refused(self, lease, code):
        with self.lock:
            self.figures.answers += 1
            entry = self.entries[lease]
            entry.is_open = False
            # Who stops answers everybody with a no, also who only asks again for what he has.
            if entry.standing in (HELD, WAITING) and code != "SERVER_ENDING":
                self._lie(lease, f"was {entry.standing}, and asked again it was refused: {code}")
            if entry.standing == ASKED:
                entry.standing = GONE

    def left(self, lease):
        """Its end was answered with yes."""
        with self.lock:
            self.figures.answers += 1
            self.entries[lease].standing = GONE

    def stays(self, lease, code):
        """Its end was answered with no."""
        with self.lock:
            self.figures.answers += 1
            if code != "SERVER_ENDING":
                self._lie(lease, f"was there, and could not be given back: {code}")
            self.entries[lease].standing = self.entries[lease].stood

    def ended(self, lease, reason):
        """A notice says that nobody's question ended it."""
        with self.lock:
            entry = self._entry(lease)
            if entry.standing not in (LEAVING, GONE):
                self._lie(lease, f"was {entry.standing}, and ended: {reason}")
            entry.standing = GONE

    def standings(self, leases):
        with self.lock:
            return {lease: self._entry(lease).standing for lease in leases}

    def renewed(self, before, states):
        """`before` are the standings of when it was asked."""
        with self.lock:
            self.figures.answers += 1
            for (lease, stood), state in zip(before.items(), states):
                entry = self._entry(lease)
                is_there = state.state in (*HELD_STATES, usher.LeaseState.WAITING)
                if stood == GONE and is_there:
                    self._lie(lease, "was gone, and was renewed")
                if stood == entry.standing == HELD and state.state not in HELD_STATES:
                    self._lie(lease, f"was held, and renewed it is {state}")
                if stood == entry.standing == WAITING:
                    if not is_there:
                        self._lie(lease, f"waited, and renewed it is {state}")
                    elif state.state in HELD_STATES:
                        entry.standing = HELD

    # Units.

    def begin_change(self, **deltas):
        """Of the units of pools, until `end_change`; one at a time."""
        with self.lock:
            assert not self.change
            self.change = deltas

    def end_change(self, is_done):
        with self.lock:
            self.figures.answers += 1
            if is_done:
                self._apply_change()
            self.change = {}

    def _apply_change(self):
        for pool, delta in self.change.items():
            self.stocks[pool] = self.stocks.get(pool, 0) + delta

    def _entry(self, lease):
        return self.entries.get(lease) or self._buried[wire.tag(lease)]

    def _lie(self, lease, what):
        self.lies.append(f"lease {wire.tag(lease)}: {what}")

    # What is there.

    def settle(self, picture):
        """Everything that is not as it was told; none: it is. What was not answered is known from
        now on."""
        with self.lock:
            leases = {lease.id: lease for lease in picture.leases}
            queue = {waiter.id for waiter in picture.queue}
            complaints = self.lies + self._complaints_about_pools(picture)
            for tag in (leases.keys() | queue) - self._tags.keys():
                complaints.append(f"lease {tag} is there, and nobody asked for it")
            complaints += self._complaints_about_groups(leases)
            for tag in self._buried.keys() & (leases.keys() | queue):
                complaints.append(f"lease {tag} had gone, and is there")
            for entry in self.entries.values():
                complaints += self._settle(entry, leases.get(wire.tag(entry.lease)), queue)
            self._bury()
            self.lies = []
            return complaints

    def _settle(self, entry, found, queue):
        tag = wire.tag(entry.lease)
        name = f"lease {tag} of {entry.units} of {entry.pool}"
        stood, entry.together = entry.standing, None
        is_there = found is not None or tag in queue
        if stood in (ASKED, LEAVING):
            self.figures.unanswered += 1
            self.figures.unanswered_kept += is_there
        if found is not None:
            entry.standing = HELD
        else:
            entry.standing = WAITING if tag in queue else GONE
        self.figures.seats += stood == HELD
        self.figures.places += stood == WAITING
        self.figures.ends += stood == GONE
        if stood == HELD and found is None:
            return [f"{name} was held, and is lost"]
        if stood == WAITING and not is_there:
            return [f"{name} waited, and is lost"]
        if stood == GONE and is_there:
            return [f"{name} had gone, and is there"]
        if found is not None and (found.pool, found.units) != (entry.pool, entry.units):
            return [f"{name} is one of {found.units} of {found.pool}"]
        return []

    def _bury(self):
        for lease in [entry.lease for entry in self.entries.values() if entry.standing == GONE]:
            tag = wire.tag(lease)
            self._buried[tag] = self.entries.pop(lease)

    def _complaints_about_groups(self, leases):
        groups = collections.defaultdict(set)
        for entry in self.entries.values():
            if entry.together is not None and entry.standing in (ASKED, LEAVING):
                groups[entry.together].add(wire.tag(entry.lease) in leases)
        return [f"what was asked together, {group}, is there in part"
                for group, found in groups.items() if len(found) > 1]

    def _complaints_about_pools(self, picture):
        held = collections.Counter()
        for lease in picture.leases:
            held[lease.pool] += lease.units
        pools = {pool.id: pool for pool in picture.pools}
        complaints = []
        for pool in pools.values():
            if pool.held != held[pool.id]:
                complaints.append(f"{pool.id}: {pool.held} are held, but {held[pool.id]} by leases")
            if not pool.unlimited and pool.held > pool.stock and not pool.locked:
                complaints.append(f"{pool.id} is oversold: {pool.held} of {pool.stock}")
        return complaints + self._complaints_about_stocks(pools)

    def _complaints_about_stocks(self, pools):
        """An unanswered change has happened whole or not at all."""
        stocks = {pool: pools[pool].stock if pool in pools else 0
                  for pool in self.stocks.keys() | self.change.keys()}
        before = dict(self.stocks)
        if self.change and stocks != {pool: before.get(pool, 0) for pool in stocks}:
            self._apply_change()
        self.change = {}
        if stocks == {pool: self.stocks.get(pool, 0) for pool in stocks}:
            return []
        return [f"pools have {stocks}, not {self.stocks}"]
