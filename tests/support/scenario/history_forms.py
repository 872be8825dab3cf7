"""A random history of keys, to hold the rules against more than anybody would write down.

One seed is one history: it can be played again, and what fails tells the steps that led there.
"""

import random

from support.scenario import words
from support.scenario.answer import Mismatch
from support.scenario.application import Held, new_checkout
from support.scenario.forms import form
from support.scenario.setup_forms import file_of, make, operated

KEYS_MAX = 6
TOTAL_MAX = 60


@form("<license:name> of <root:name> lives through <steps:number> random steps of seed "
      "<seed:number>")
def random_history(stage, step, license, root, steps, seed):
    """Keys are opened, filled, emptied and closed, devices come and go, and the license grows and
    shrinks as far as what is used allows. All the while nobody is locked and no unit is lost."""
    history = History(stage, stage.host(step.host), words.name(root),
                      stage.licenses[stage.number_of(words.name(license))], int(seed))
    for _ in range(int(steps)):
        history.go_on()


class History:
    def __init__(self, stage, host, root, license, seed):
        self.stage, self.host, self.root, self.license = stage, host, root, license
        self.random = random.Random(seed)
        self.network = stage.application("the network", new=True)
        self.network.host = host
        self.seed, self.opened = seed, 0
        self.told = [f"seed {seed}"]
        self.others = self.used() - len(self.network.registered())  # Whose devices stay.

    def go_on(self):
        step = self.random.choice([self.open, self.fill, self.fill, self.empty, self.close,
                                   self.register, self.register, self.register, self.give_back,
                                   self.shrink, self.shrink, self.grow])
        step(self.keys())
        self.check()

    # The steps; one that makes no sense now is not taken.

    def open(self, keys):
        if len(keys) < KEYS_MAX:
            self.opened += 1
            self.type("pool", "open", f"K{self.seed}-{self.opened}", "--in", self.root)

    def fill(self, keys):
        free = self.pools()[self.root]["stock"]
        if keys and free > 0:
            self.type("pool", "allocate", self.root, self.random.choice(keys)["id"],
                      self.random.randint(1, free))

    def empty(self, keys):
        having = [key for key in keys if key["stock"] > key["held"]]
        if having:
            key = self.random.choice(having)
            spare = key["stock"] - key["held"]
            self.type("pool", "allocate", key["id"], self.root, self.random.randint(1, spare))

    def close(self, keys):
        idle = [key for key in keys if key["held"] == 0]
        if len(keys) > 2 and idle:
            self.type("pool", "close", self.random.choice(idle)["id"])

    def register(self, keys):
        having = [key for key in keys if key["stock"] > key["held"]]
        if not having:
            return
        key = self.random.choice(having)
        count = self.random.randint(1, key["stock"] - key["held"])
        begun = len(self.network.devices)
        rows = [Held(new_checkout("", "history", f"d{begun + number}", pool=key["id"]))
                for number in range(count)]
        self.must(f"register {count} in {key['id']}",
                  self.network.register(rows, pool=key["id"]))

    def give_back(self, _):
        having = self.network.registered()
        if having:
            rows = self.random.sample(having, self.random.randint(1, len(having)))
            self.must(f"give back {len(rows)}", self.network.give_back(rows))

    def shrink(self, _):
        used = self.used()
        if used < self.license.quantity:
            self.resize(self.random.randint(max(1, used), self.license.quantity))

    def grow(self, _):
        self.resize(self.random.randint(self.license.quantity, TOTAL_MAX))

    def resize(self, units):
        if units != self.license.quantity:
            self.license.quantity = units
            make(self.stage, self.license)
            self.type("license", "install", file_of(self.stage, self.license.number), "--replace",
                      said=f"the license is for {units}")

    # What is done and what must hold.

    def type(self, *arguments, said=""):
        self.must(said or " ".join(map(str, arguments)),
                  operated(self.host.daemon.usher(*arguments, "--json")))

    def must(self, said, answer):
        self.told.append(said)
        if answer.word not in ("done", "registered"):
            self.fail("it to be done", str(answer))

    def pools(self):
        return {pool["id"]: pool for pool in self.host.daemon.status()["pools"]
                if pool["root"] == self.root}

    def used(self):
        return sum(pool["held"] for pool in self.pools().values())

    def keys(self):
        return [pool for name, pool in self.pools().items()
                if name != self.root and not pool["closed"]]

    def check(self):
        pools = self.pools()
        for name, pool in pools.items():
            is_locked = pool["locked"] and not pool["closed"]
            if pool["stock"] < pool["held"] or is_locked:
                self.fail(f"{name} open", f"{pool['held']} of {pool['stock']}, {pool['reason']}")
        if (total := sum(pool["stock"] for pool in pools.values())) != self.license.quantity:
            self.fail(f"{self.license.quantity} units in all", str(total))
        devices = self.others + len(self.network.registered())
        if self.used() != devices:
            self.fail(f"{devices} devices", str(self.used()))

    def fail(self, expected, got):
        raise Mismatch(f"{expected} after {'; '.join(self.told)}", got)
