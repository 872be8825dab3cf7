"""How people hold seats by hand and around a program, against a real daemon."""

import json
import signal
import subprocess
import unittest

from support.daemon import BIN, end, until
from support.vendor import House


class Holders(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.house = cls.enterClassContext(House({"lease.term": "5s", "lease.grace": "500ms"}))
        cls.daemon = cls.house.daemon
        cls.environment = cls.daemon.environment(USHER_SERVER=cls.daemon.server)

    def tearDown(self):
        until(lambda: not self.leases(), "all seats of the test are free again")

    def leases(self):
        return self.daemon.status()["leases"]

    def held(self, user):
        return [lease for lease in self.leases() if lease["user"] == user]

    def usher(self, *words):
        return self.daemon.run_as_client(*words)

    def begin(self, *words):
        """`usher` in the background, ended with the test."""
        process = subprocess.Popen([BIN / "usher", *words], env=self.environment, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(end, process)
        return process

    # By hand.

    def test_a_seat_by_hand_is_taken_renewed_and_given_back(self):
        taken = self.usher("checkout", "ProLicense", "--user", "daisy")
        self.assertEqual(taken.returncode, 0, taken.stderr)
        self.assertRegex(taken.stdout, r"\A[0-9a-f]{32}\n\Z")
        self.assertIn("it ends in 5s", taken.stderr)
        lease = taken.stdout.strip()
        self.assertEqual(len(self.held("daisy")), 1)
        self.assertNotIn(lease, self.daemon.must("status", "--json"))

        renewed = self.usher("renew", lease)
        self.assertEqual((renewed.returncode, renewed.stdout), (0, f"{lease} held\n"))

        self.assertEqual(self.usher("checkin", lease).returncode, 0)
        self.assertEqual(self.held("daisy"), [])
        again = self.usher("checkin", lease)
        self.assertEqual(again.returncode, 1)
        self.assertIn("UNKNOWN_LEASE", again.stderr)
        unknown = self.usher("renew", lease, "--json")
        self.assertEqual(unknown.returncode, 1)
        self.assertEqual(json.loads(unknown.stdout)["leases"][0]["state"], "unknown")

    def test_a_seat_by_hand_outlives_the_connection_and_ends_with_its_term(self):
        self.assertEqual(self.usher("checkout", "Client", "--user", "daisy").returncode, 0)
        # Its connection ended long before; the grace of half a second does not apply to it.
        until(lambda: not self.held("daisy"), "the term of 5 s is over")

    def test_programs_are_told_of_a_seat(self):
        taken = json.loads(self.usher("checkout", "ProLicense", "--units", "2", "--json").stdout)
        self.assertEqual({**taken, "lease": ""},
                         {"lease": "", "pool": "015.120.065.016", "product": "PROSession",
                          "units": 2, "shares_seat": False, "kind": "floating", "term": "5s"})
        self.usher("checkin", taken["lease"])

    def test_no_seat_is_a_refusal_that_names_the_holders(self):
        taken = self.usher("checkout", "ProLicense", "--units", "8", "--user", "daisy")
        done = self.usher("checkout", "ProLicense", "--user", "donald")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("NO_FREE_SEAT: no free seats available: 8 of 8 units of PROSession",
                      done.stderr)
        self.assertRegex(done.stderr, r"usher: held by daisy on \S+ since \S+Z: 8 units, "
                                      r"lease [0-9a-f]{16}")
        self.usher("checkin", taken.stdout.strip())

    def test_who_waits_gets_the_seat_that_is_given_back(self):
        taken = self.usher("checkout", "ProLicense", "--units", "8").stdout.strip()
        waiting = self.begin("checkout", "ProLicense", "--wait", "1m", "--user", "gus")
        until(lambda: self.daemon.status()["queue"], "gus waits")
        self.usher("checkin", taken)
        lease, said = waiting.communicate(timeout=60)
        self.assertEqual(waiting.returncode, 0, said)
        self.assertIn("waiting, number 1 in the queue", said)
        self.assertEqual(self.usher("checkin", lease.strip()).returncode, 0)

    def test_who_waits_longer_than_a_term_keeps_the_place_and_gives_up_in_time(self):
        holder = self.begin("checkout", "ProLicense", "--units", "8", "--hold")
        until(self.leases, "the seats are held")
        done = self.usher("checkout", "ProLicense", "--wait", "7s", "--user", "gus")
        self.assertEqual(done.returncode, 1)
        self.assertIn("NO_FREE_SEAT", done.stderr)
        end(holder)

    def test_a_held_seat_is_renewed_until_it_is_let_go(self):
        holder = self.begin("checkout", "Client", "--hold", "--user", "daisy")
        lease = holder.stdout.readline().strip()
        self.assertRegex(lease, "^[0-9a-f]{32}$")
        first = self.held("daisy")[0]["deadline"]
        until(lambda: self.held("daisy")[0]["deadline"] > first, "it is renewed")
        holder.send_signal(signal.SIGINT)
        self.assertEqual(holder.wait(60), 0)
        self.assertEqual(self.held("daisy"), [])

    def test_a_held_seat_that_is_revoked_ends_the_command_that_holds_it(self):
        holder = self.begin("checkout", "Client", "--hold", "--user", "daisy")
        holder.stdout.readline()
        self.daemon.must("revoke", self.held("daisy")[0]["id"], "--reason", "needed elsewhere")
        self.assertEqual(holder.wait(60), 1)
        self.assertIn("usher: warning: the seat is lost (revoked)", holder.stderr.read())

    # Around a program.

    def test_run_passes_output_input_and_exit_code_through(self):
        done = self.daemon.usher("run", "Client", "--", "sh", "-c", "read x; echo got $x; exit 7",
                                 input="this\n")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, "got this\n", ""))

    def test_run_holds_the_seat_while_the_program_runs_and_no_longer(self):
        done = self.usher("run", "Client", "--user", "daisy", "--device", "desk-1", "--",
                          BIN / "usher", "leases", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        lease = json.loads(done.stdout)["leases"][0]
        self.assertEqual((lease["user"], lease["device"], lease["connected"]),
                         ("daisy", "desk-1", True))
        self.assertEqual(self.leases(), [])

    def test_run_renews_beyond_the_term(self):
        done = self.usher("run", "Client", "--user", "daisy", "--", "sh", "-c",
                          f"sleep 6; {BIN}/usher status --json")
        self.assertEqual(len(json.loads(done.stdout)["leases"]), 1)

    def test_run_without_a_seat_does_not_run(self):
        for words, code in ((["Nope"], "UNKNOWN_PROFILE"),
                            (["ProLicense", "--units", "9"], "NO_FREE_SEAT")):
            done = self.usher("run", *words, "--", "echo", "ran")
            self.assertEqual((done.returncode, done.stdout), (125, ""))
            self.assertIn(code, done.stderr)

    def test_a_program_that_cannot_be_run_is_told_as_a_shell_does(self):
        missing = self.usher("run", "Client", "--", "/nonexistent/program")
        self.assertEqual(missing.returncode, 127)
        self.assertIn("cannot run /nonexistent/program: No such file", missing.stderr)
        self.assertEqual(self.usher("run", "Client", "--", "/etc/passwd").returncode, 126)

    def test_the_programs_death_by_a_signal_is_passed_on(self):
        done = self.usher("run", "Client", "--", "sh", "-c", "kill -SEGV $$")
        self.assertEqual(done.returncode, -signal.SIGSEGV)

    def test_signals_are_passed_to_the_program_which_decides(self):
        process = self.begin("run", "Client", "--", "sh", "-c",
                             "trap 'echo told; exit 3' TERM; echo up; while :; do sleep 0.05; done")
        self.assertEqual(process.stdout.readline(), "up\n")
        process.terminate()
        self.assertEqual(process.stdout.read(), "told\n")
        self.assertEqual(process.wait(60), 3)

    def test_a_lost_seat_is_warned_of_and_the_program_goes_on(self):
        process = self.begin("run", "Client", "--user", "daisy", "--", "sh", "-c",
                             "echo up; exec sleep 600")
        self.assertEqual(process.stdout.readline(), "up\n")
        self.daemon.must("revoke", self.held("daisy")[0]["id"])
        self.assertIn("the seat is lost (revoked)", process.stderr.readline())
        self.assertIsNone(process.poll())

    def test_a_lost_seat_ends_the_program_where_that_is_wanted(self):
        process = self.begin("run", "Client", "--user", "daisy", "--stop-on-loss", "--", "sh", "-c",
                             "echo up; exec sleep 600")
        self.assertEqual(process.stdout.readline(), "up\n")
        self.daemon.must("revoke", self.held("daisy")[0]["id"])
        self.assertEqual(process.wait(60), -signal.SIGTERM)

    def test_a_program_that_does_not_listen_is_killed_ten_seconds_after_the_loss(self):
        process = self.begin("run", "Client", "--user", "daisy", "--stop-on-loss", "--", "sh", "-c",
                             "trap '' TERM; echo up; exec sleep 600")
        self.assertEqual(process.stdout.readline(), "up\n")
        self.daemon.must("revoke", self.held("daisy")[0]["id"])
        self.assertEqual(process.wait(60), -signal.SIGKILL)

    def test_a_killed_run_frees_its_seat_after_the_grace(self):
        process = self.begin("run", "Client", "--user", "daisy", "--",
                             "sh", "-c", "echo up; sleep 3")
        self.assertEqual(process.stdout.readline(), "up\n")
        process.kill()
        until(lambda: not self.held("daisy"), "the grace is over", patience=4)

    def test_a_second_window_shares_the_seat(self):
        first = self.begin("checkout", "Client", "--hold", "--user", "daisy")
        first.stdout.readline()
        second = json.loads(self.usher("checkout", "Client", "--user", "daisy", "--json").stdout)
        self.assertIs(second["shares_seat"], True)
        profile = self.daemon.status()["profiles"][0]
        self.assertEqual(profile["name"], "Client")
        self.assertEqual((profile["in_use"], profile["re_use"]), (1, 1))
        self.usher("checkin", second["lease"])
        end(first)


class Restarts(unittest.TestCase):

    def test_a_held_seat_survives_kill_9_of_the_daemon(self):
        with House() as house:
            daemon = house.daemon
            holder = subprocess.Popen(
                [BIN / "usher", "checkout", "ProLicense", "--hold", "--user", "daisy"], text=True,
                env=daemon.environment(USHER_SERVER=daemon.server), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            try:
                holder.stdout.readline()
                before = daemon.status()["leases"][0]["id"]
                daemon.restart(kill=True)
                until(lambda: "the connection is gone" in holder.stderr.readline(), "it notices")
                until(lambda: "connected again" in holder.stderr.readline(), "it comes back")
                self.assertEqual([lease["id"] for lease in daemon.status()["leases"]], [before])
            finally:
                end(holder)
                holder.stdout.close()
                holder.stderr.close()


if __name__ == "__main__":
    unittest.main()
