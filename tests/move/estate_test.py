"""The live move of pools, parties and schemes: everything stands there as it stood here."""

import json
import unittest

from movers import Movers
from support.daemon import until


class Estates(Movers):
    """At `a`, in a scheme of its own: Berlin was closed with two devices of `web`, Vienna lacks a
    unit for the three of `db`, and Rome is free. And `minnie` of the company acme has two computers
    in acme's pool, donald one in his own, and one from the root."""

    def setUp(self):
        super().setUp()
        a = self.company["a"]
        a.settings["scheme.sites.based_on"] = "keys"
        a.settings["scheme.sites.close"] = "release"
        self.sell("sites", "1.0.0.1", "Sites", 100)
        for pool in ("Berlin", "Vienna", "Rome"):
            a.must("pool", "open", pool, "--in", "Sites")
            a.must("pool", "allocate", "Sites", pool, 3)
        self.register("web", "Berlin", 2)
        self.register("db", "Vienna", 3)
        a.must("pool", "close", "Berlin", "--keep")
        a.must("pool", "allocate", "Vienna", "Rome", 1, "--force")

        self.sell("companies", "1.0.0.2", "Backup", 20)
        a.must("party", "add", "acme", "--kind", "company", "--source", "pool")
        a.must("pool", "open", "acme-own", "--in", "Backup", "--owner", "acme")
        a.must("pool", "allocate", "Backup", "acme-own", 5)
        a.must("party", "add", "minnie", "--kind", "user", "--company", "acme")
        a.must("party", "add", "custom", "--kind", "company", "--source", "delegate")
        a.must("party", "add", "donald", "--kind", "user", "--company", "custom", "--source",
               "root")
        for user in ("minnie", "donald"):
            a.must("device", "add", "--profile", "Backup", "--party", user, f"{user}-1",
                   f"{user}-2")
        a.must("party", "mode", "donald", "personal")
        a.must("pool", "allocate", "Backup", self.pool_of("a", "donald"), 2)

    def sell(self, scheme, number, product, quantity):
        a = self.company["a"]
        a.settings["pools.scheme"] = scheme
        start = len(a.log_text())
        a.reload()
        until(lambda: "configuration taken over" in a.log_text()[start:], "a reload")
        code = self.company.issuer.sell(number, product, quantity)
        a.must("activate", code, "--host", "a", "--issuer", self.company.issuer.uri, "--profile",
               product)

    def register(self, instance, pool, count):
        a = self.company["a"]
        a.must("party", "add", instance, "--kind", "instance", "--pool", pool)
        a.must("device", "add", "--party", instance, *(f"{instance}-{i}" for i in range(count)))

    def pools(self, name):
        return {pool["id"]: pool for pool in self.company[name].status()["pools"]}

    def pool_of(self, name, owner):
        return next(pool["id"] for pool in self.pools(name).values() if pool["owner"] == owner)

    def estate(self, name):
        """All that a host says of what is where."""
        status = self.company[name].status()
        return {what: status[what] for what in ("pools", "parties", "profiles", "leases")}

    def refused(self, *words):
        done = self.company["b"].usher(*words, "--json")
        self.assertEqual(done.returncode, 1, done)
        return json.loads(done.stdout)["refused"]["code"]

    def test_everything_stands_there_as_it_stood(self):
        before = self.estate("a")
        self.moved("a", "b")
        self.assertEqual(self.estate("b"), before)
        self.company["b"].restart(kill=True)
        self.assertEqual(self.estate("b"), before)
        self.assertEqual(self.company.alive("1.0.0.1"), ["b"])

    def test_what_was_closed_while_it_was_held_is_closed_there_and_gives_its_name_up(self):
        self.moved("a", "b")
        b = self.company["b"]
        self.assertEqual((self.pools("b")["Berlin"]["closed"], self.pools("b")["Berlin"]["held"]),
                         (True, 2))
        self.assertEqual(self.refused("device", "add", "--party", "web", "more"), "POOL_CLOSED")
        b.must("pool", "open", "Berlin", "--in", "Sites")
        self.assertEqual((self.pools("b")["Berlin~2"]["held"], self.pools("b")["Berlin"]["held"]),
                         (2, 0))
        b.must("device", "remove", "--party", "web", "web-0", "web-1")
        self.assertEqual(self.pools("b")["Berlin~2"]["held"], 0)

    def test_what_was_locked_is_locked_there_and_cured_there(self):
        self.moved("a", "b")
        self.assertEqual(self.refused("device", "add", "--party", "db", "more"), "POOL_LOCKED")
        self.company["b"].must("pool", "allocate", "Rome", "Vienna", 2)
        self.company["b"].must("device", "add", "--party", "db", "more")

    def test_the_scheme_goes_along_and_rules_there(self):
        self.moved("a", "b")
        b = self.company["b"]
        self.assertEqual(self.pools("b")["Sites"]["scheme"], "sites")
        self.assertEqual(self.refused("pool", "close", "Vienna"), "LEASES_OUTSTANDING")
        b.must("pool", "open", "Oslo", "--in", "Sites")
        self.assertEqual(self.pools("b")["Oslo"]["scheme"], "sites")

    def test_users_take_their_licenses_along_there(self):
        self.moved("a", "b")
        b = self.company["b"]
        b.must("party", "rebind", "minnie", "custom", "--source", "root")
        self.assertEqual((self.pools("b")["acme-own"]["stock"], self.pools("b")["Backup"]["held"]),
                         (3, 2))
        b.must("party", "remove", "donald")
        self.assertEqual(self.pools("b")["Backup"]["stock"], 17)

    def test_there_and_back_again_it_is_the_same(self):
        before = self.estate("a")
        self.moved("a", "b")
        self.moved("b", "a")
        self.assertEqual(self.estate("a"), before)


if __name__ == "__main__":
    unittest.main()
