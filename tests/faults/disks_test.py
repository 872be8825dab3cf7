"""Disks that are full, fail, are taken away or lose power under a usherd that serves."""

import os
import random
import resource
import unittest

from harm import RealDisk, SmallDisk, injured
from support.daemon import BIN, PATIENCE, Failed
from town import Town, wait

SEED = int(os.environ.get("USHER_SEED", "1"))
ROUNDS = 4  # Of each fault, at different moments.

FULL = "the disk is full"
ROOM_HINT = "make room on that disk; what was answered is safe"
DISK_HINTS = ("check the disk: journalctl -k shows what the kernel says of it",
              "check that this user may do so there, and that the disk is sound")


class Disks(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.deaths = 0

    def die(self, town, reasons, hints):
        """Returns when the daemon has ended by itself, and has said why."""
        status = town.daemon.process.wait(PATIENCE)
        self.assert_said(town, status, reasons, hints)

    def assert_said(self, town, status, reasons, hints):
        error, hint = town.daemon.log_text().splitlines()[-2:]
        self.assertEqual(status, 1, error)
        self.assertRegex(error, f"^usherd: error: cannot .* {town.state}/journal.db.*: ")
        self.assertTrue(any(reason in error for reason in reasons), error)
        self.assertTrue(hint.startswith("usherd: hint: "), hint)
        self.assertTrue(any(text in hint for text in hints), hint)
        self.deaths += 1

    def again(self, town, reasons, hints=DISK_HINTS, strike=lambda: None, cure=lambda: None):
        """The day ends with the daemon's, some time after `strike`; the next one begins, after
        `cure`, with all that was answered."""
        def end_of_day():
            strike()
            self.die(town, reasons, hints)
        town.day(end_of_day)
        cure()
        town.verify()
        town.daemon.start()
        town.check()

    def some_time(self):
        wait(self.random.uniform(0.1, 0.4))

    def tell(self, town):
        figures = town.account.figures
        self.assertGreater(figures.seats, 50)  # Or it was about nothing.
        print(f"\n{self.id().rpartition('.')[2]}: {self.deaths} ends, {figures.answers} answers; "
              f"{figures.seats} seats looked for, {town.unanswered} requests without an answer")


class Full(Disks):
    def test_a_full_disk_ends_it_and_with_room_again_all_is_as_it_was_told(self):
        with SmallDisk(8192) as disk, Town(SEED, state=disk.state) as town:
            for _ in range(ROUNDS):
                # Between the pages of one turn, or only once all turns move into the file.
                disk.fill(left=self.random.choice((1, 40, 400, 1500)) << 10)
                self.again(town, [FULL], [ROOM_HINT], cure=disk.make_room)
            self.tell(town)
            town.daemon.stop()

    def test_a_start_on_a_full_disk_says_so_and_harms_nothing(self):
        with SmallDisk(8192) as disk, Town(SEED, state=disk.state) as town:
            disk.fill(left=100 << 10)
            town.day(lambda: self.die(town, [FULL], [ROOM_HINT]))
            disk.fill(left=0)
            for _ in range(2):  # As a supervisor does.
                with self.assertRaises(Failed):
                    town.daemon.start()
                self.assert_said(town, town.daemon.process.returncode, [FULL], [ROOM_HINT])
            disk.make_room()
            town.daemon.start()
            town.check()
            town.daemon.stop()


class Calls(Disks):
    INJURIES = (("fdatasync:error=EIO", "a sync failed: Input/output error"),
                ("pwrite64:error=EIO", "Input/output error"),
                ("pwrite64:error=ENOSPC", FULL),
                ("pwrite64:retval=0", FULL))

    def test_a_call_that_fails_ends_it_and_nothing_that_was_answered_is_lost(self):
        with Town(SEED) as town:
            for injury, reason in self.INJURIES:
                for onwards in ("", "+"):  # Once; and from then on.
                    for _ in range(ROUNDS // 2):
                        when = self.random.randint(1, 60)
                        with self.subTest(f"{injury}:when={when}{onwards}"), \
                                injured(town.daemon.pid, f"{injury}:when={when}{onwards}"):
                            self.again(town, [reason], (*DISK_HINTS, ROOM_HINT))
            self.tell(town)

    def test_a_file_at_its_limit_ends_it_and_nothing_that_was_answered_is_lost(self):
        with Town(SEED, {"log.level": "error"}) as town:
            for _ in range(ROUNDS):
                self.again(town, ["File too large"], strike=lambda: self.limit_files(town))
            self.tell(town)

    def limit_files(self, town):
        """To a little more than they have, in the middle of a page."""
        self.some_time()
        grown = max(file.stat().st_size for file in town.state.glob("journal.db*"))
        limit = grown + self.random.randint(100, 20_000)
        resource.prlimit(town.daemon.pid, resource.RLIMIT_FSIZE, (limit, limit))

    def test_writes_that_are_done_in_part_are_gone_on_with(self):
        with Town(SEED) as town:
            town.daemon.stop()
            town.daemon.within = ["env", f"LD_PRELOAD={BIN / 'short_writes.so'}"]
            for _ in range(ROUNDS):
                town.daemon.start()
                town.check()
                town.day(lambda: wait(0.3))
                town.check()
                town.daemon.kill()
                town.verify()
            self.tell(town)


class Real(Disks):
    """An ext4 of its own."""

    CONTROL = "this is not on the disk yet\n"

    def strike(self, town, disk, fault):
        self.some_time()
        # A file of its own each time: ext4 writes at once what takes the place of older content.
        self.control = disk.root / f"unsynced-{self.deaths}"
        self.control.write_text(self.CONTROL)
        fault()

    def test_a_disk_that_becomes_read_only_ends_it_and_nothing_that_was_answered_is_lost(self):
        with RealDisk() as disk, Town(SEED, state=disk.state) as town:
            for _ in range(ROUNDS):
                self.again(town, ["Read-only file system", "Input/output error"],
                           ["not mounted read-only", *DISK_HINTS],
                           lambda: self.strike(town, disk, disk.find_an_error), disk.mount_again)
            self.tell(town)
            town.daemon.stop()

    def test_a_power_cut_loses_nothing_that_was_answered(self):
        with RealDisk() as disk, Town(SEED, state=disk.state) as town:
            for _ in range(ROUNDS):
                self.again(town, ["Input/output error"], DISK_HINTS,
                           lambda: self.strike(town, disk, disk.cut_power), disk.mount_again)
                self.assert_lost(self.control)
            self.tell(town)
            town.daemon.stop()

    def assert_lost(self, control):
        """A sync of the daemon may have kept its name: it writes down all names at once."""
        self.assertNotEqual(control.read_text() if control.exists() else "", self.CONTROL)


if __name__ == "__main__":
    unittest.main()
