"""Who asks a daemon for something, all the time, each from a thread of its own: applications that
hold floating seats and devices, and an operator who shapes pools and takes seats away. All that
they are told goes into one account.

A day of theirs ends when the daemon does, or when it is over. The next one goes on with what they
held, and asks once more for what nobody answered.
"""

import os

from support import wire
from support.account import GONE, HELD, WAITING
from support.messages import operator, pool, usher

FLOATING, ROOT, CHILDREN = "1.0.0.1", "Keys", ("Berlin", "Rome")

# Leases that one application has at most at a time.
FLOATING_MAX, DEVICES_MAX = 12, 40
WAIT_MS = 24 * 3600 * 1000

# The connection ended, or there was none to be had.
OVER = (wire.HungUp, OSError)


class Guest:
    """Somebody with a connection, and what to do with the answers that are still to come."""

    key = ""

    def __init__(self, town, random):
        self.town, self.account, self.random = town, town.account, random
        self.connection = None
        self.open = {}
        self.unanswered = 0  # Requests that were in flight when a day ended, of all days.

    def day(self, over):
        """Until the daemon ends the connection, or `over` is set."""
        try:
            self.come()
            while not over.is_set():
                self.act()
                self.hear_all()
        except OVER:
            self.unanswered += len(self.open)
        finally:
            self.open = {}
            self.go()

    def come(self):
        self.connection = self.connect()
        self.connection.hello(self.key)

    def go(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def say(self, then, **ask):
        """Asks; `then` takes the answer."""
        request = self.connection.last_request + 1
        self.open[request] = then  # First: what is sent in part may have been heard.
        self.connection.send(**ask)

    def hear_all(self):
        """Returns when everything is answered."""
        while self.open:
            response = self.connection.receive()
            if response.id == 0:
                self.hear(response)
            else:
                self.open.pop(response.id)(response)

    def hear(self, notice):
        """What nobody asked for."""


class Application(Guest):
    def __init__(self, town, random, name, key):
        super().__init__(town, random)
        self.name, self.key = name, key
        self.context = self.session = None
        self.seats = {}  # What it asked for, by lease: checkouts.
        self.devices = {}  # And registrations, each by the lease of every row.
        self.unsure = set()  # Leases that nobody has answered for yet.
        self.asked_again = 0
        self.is_careless = True  # Its line breaks now and then.

    def connect(self):
        self.context = self.context or wire.client_context(self.town.ca_file)
        return wire.Connection.over_tls(self.town.server, None, context=self.context,
                                        session=self.session)

    def come(self):
        """It is back with what it has, and asks once more for what nobody answered: what was
        granted without its knowledge must be granted to it, and nothing twice."""
        super().come()
        self.session = self.connection.stream.session
        self.forget_gone()
        self.asked_again += len(self.unsure)
        for request in {id(request): request for lease, request in self.devices.items()
                        if lease in self.unsure}.values():
            self.register(request)
        for lease in self.unsure & self.seats.keys():
            self.check_out(self.seats[lease])
        self.renew()
        self.hear_all()

    def forget_gone(self):
        there = self.unsure | set(self.account.standing(HELD, WAITING))
        for leases in (self.seats, self.devices):
            for lease in leases.keys() - there:
                del leases[lease]

    def act(self):
        deeds = [self.take_seat, self.give_seats, self.take_devices, self.give_devices, self.renew]
        for deed in self.random.choices(deeds, (4, 1, 2, 1, 2), k=self.random.randint(1, 6)):
            deed()
        self.hear_all()
        self.forget_gone()
        if self.is_careless and self.random.random() < 0.02:
            self.go()  # It is back at once, and loses nothing.
            self.come()

    # Floating seats.

    def take_seat(self):
        if len(self.seats) < FLOATING_MAX:
            wait_ms = self.random.choice((0, WAIT_MS))
            self.check_out(wire.checkout("Client", user=self.name, device="desk", wait_ms=wait_ms,
                                         units=self.random.randint(1, 3)))

    def check_out(self, wish):
        self.seats[wish.lease] = wish
        self.unsure.add(wish.lease)
        self.account.ask(wish.lease, FLOATING, wish.units)
        self.say(lambda answer: self.told_of_seat(wish.lease, answer), checkout=wish)

    def told_of_seat(self, lease, answer):
        self.unsure.discard(lease)
        if answer.HasField("granted"):
            self.account.granted(lease, answer.granted.units, answer.granted.pool)
        elif answer.HasField("waiting"):
            self.account.waiting(lease)
        else:
            self.account.refused(lease, answer.refused.code)

    def give_seats(self):
        self.give(self.random.sample(sorted(self.seats), k=min(len(self.seats), 3)))

    def give(self, some, standings=(HELD, WAITING)):
        for lease in self.account.leave(some, standings):
            self.say(lambda answer, lease=lease: self.told_of_end([lease], answer),
                     checkin=usher.Checkin(lease=lease))

    def renew(self):
        before = {lease: stands for lease, stands in self.account.standings(self.seats).items()
                  if stands in (HELD, WAITING, GONE)}
        if before:
            self.say(lambda answer: self.account.renewed(before, answer.renewed.leases),
                     renew=usher.Renew(leases=list(before)))

    # Devices, which no silence ends.

    def take_devices(self):
        count = self.random.randint(1, 8)
        if len(self.devices) + count <= DEVICES_MAX:
            rows = [usher.Register.Row(lease=os.urandom(16), device=f"{self.name}-{number}")
                    for number in range(count)]
            self.register(usher.Register(rows=rows, user=self.name,
                                         pool=self.random.choice(CHILDREN)))

    def register(self, request):
        leases = [row.lease for row in request.rows]
        for lease in leases:
            self.devices[lease] = request
            self.account.ask(lease, request.pool, 1, together=leases[0])
        self.unsure.update(leases)
        self.say(lambda answer: self.told_of_devices(leases, request.pool, answer),
                 register=request)

    def told_of_devices(self, leases, pool_id, answer):
        self.unsure.difference_update(leases)
        for lease in leases:
            if answer.HasField("registered"):
                self.account.granted(lease, 1, pool_id)
            else:
                self.account.refused(lease, answer.refused.code)

    def give_devices(self):
        some = self.random.sample(sorted(self.devices), k=min(len(self.devices), 8))
        leases = self.account.leave(some, together=os.urandom(8))
        if leases:
            self.say(lambda answer: self.told_of_end(leases, answer),
                     checkin_many=usher.CheckinMany(leases=leases))

    def told_of_end(self, leases, answer):
        for lease in leases:
            if answer.HasField("done"):
                self.account.left(lease)
            else:
                self.account.stays(lease, answer.refused.code)

    def hear(self, notice):
        if notice.HasField("granted"):
            self.account.granted(notice.granted.lease, notice.granted.units, notice.granted.pool)
        elif notice.HasField("wait_ended"):
            self.account.ended(notice.wait_ended.lease, notice.wait_ended.reason)
        elif notice.HasField("seat_lost"):
            self.account.ended(notice.seat_lost.lease, notice.seat_lost.reason)


class Operator(Guest):
    """Moves units between the pools of one root, installs licenses for it, revokes."""

    def connect(self):
        return wire.Connection.local(self.town.daemon.socket)

    def act(self):
        deeds = [self.allocate, self.allocate, self.revoke, self.install]
        self.random.choices(deeds, (4, 4, 2, 1))[0]()
        self.hear_all()  # One change at a time, or nobody could say what the second one finds.

    def allocate(self):
        source, target = self.random.sample((ROOT, *CHILDREN), k=2)
        units = self.random.randint(1, 6)
        self.account.begin_change(**{source: -units, target: units})
        self.say(self.told_of_change, operate=operator.Operate(
            pool_allocate=pool.PoolAllocate(to=target, units=units, **{"from": source})))

    def install(self):
        paper = self.town.next_paper()
        if paper:
            self.account.begin_change(**{ROOT: paper.units - self.town.installed[paper.number]})
            self.say(lambda answer: self.told_of_license(paper, answer),
                     operate=operator.Operate(license_install=operator.LicenseInstall(
                         document=paper.document, profile="", scheme="keys", replace=True)))

    def told_of_license(self, paper, answer):
        if answer.operated.HasField("done"):
            self.town.installed[paper.number] = paper.units
        self.told_of_change(answer)

    def told_of_change(self, answer):
        self.account.end_change(answer.operated.HasField("done"))

    def revoke(self):
        held = self.account.standing(HELD)
        some = [self.random.choice(held)] if held else []
        for lease in self.account.leave(some):
            self.say(lambda answer: self.told_of_revocation(lease, answer),
                     operate=operator.Operate(revoke=operator.Revoke(lease=wire.tag(lease),
                                                                     reason="by lot")))

    def told_of_revocation(self, lease, answer):
        if answer.operated.HasField("done"):
            self.account.left(lease)
        else:
            self.account.stays(lease, answer.refused.code)
