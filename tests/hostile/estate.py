"""A house with pools under roots: what tests of their refusals ask of it."""

import os

from siege import Siege
from support.messages import operator, pool, usher
from support.scenario.vendor import License

ROWS_MAX = 10_000


class Estate(Siege):
    """`Keys` (100, in the scheme `keys`) and `Work` (40, in the scheme `companies`)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stand("7.0.0.1", "Keys", 100, "keys")
        cls.stand("7.0.0.2", "Work", 40, "companies")

    @classmethod
    def stand(cls, number, product, quantity, scheme):
        document = cls.signed(License(number, product, quantity, "lease"))
        cls.daemon.must("license", "install", "-", "--scheme", scheme, "--profile", product,
                        input=document)

    def setUp(self):
        self.desk = self.operator()
        self.client = self.connect()
        self.addCleanup(self.desk.close)
        self.addCleanup(self.client.close)

    # What operators ask; each must be done, or is returned.

    def done(self, **verb):
        answer = self.desk.operate(**verb)
        self.assertTrue(answer.operated.HasField("done"), answer)

    def opened(self, name, root="Keys", units=0, owner=""):
        self.done(pool_open=pool.PoolOpen(pool=name, root=root, owner=owner))
        if units:
            self.done(pool_allocate=self.allocation(root, name, units))
        return name

    @staticmethod
    def allocation(source, target, units, force=False):
        return pool.PoolAllocate(to=target, units=units, force=force, **{"from": source})

    def allocated(self, *words, **options):
        return self.desk.operate(pool_allocate=self.allocation(*words, **options))

    def added(self, name, kind, **fields):
        self.done(party_add=pool.PartyAdd(party=name, kind=kind, **fields))
        return name

    def pools(self):
        return {each.id: each for each in self.desk.look().pools}

    # What applications ask.

    @staticmethod
    def row(device, units=1, lease=None):
        return usher.Register.Row(lease=lease or os.urandom(16), device=device, units=units)

    def register(self, rows, user="admin", **where):
        return self.client.ask(register=usher.Register(rows=rows, user=user, **where))

    def registered(self, count, **where):
        rows = [self.row(f"device-{number}") for number in range(count)]
        answer = self.register(rows, **where)
        self.assertTrue(answer.HasField("registered"), answer)
        return rows
