"""What tests of the live move have in common: hosts with an issuer, programs that hold seats."""

import json
import subprocess
import unittest

from support.daemon import BIN, PATIENCE, until
from support.deaths import Company

CLIENT = "015.120.055.014"


class Program:
    """A real program under `usher run`, from when it is started until `end`."""

    def __init__(self, test, host, profile, user, *options, **environment):
        self.user = user
        self.log = test.company.directory / f"{user}.log"
        env = host.environment(USHER_SERVER=host.server, **environment)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [BIN / "usher", "run", profile, "--user", user, *options, "--", "cat"],
                env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)
        test.addCleanup(self.end)

    def has_said(self, what):
        return what in self.log.read_text()

    def end(self):
        """Its input ends, and so does it; gives its exit code."""
        if self.process.stdin:
            self.process.stdin.close()
            self.process.stdin = None
        return self.process.wait(PATIENCE)


class Movers(unittest.TestCase):
    """Hosts `a` and `b`, at each of which `mover-NAME` is an administrator, and a license for two
    that is active at `a`."""

    settings = {}
    hosts = ("a", "b")

    def setUp(self):
        self.company = self.enterContext(Company(self.hosts, self.settings))
        self.keys = {name: self.company[name].json("key", "create", f"mover-{name}", "--role",
                                                   "admin")["key"] for name in self.hosts}
        self.activate("a", CLIENT, 2)

    def activate(self, name, number, quantity, profile="Client", **more):
        code = self.company.issuer.sell(number, "Client", quantity, **more)
        self.company[name].must("activate", code, "--host", name, "--issuer",
                                self.company.issuer.uri, "--profile", profile)

    # The move.

    def move(self, source, target, *more, **environment):
        """What `usher move` did, whatever that was."""
        there = self.company[target]
        return self.company[source].usher("move", "--to", there.server, "--host", target, "--json",
                                          *more, USHER_TO_KEY=self.keys[target], **environment)

    def moved(self, source, target, *more):
        """What a move says that must succeed."""
        done = self.move(source, target, *more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def assert_move_refused(self, done, code):
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(json.loads(done.stdout)["refused"]["code"], code)
        self.assertIn("usher: hint: ", done.stderr)

    def assert_move_failed(self, done, sentence):
        self.assertNotEqual(done.returncode, 0, done)
        self.assertIn(sentence, json.loads(done.stdout)["failed"]["text"])
        self.assertIn("usher: hint: ", done.stderr)

    def assert_untouched(self):
        """`a` serves and has the license, and `b` never heard of anything."""
        self.assertEqual(self.company.alive(CLIENT), ["a"])
        self.assertEqual(self.company["a"].status()["mode"], "serving")
        there = self.company["b"].status()
        self.assertEqual((there["mode"], there["pools"], there["profiles"]), ("serving", [], []))

    # What a host says.

    def leases(self, name):
        return self.company[name].json("leases")["leases"]

    def tags(self, name):
        return {lease["user"]: lease["id"] for lease in self.leases(name)}

    def program(self, name, user, *options, profile="Client", **environment):
        """One that has its seat."""
        program = Program(self, self.company[name], profile, user, *options, **environment)
        until(lambda: user in self.tags(name), f"{user} holds a seat", PATIENCE)
        return program

    def await_connected(self, name, *users):
        def are_there():
            there = {lease["user"] for lease in self.leases(name) if lease["connected"]}
            return there >= set(users)
        until(are_there, f"{users} are connected to {name}")
