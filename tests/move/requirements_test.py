"""The live move of requirements: what covers what stands there as it stood here, and goes on."""

import json
import unittest

from movers import Movers
from support.daemon import until


class Requirements(Movers):
    """At `a`: two devices of ann were changed for V19, one of bob is not confirmed, and what cid
    needs stands behind ann's."""

    def setUp(self):
        super().setUp()
        a = self.company["a"]
        a.settings["pools.scheme"] = "requirements"
        start = len(a.log_text())
        a.reload()
        until(lambda: "configuration taken over" in a.log_text()[start:], "a reload")
        code = self.company.issuer.sell("1.0.0.1", "V19", 2, metric="user", downgrades_to="V16")
        a.must("activate", code, "--host", "a", "--issuer", self.company.issuer.uri)
        for device, user in (("D1", "ann"), ("D2", "ann"), ("D3", "bob")):
            a.must("party", "principal", device, user)
            a.must("requirement", "add", "V16", "--device", device, "--model", "device",
                   *(("--unconfirmed",) if device == "D3" else ()))
        a.must("requirement", "add", "V19", "--user", "ann")
        a.must("requirement", "add", "V19", "--user", "cid")
        a.must("requirement", "consolidate", "V19/user:cid", "--behind", "V19/user:ann")

    def told(self, name):
        host = self.company[name]
        return [json.loads(host.must(*words, "--json"))
                for words in (("requirement", "list"), ("report", "compliance"),
                              ("requirement", "explain", "V16/user:ann"))]

    def status(self, name, requirement):
        told = self.company[name].must("requirement", "explain", requirement, "--json")
        return json.loads(told)["requirement"]["status"]

    def test_everything_stands_there_as_it_stood_and_a_crash_changes_nothing(self):
        before = self.told("a")
        self.moved("a", "b")
        self.assertEqual(self.told("b"), before)
        self.company["b"].restart(kill=True)
        self.assertEqual(self.told("b"), before)
        self.assertEqual(self.company.alive("1.0.0.1"), ["b"])

    def test_it_goes_on_there(self):
        self.moved("a", "b")
        b = self.company["b"]
        self.assertEqual(self.status("b", "V16/device:D1"), "consolidated")
        b.must("requirement", "confirm", "V16/device:D3")
        self.assertEqual(self.status("b", "V16/device:D3"), "license_required")
        b.must("requirement", "remove", "V19/user:ann")
        self.assertEqual(self.status("b", "V19/user:cid"), "licensed")
        b.must("requirement", "remove", "V19/user:cid")
        self.assertEqual(self.status("b", "V16/device:D3"), "consolidated")

    def test_there_and_back_again_it_is_the_same(self):
        before = self.told("a")
        self.moved("a", "b")
        self.moved("b", "a")
        self.assertEqual(self.told("a"), before)


if __name__ == "__main__":
    unittest.main()
