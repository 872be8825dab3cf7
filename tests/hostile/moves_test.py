"""A live move over the wire: cut off by kill -9 at every step, and fed with what cannot be."""

import hashlib
import itertools
import random
import unittest

from siege import Siege
from support import wire
from support.daemon import SOURCE
from support.documents import Host as SigningHost
from support.ferry import Ferry, key_of
from support.messages import move, usher
from support.scenario import words
from support.scenario.host import Host
from support.scenario.vendor import License
from vectors.make_license_vectors import base64url

SEED = 20300115
STREAM = b"stream of a test"


class Moves(Siege):
    numbers = itertools.count(1)

    def host(self, name):
        host = Host(name, self.directory / f"{name}-{next(self.numbers)}",
                    {"vendor_keys": [self.vendors.trusted().key]})
        self.addCleanup(host.close)
        host.start(words.start_us())
        return host

    def office(self, host):
        office = wire.Connection.local(host.daemon.socket)
        self.addCleanup(office.close)
        office.hello()
        return office

    def client(self, host):
        client = host.connect()
        self.addCleanup(client.close)
        client.hello()
        return client

    def source(self):
        host = self.host("source")
        license = License("6.0.0.1", "Moving", 2, "lease")
        host.daemon.must("license", "install", "-", "--profile", "Moving",
                         input=self.signed(license))
        return host

    def killed(self, host):
        """The same host after kill -9: an office of it."""
        host.stop(kill=True)
        host.start(words.start_us())
        return self.office(host)

    def state(self, client, lease):
        return client.ask(renew=usher.Renew(leases=[lease.lease])).renewed.leases[0].state

    def test_a_death_of_either_server_between_any_two_steps_costs_nobody_his_seat(self):
        for killed in ("source", "target"):
            for step in range(5):
                with self.subTest(killed=killed, step=step):
                    self.move_with_a_death(killed, step)

    def move_with_a_death(self, killed, death):
        source, target = self.source(), self.host("target")
        client = self.client(source)
        lease = wire.checkout("Moving")
        self.assertTrue(client.ask(checkout=lease).HasField("granted"))
        ferry = Ferry(self.office(source), self.office(target))

        def begin_again():
            """As a courier does that is run anew."""
            ferry.begin()
            ferry.follow()

        steps = [ferry.begin, ferry.follow, ferry.depart, ferry.follow, ferry.arrive]
        for number, step in enumerate(steps):
            if number == death:
                ferry.source = self.killed(source) if killed == "source" else ferry.source
                ferry.target = self.killed(target) if killed == "target" else ferry.target
                if killed == "source":
                    begin_again()
            answer = step()
            self.assertFalse(answer.HasField("refused"), f"step {number}: {answer}")
        self.assertTrue(ferry.confirm().operated.HasField("done"))
        self.assertEqual(self.state(self.client(target), lease), usher.LeaseState.HELD)
        self.assert_refused(self.client(source).ask(checkout=wire.checkout("Moving")),
                            "SERVER_DEPARTED")
        for host in (source, target):
            host.stop()
            self.assertIn("the journal is whole", host.daemon.must(
                "journal", "verify", "--state", host.state))

    def test_what_is_abandoned_leaves_nothing_behind(self):
        target = self.host("target")
        ferry = Ferry(self.office(self.source()), self.office(target))
        ferry.begin()
        ferry.follow()
        office = ferry.target
        self.assertEqual(office.look().mode, "arriving")
        self.assertGreater(office.look().followed, 0)
        self.assertTrue(office.operate(arrival_abandon={}).operated.HasField("done"))
        picture = office.look()
        self.assertEqual((picture.mode, len(picture.pools), len(picture.profiles)),
                         ("serving", 0, 0))
        self.assertEqual(ferry.source.look().mode, "serving")

    def test_status_says_where_a_server_has_gone_and_where_another_comes_from(self):
        source = self.source()
        ferry = Ferry(self.office(source), self.office(self.host("target")))
        self.assertFalse(ferry.begin().HasField("refused"))
        self.assertEqual(ferry.target.look().arriving_from, ferry.source.look().node)
        ferry.depart()
        picture = ferry.source.look()
        self.assertEqual((picture.mode, picture.moved_to), ("departed", ferry.uri))
        self.assertEqual(self.client(source).welcome.mode, "departed")

    def test_whatever_a_source_says_has_happened_the_target_lives(self):
        """Random rows of facts, rightly signed by a source that is none of ours."""
        office = self.office(self.host("target"))
        forger = SigningHost("forger")
        chance = random.Random(SEED)
        samples = [path.read_bytes() for path in
                   sorted((SOURCE / "tests" / "fuzz" / "corpus" / "record").iterdir())
                   if not path.name.startswith("bad_")]
        office.operate(arrival_begin=move.ArrivalBegin(stream=STREAM, source_node=forger.node))
        position = taken = 0
        for _ in range(800):
            record = b"".join(chance.sample(samples, chance.randint(1, 3)))
            answer = self.follow(office, forger, position, record)
            self.assertTrue(answer.HasField("refused") or answer.operated.HasField("arrival_begun"))
            if answer.operated.HasField("arrival_begun"):
                taken += 1
                position = answer.operated.arrival_begun.position
        self.assertGreater(taken, 5)
        self.assertEqual(office.look().mode, "arriving")

    def follow(self, office, forger, position, record):
        """With whatever number of facts it has."""
        for count in range(8):
            mark = forger.seal("move-mark", {
                "stream": base64url(STREAM), "from": position, "count": count, "end": False,
                "digest": base64url(hashlib.sha256(record).digest()),
                "to": base64url(key_of(Ferry.node(office)))})
            answer = office.operate(follow=move.Follow(mark=mark, record=record))
            if "and its mark says" not in answer.refused.detail:
                return answer
        self.fail("it has more facts than that")


if __name__ == "__main__":
    unittest.main()
