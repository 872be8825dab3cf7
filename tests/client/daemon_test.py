"""Applications and a real usherd: what a vendor's program lives through."""

import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.daemon import BIN, SOURCE, Daemon, end, until

BUILD = BIN.parent
PATIENCE = 60


def setting(name):
    found = re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.M)
    return found[1] if found else ""


def compile_example(program, vendor_key):
    """client/example.c as the vendor of `vendor_key` would build it."""
    words = [setting("CMAKE_C_COMPILER"), "-std=c11", "-D_POSIX_C_SOURCE=200809L",
             f'-DUSHER_EXAMPLE_VENDOR_KEY="{vendor_key}"', f"-I{SOURCE}/client/include",
             f"{SOURCE}/client/example.c", f"-L{BUILD}/client", "-lusher",
             f"-Wl,-rpath,{BUILD}/client", "-o", str(program)]
    if setting("USHER_ASAN") == "ON":
        words += ["-fsanitize=address,undefined", "-fsanitize-link-c++-runtime", "-lstdc++"]
    subprocess.run(words, check=True, timeout=PATIENCE)


class Vendor:
    """A vendor, its key, and its program."""

    def __init__(self, directory, name):
        self.directory = directory / name
        self.program = directory / f"{name}-program"
        self.signed = 0
        self.key = self.issuer("init", "--vendor", name).strip()
        compile_example(self.program, self.key)

    def issuer(self, *words, typed=""):
        return subprocess.run(
            [BIN / "usher-issuer", *words, "--directory", self.directory], input=typed, text=True,
            capture_output=True, timeout=PATIENCE, check=True).stdout

    def sign(self, product, number, quantity, metric, node):
        self.signed += 1  # No license file is overwritten, and each daemon is another node.
        file = self.directory / f"{product}-{self.signed}.lic"
        self.issuer("sign", "--product", product, "--number", number, "--quantity", str(quantity),
                    "--metric", metric, "--node", "-", "--output", str(file), typed=node)
        return file


class Applications(unittest.TestCase):
    """Eight seats of ProLicense and ten of Client, as the vendor acme sold them."""

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="usher-")
        cls.addClassCleanup(scratch.cleanup)
        cls.acme = Vendor(Path(scratch.name), "acme")
        cls.other = Vendor(Path(scratch.name), "other")

    def setUp(self):
        self.daemon = Daemon({"vendor_keys": [self.acme.key, self.other.key],
                              "lease.term": "5s", "lease.grace": "1s"})
        self.addCleanup(self.daemon.close)
        self.daemon.start()
        node = self.daemon.must("node")
        for profile, product, number, quantity, metric in (
                ("ProLicense", "PROSession", "015.120.065.016", 8, "lease"),
                ("Client", "Client", "015.120.055.014", 10, "user_device")):
            file = self.acme.sign(product, number, quantity, metric, node)
            self.daemon.must("license", "install", file, "--profile", profile)

    def begin(self, user, *words, profile="ProLicense", program=None, **environment):
        """An application of `user`; it is ended with the test."""
        process = subprocess.Popen(
            [program or self.acme.program, profile, "--user", user, *words],
            env=self.daemon.environment(**{"USHER_SERVER": self.daemon.server, **environment}),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.finish, process)
        return process

    @staticmethod
    def finish(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def hold(self, user, *words, **more):
        """The same, and it has its seat."""
        process = self.begin(user, *words, **more)
        line = process.stdout.readline()
        if not line.startswith("holding a seat of"):
            self.fail(line + process.stderr.read())
        return process

    def try_to_hold(self, user, *words, **more):
        """An application that is to end by itself: its exit code and what it said to its user."""
        process = self.begin(user, *words, **more)
        _, said = process.communicate(timeout=PATIENCE)
        return process.returncode, said

    def leases(self):
        """Who holds what, by the digest that names a lease."""
        return {lease["id"]: lease["user"] for lease in self.daemon.status()["leases"]}

    def users(self):
        return sorted(self.leases().values())

    def test_kill_9_under_load_costs_nobody_a_seat(self):
        holders = [self.hold(f"user{number}") for number in range(7)]
        # One seat goes from hand to hand meanwhile.
        churn = [self.begin("churn", "--hold", "0", "--wait", "60") for _ in range(6)]
        before = {lease: user for lease, user in self.leases().items() if user != "churn"}
        for _ in range(2):
            self.daemon.restart(kill=True)
            self.assertEqual(before.items() & self.leases().items(), before.items())
        for process in churn:
            _, said = process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 0, said)
        # More than a term later each is still renewed by its own holder.
        time_left = time.monotonic() + 6
        until(lambda: time.monotonic() > time_left, "time passes")
        self.assertEqual(before, self.leases())
        for process in holders:
            self.assertIsNone(process.poll())
            self.assertEqual(end(process), 0)
            self.assertNotIn("lost", process.stderr.read().replace("connection lost", ""))
        until(lambda: not self.leases(), "all seats are free")

    def test_the_ninth_is_told_who_holds_the_seats_and_what_would_help(self):
        for number in range(8):
            self.hold(f"user{number}")
        code, said = self.try_to_hold("late")
        self.assertEqual(code, 1)
        self.assertIn("error: NO_FREE_SEAT: no free seats available: 8 of 8", said)
        self.assertIn("held by user0 on", said)
        self.assertIn("hint: ", said)

    def test_who_waits_gets_the_seat_that_is_given_back(self):
        holders = [self.hold(f"user{number}") for number in range(8)]
        waiter = self.begin("patient", "--wait", "30", "--hold", "0")
        until(lambda: self.daemon.status()["queue"], "it stands in the queue")
        self.assertEqual(end(holders[0]), 0)
        said, _ = waiter.communicate(timeout=PATIENCE)
        self.assertIn("holding a seat of ProLicense", said)

    def test_a_killed_application_gives_its_seat_back_after_the_grace(self):
        holder = self.hold("daisy")
        holder.send_signal(signal.SIGKILL)
        begun = time.monotonic()
        until(lambda: not self.leases(), "its seat is free")
        self.assertLess(time.monotonic() - begun, 4.5)  # Less than its term.

    def test_a_stopped_application_loses_its_seat_and_is_told_when_it_goes_on(self):
        holder = self.hold("daisy")
        holder.send_signal(signal.SIGSTOP)
        until(lambda: not self.leases(), "its seat is free")
        holder.send_signal(signal.SIGCONT)
        _, said = holder.communicate(timeout=PATIENCE)
        self.assertIn("the seat is lost", said)

    def test_a_second_window_takes_no_second_seat(self):
        self.hold("daisy", profile="Client")
        self.hold("daisy", profile="Client")
        pools = {pool["product"]: pool for pool in self.daemon.status()["pools"]}
        self.assertEqual(pools["Client"]["held"], 1)

    def test_a_graceful_restart_costs_nobody_a_seat(self):
        holder = self.hold("daisy")
        before = self.leases()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.assertEqual(before, self.leases())
        self.assertEqual(end(holder), 0)
        self.assertNotIn("the seat is lost", holder.stderr.read())

    def test_a_server_without_licenses_of_the_vendor_is_not_believed(self):
        code, said = self.try_to_hold("daisy", program=self.other.program)
        self.assertEqual(code, 1)
        self.assertIn("error: NOT_GENUINE: ", said)
        self.assertIn("it has no license of other for its host", said)

    def test_a_server_of_another_authority_is_not_believed(self):
        other = self.daemon.server.rpartition(":")[0] + ":" + "0" * 64
        code, said = self.try_to_hold("daisy", USHER_SERVER=other)
        self.assertEqual(code, 1)
        self.assertIn("WRONG_SERVER", said)

    def test_a_key_that_nobody_knows_is_turned_away_with_the_servers_words(self):
        code, said = self.try_to_hold("daisy", USHER_KEY="usher-key-nobody")
        self.assertEqual(code, 1)
        self.assertIn("error: UNKNOWN_CREDENTIAL: ", said)

    def test_a_pools_key_lets_in_until_it_is_revoked(self):
        key = self.daemon.json("key", "create", "lab")["key"]
        self.hold("daisy", USHER_KEY=key)
        self.assertEqual(self.daemon.status()["leases"][0]["user"], "daisy")
        self.daemon.must("key", "revoke", "lab")
        code, said = self.try_to_hold("donald", USHER_KEY=key)
        self.assertEqual(code, 1)
        self.assertIn("UNKNOWN_CREDENTIAL", said)

    def test_a_held_seat_costs_an_application_little(self):
        holder = self.hold("daisy")
        begun = time.monotonic()
        before = wakeups(holder.pid)
        until(lambda: time.monotonic() > begun + 5, "a term passes")
        # Three renewals a term; each may sleep a few times on its way.
        self.assertLess(wakeups(holder.pid) - before, 40)
        if setting("USHER_ASAN") != "ON":
            self.assertLess(private_bytes(holder.pid), 1 << 20)


def wakeups(pid):
    """How often the threads of a process have gone to sleep."""
    count = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        text = (task / "status").read_text()
        count += int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", text, re.M)[1])
    return count


def private_bytes(pid):
    """The memory of the heap, the threads and libusher: not what any program with OpenSSL has.

    Anonymous pages: those of a library that has just been linked are dirty until the disk has them.
    """
    kilobytes, is_ours = 0, False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        mapping = re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+\s*(.*)", line)
        if mapping:
            is_ours = mapping[1] in ("", "[heap]") or "libusher" in mapping[1]
        elif is_ours and line.startswith("Anonymous:"):
            kilobytes += int(line.split()[1])
    return kilobytes << 10


if __name__ == "__main__":
    unittest.main()
