"""The live move: who holds a seat holds it after, at the other host, and never noticed."""

import json
import unittest

from movers import CLIENT, Movers, Program
from support import wire
from support.daemon import free_port, until
from support.ferry import Ferry
from support.messages import move


class Holders(Movers):
    def test_whoever_holds_a_seat_holds_it_there_and_whoever_waits_gets_his(self):
        daisy, donald = self.program("a", "daisy"), self.program("a", "donald")
        waiter = Program(self, self.company["a"], "Client", "goofy", "--wait", "60s")
        until(lambda: self.company["a"].status()["queue"], "goofy waits")
        before = self.tags("a")
        place = self.company["a"].status()["queue"][0]["id"]

        said = self.moved("a", "b")

        self.assertEqual(self.tags("b"), before)
        self.assertEqual([each["id"] for each in self.company["b"].status()["queue"]], [place])
        self.await_connected("b", "daisy", "donald")
        daisy.end()
        until(lambda: "goofy" in self.tags("b"), "goofy gets the seat")
        self.assertEqual(self.tags("b")["donald"], before["donald"])
        self.assertEqual([program.end() for program in (donald, waiter)], [0, 0])
        self.assertFalse(any(program.has_said("lost") for program in (daisy, donald, waiter)))
        self.assertGreater(said["pause_ms"], 0)
        self.assertEqual(said["licenses"], [{"license": CLIENT, "delivered": True}])
        self.assertEqual(said["warnings"], [])

    def test_it_is_active_there_and_nowhere_else_and_the_issuer_knows(self):
        self.moved("a", "b")
        self.assertEqual(self.company.alive(CLIENT), ["b"])
        self.assertEqual(self.company.recorded(CLIENT), ("b", 2))
        self.assertEqual(self.company["a"].status()["leases"], [])

    def test_a_second_run_has_nothing_left_to_do(self):
        self.program("a", "daisy")
        self.moved("a", "b")
        before = self.tags("b")
        again = self.moved("a", "b")
        self.assertIsNone(again["pause_ms"])
        self.assertEqual(self.tags("b"), before)
        self.assertEqual(self.company.alive(CLIENT), ["b"])

    def test_there_and_back_again(self):
        self.program("a", "daisy")
        before = self.tags("a")
        for source, target, number in (("a", "b", 2), ("b", "a", 3), ("a", "b", 4)):
            self.moved(source, target)
            self.assertEqual(self.tags(target), before)
            self.await_connected(target, "daisy")
            self.assertEqual(self.company.alive(CLIENT), [target])
            self.assertEqual(self.company.recorded(CLIENT), (target, number))

    def test_a_newcomer_at_the_old_address_is_led_to_the_new_one(self):
        self.moved("a", "b")
        newcomer = Program(self, self.company["a"], "Client", "daisy",
                           USHER_VENDOR_KEY=self.company.issuer.key)
        until(lambda: "daisy" in self.tags("b"), "daisy holds a seat at the new host")
        self.assertEqual(newcomer.end(), 0)

    def test_the_old_server_says_where_everything_is(self):
        self.moved("a", "b")
        self.assertEqual(self.company["a"].status()["mode"], "departed")
        self.assertIn(self.company["b"].server, self.company["a"].must("status"))
        refused = self.company["a"].usher("profile", "add", "New", CLIENT, "--json")
        self.assertEqual(json.loads(refused.stdout)["refused"]["code"], "SERVER_DEPARTED")

    def test_seats_cannot_be_had_twice(self):
        self.program("a", "daisy")
        self.program("a", "donald")
        self.moved("a", "b")
        for name in ("a", "b"):
            done = self.company[name].run_as_client("run", "Client", "--user", "goofy", "--",
                                                    "true")
            self.assertIn("NO_FREE_SEAT", done.stderr)
        done = self.company["a"].run_as_client("checkout", "Client", "--user", "goofy")
        self.assertIn("SERVER_DEPARTED", done.stderr)


class Names(Movers):
    """What people and applications are called, and what they may."""

    settings = {"anonymous": False}

    def setUp(self):
        super().setUp()
        a = self.company["a"]
        self.app = a.json("key", "create", "app")["key"]
        self.directory = self.company.directory / "certificates"
        self.directory.mkdir()
        for name, role in (("chief", "operator"), ("solver", "application")):
            a.must("certificate", "create", name, "--role", role, "--directory", self.directory)
        a.must("profile", "add", "Both", CLIENT, "--default", "--capacity", "1")

    def with_certificate(self, name, host):
        return ("--server", self.company[host].server, "--certificate",
                self.directory / f"{name}.pem", "--certificate-key", self.directory / f"{name}.key")

    def test_profiles_go_along_with_all_that_they_say(self):
        before = self.company["a"].json("profile", "list")
        self.moved("a", "b")
        self.assertEqual(self.company["b"].json("profile", "list"), before)

    def test_named_users_go_along(self):
        self.company["a"].must("maintenance", "on")
        self.company["a"].must("pool", "users", CLIENT, "daisy")
        self.company["a"].must("maintenance", "off")
        self.moved("a", "b")
        b = self.company["b"]
        self.assertEqual(b.usher("checkout", "Client", "--user", "daisy").returncode, 0)
        self.assertIn("NOT_REGISTERED_USER",
                      b.usher("checkout", "Client", "--user", "mickey").stderr)

    def test_a_key_opens_the_new_server_too(self):
        program = self.program("a", "daisy", USHER_KEY=self.app)
        self.moved("a", "b")
        self.await_connected("b", "daisy")
        lease = self.leases("b")[0]
        self.assertEqual((lease["user"], lease["identity"]), ("daisy", "key:app"))
        self.assertEqual(program.end(), 0)

    def test_a_certificate_of_the_old_authority_opens_the_new_server_too(self):
        self.program("a", "daisy", *self.with_certificate("solver", "a"))
        self.moved("a", "b")
        self.await_connected("b", "daisy")
        self.assertEqual(self.leases("b")[0]["identity"], "cert:solver")
        chief = self.with_certificate("chief", "b")
        b = self.company["b"]
        self.assertEqual(b.usher("profile", "add", "New", CLIENT, *chief).returncode, 0)
        b.must("certificate", "revoke", "chief")
        self.assertIn("UNKNOWN_CREDENTIAL", b.usher("status", *chief).stderr)

    def test_a_name_that_stands_for_another_key_there_is_in_the_way(self):
        self.company["b"].must("key", "create", "app")
        done = self.move("a", "b")
        self.assert_move_refused(done, "NAME_TAKEN")
        self.company["b"].must("move", "--abandon")
        self.assert_untouched()


class Refusals(Movers):
    """What is told before anything has happened."""

    def test_a_target_that_does_not_answer(self):
        ca = self.company["b"].server.partition("?")[2]
        done = self.company["a"].usher("move", "--to", f"usher://localhost:{free_port()}/?{ca}",
                                       "--json")
        self.assert_move_failed(done, "the target: ")
        self.assert_untouched()

    def test_an_address_that_is_none_and_no_address(self):
        for words in (("--to", "http://b"), (), ("--abandon", "--to", self.company["b"].server)):
            done = self.company["a"].usher("move", *words, "--json")
            self.assertEqual(done.returncode, 2, done)
            self.assertIn("usher: hint: ", done.stderr)

    def test_the_source_itself(self):
        done = self.move("a", "a")
        self.assert_move_failed(done, "the target is the source itself")
        self.assert_untouched()

    def test_a_target_that_has_something_of_its_own(self):
        self.activate("b", "2.0.0.1", 5, profile="Other")
        done = self.move("a", "b")
        self.assert_move_failed(done, "the target has licenses or profiles of its own")
        self.assertEqual(self.company.alive(CLIENT), ["a"])
        self.assertNotIn("ticket given", [each["what"] for each in self.company.issuer.audit()])

    def test_somebody_who_is_no_admin_there_or_here(self):
        self.keys["b"] = self.company["b"].json("key", "create", "chief", "--role",
                                                "operator")["key"]
        self.assert_move_failed(self.move("a", "b"), "the target: to move takes an admin")
        viewer = self.company["a"].json("key", "create", "viewer", "--role", "viewer")["key"]
        done = self.move("a", "b", "--server", self.company["a"].server, USHER_KEY=viewer)
        self.assert_move_failed(done, "the source: to move takes an admin")
        self.assert_untouched()

    def test_a_license_whose_file_names_this_host(self):
        file = self.company.directory / "only.lic"
        file.write_text(self.company.issuer.must(
            "sign", "--number", "3.0.0.1", "--product", "Client", "--quantity", "1", "--metric",
            "lease", "--node", "-", input=self.company["a"].must("node")))
        self.company["a"].must("license", "install", file)
        self.assert_move_refused(self.move("a", "b"), "NOT_MOVABLE")
        there = self.company["b"].status()
        self.assertEqual((there["mode"], there["pools"]), ("serving", []))


class Issuers(Movers):
    def test_an_issuer_that_is_down_is_told_of_before_anything_has_happened(self):
        self.company.issuer.stop()
        self.assert_move_failed(self.move("a", "b"), "the issuer: ")
        self.assert_untouched()
        self.company.issuer.serve(port=self.company.port)
        self.moved("a", "b")

    def test_with_tickets_no_issuer_is_needed_and_the_new_host_tells_it_later(self):
        requests = self.company.directory / "requests"
        requests.mkdir()
        files = self.moved("a", "b", "--requests", requests)["files"]
        self.assert_untouched()
        ticket = self.company.directory / "ticket"
        ticket.write_text(self.company.issuer.must("approve", files[0]))
        self.company.issuer.stop()

        done = self.move("a", "b", "--ticket", ticket)

        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(json.loads(done.stdout)["licenses"],
                         [{"license": CLIENT, "delivered": False}])
        self.assertIn("usher: warning: the issuer has no receipt for " + CLIENT, done.stderr)
        self.assertEqual(self.company.alive(CLIENT), ["b"])
        self.company.issuer.serve(port=self.company.port)
        self.assertEqual(self.company.recorded(CLIENT), ("a", 1))
        self.company["b"].must("license", "check")
        self.assertEqual(self.company.recorded(CLIENT), ("b", 2))

    def test_what_is_no_ticket_for_this_move_is_refused_by_its_file(self):
        code = self.company.issuer.sell("2.0.0.1", "Client", 5)
        request = self.company.directory / "request"
        self.company["b"].must("activate", code, "--offline", "--output", request)
        activation = self.company.issuer.must("approve", request)
        self.company["b"].must("activation", "cancel", "2.0.0.1")
        file = self.company.directory / "wrong"
        for text in ("rubbish\n", activation):
            file.write_text(text)
            self.assert_move_failed(self.move("a", "b", "--ticket", file),
                                    f"{file}: that is no ticket")
        self.assert_untouched()


class Interrupted(Movers):
    """A courier who is cut off, where `usher move` never would be."""

    def setUp(self):
        super().setUp()
        self.holder = self.program("a", "daisy", USHER_VENDOR_KEY=self.company.issuer.key)
        self.before = self.tags("a")
        self.ferry = Ferry(self.office("a"), self.office("b"), self.company["b"].server)
        self.licenses = self.ferry.begin().operated.move_begun.licenses

    def office(self, name):
        connection = wire.Connection.local(self.company[name].socket)
        self.addCleanup(connection.close)
        connection.hello()
        return connection

    def depart(self):
        """With a ticket for each license; gives tickets and receipts."""
        tickets = []
        for license in self.licenses:
            request = self.ferry.source.operate(transfer_make=move.TransferMake(
                license=license.license, number=license.number, host="b",
                target_node=self.ferry.node(self.ferry.target))).operated.handed.document
            tickets.append(self.company.issuer.must("approve", "-", input=request))
        return tickets, self.ferry.depart(tickets).operated.departed.receipts

    def test_before_the_switch_what_has_come_can_be_forgotten(self):
        self.ferry.follow()
        self.assertEqual(self.company["b"].status()["mode"], "arriving")
        refused = self.company["b"].run_as_client("run", "Client", "--timeout", "1s", "--", "true")
        self.assertIn("SERVER_ARRIVING", refused.stderr)

        self.company["b"].must("move", "--abandon")

        self.assert_untouched()
        self.moved("a", "b")
        self.await_connected("b", "daisy")
        self.assertEqual(self.tags("b"), self.before)

    def test_between_departure_and_arrival_nobody_is_served_and_nobody_loses_his_seat(self):
        self.ferry.follow()
        tickets, receipts = self.depart()
        until(lambda: "SERVER_ARRIVING" in self.company["b"].log_text(), "daisy's program knocks")
        self.assertEqual(self.company.alive(CLIENT), [])
        self.ferry.follow()
        self.assertTrue(self.ferry.arrive(tickets, receipts).HasField("operated"))
        self.await_connected("b", "daisy")
        self.assertEqual(self.tags("b"), self.before)
        self.assertFalse(self.holder.has_said("not the right server"))
        # The courier was cut off before the last word: who begins anew says it.
        self.assertIsNone(self.moved("a", "b")["pause_ms"])
        self.assertEqual(self.company["a"].status()["leases"], [])

    def test_a_departure_alone_is_finished_by_the_next_run(self):
        self.ferry.follow()
        self.depart()
        for name in ("a", "b"):
            self.company[name].restart(kill=True)
        said = self.moved("a", "b")
        self.assertIsNone(said["pause_ms"])
        self.await_connected("b", "daisy")
        self.assertEqual(self.tags("b"), self.before)
        self.assertEqual(self.company.alive(CLIENT), ["b"])


if __name__ == "__main__":
    unittest.main()
