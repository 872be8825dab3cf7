"""A daemon, a vendor and a crowd: what every fault is made to happen to.

    with Town(seed=1) as town:
        town.day(until=lambda: kill_it())      # all of them ask until the daemon is gone
        town.daemon.start()
        town.check()                           # what was told against what is held
"""

import collections
import random
import select
import shutil
import threading

from crowd import CHILDREN, FLOATING, ROOT, Application, Operator
from support import wire
from support.account import Account
from support.daemon import PATIENCE
from support.vendor import House

APPLICATIONS = 4
SEATS, UNITS = 40, 120

# A town's papers: so many numbers, each of them sold again with more and more units.
NUMBERS, SIZES = 10, (5, 8, 11)

Paper = collections.namedtuple("Paper", "number units document")


def wait(seconds):
    """Lets a fault come at some moment: nothing is waited for by it."""
    select.select([], [], [], seconds)


class Town(House):
    """`settings` are the daemon's, `state` is where its state is kept; see `Daemon` for the rest.
    Nobody's silence ends anything within a test, unless the settings say so."""

    def __init__(self, seed, settings=None, state=None, applications=APPLICATIONS, **more):
        self.random = random.Random(seed)
        self.account = Account()
        settings = {"lease.term": "1h", "lease.grace": "60s", "anonymous": False,
                    **(settings or {})}
        if state is not None:
            settings["state"] = str(state)
        super().__init__(settings, **more)
        self.state = self.daemon.directory / "state" if state is None else state
        self.ca_file = self.daemon.directory / "ca.pem"
        self.installed = collections.Counter()  # Units of each paper.
        self.count = applications
        self.papers, self.guests, self.faults = [], [], []

    def furnish(self):
        """Licenses, pools and keys; everybody has a place in it."""
        must, sign = self.daemon.must, self.vendor.sign
        must("license", "install", "-", "--profile", "Client",
             input=sign(FLOATING, "Client", SEATS))
        must("license", "install", "-", "--scheme", "keys", "--profile", "Keys",
             input=sign("7.0.0.1", ROOT, UNITS))
        for child in CHILDREN:
            must("pool", "open", child, "--in", ROOT)
            must("pool", "allocate", ROOT, child, UNITS // 3)
        self.account.stocks = {FLOATING: SEATS, ROOT: UNITS - 2 * (UNITS // 3),
                               **dict.fromkeys(CHILDREN, UNITS // 3)}
        self.papers = [Paper(f"7.1.0.{number}", units, sign(f"7.1.0.{number}", ROOT, units))
                       for units in SIZES for number in range(NUMBERS)]
        self.server = self.daemon.server
        shutil.copy(wire.ca_of(self.server, self.state), self.ca_file)
        self.guests = [Operator(self, self.seeded())]
        for number in range(self.count):
            name = f"app-{number}"
            key = self.daemon.json("key", "create", name)["key"]
            self.guests.append(Application(self, self.seeded(), name, key))

    def seeded(self):
        return random.Random(self.random.random())

    def next_paper(self):
        """One that is worth installing."""
        return next((paper for paper in self.papers
                     if paper.units > self.installed[paper.number]), None)

    @property
    def unanswered(self):
        """Requests that were in flight when a day ended."""
        return sum(guest.unanswered for guest in self.guests)

    @property
    def applications(self):
        return self.guests[1:]

    # Days.

    def day(self, until):
        """Everybody asks while `until` runs; then they stop, where nobody has stopped them."""
        over = threading.Event()
        threads = [threading.Thread(target=self._live, args=(guest, over)) for guest in self.guests]
        for thread in threads:
            thread.start()
        try:
            until()
        finally:
            over.set()
            for thread in threads:
                thread.join(2 * PATIENCE)
        if self.faults:
            raise self.faults[0]
        assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"

    def _live(self, guest, over):
        try:
            guest.day(over)
        except BaseException as fault:  # It is told where somebody looks.
            self.faults.append(fault)

    # What is there.

    def look(self):
        with wire.Connection.local(self.daemon.socket) as office:
            office.hello()
            return office.look()

    def complaints(self, picture):
        """What is not as it was told."""
        self.installed = collections.Counter(
            {license.id: license.quantity for license in picture.licenses})
        return self.account.settle(picture)

    def check(self):
        """All that was told is so, and nothing else is; gives the picture."""
        picture = self.look()
        complaints = self.complaints(picture)
        if complaints:
            log = [line for line in self.daemon.log_text().splitlines() if " setting " not in line]
            raise AssertionError("\n".join([f"{len(complaints)} complaints:", *complaints[:20],
                                            "the log ends:", *log[-20:]]))
        return picture

    def verify(self, head=None):
        """The journal is whole, and goes on from `head`, while nobody uses it; gives its head."""
        known = ["--head", head] if head else []
        said = self.daemon.must("journal", "verify", "--state", self.state, *known)
        return said.split("head: ")[1].strip()
