"""Twenty-four days of a usherd in a minute or two: nothing grows that should not, nothing is lost.

The clock is moved by half an hour at a time. In between applications renew, come and go, die and
come back, and an operator shapes pools. In the first half it is killed or restarted every other
day; in the second half one process serves all the time, and its memory is looked at; the last days
are quiet.
"""

import os
import random
import sqlite3
import statistics
import unittest
from pathlib import Path

from support.account import HELD, WAITING
from town import Town

SEED = int(os.environ.get("USHER_SEED", "1"))
DAYS = int(os.environ.get("USHER_SOAK_DAYS", "24"))
QUIET_DAYS = 3  # Of them, at the end: everybody only renews.
STEP, STEPS_A_DAY = "30m", 48  # Half of the term.
ABSENCE = 3  # Steps that who died stays away: more than a term.
APPLICATIONS = 6

# What the -wal may have: pages after which it is moved into the journal, and those of a turn.
WAL_BYTES_MAX = (256 + 256) * 4120
# Of the journal, for each byte of what had to be written down: pages that are not full.
BYTES_PER_BYTE_MAX = 1.6
ROW_BYTES = 32 + 24  # A turn's chain, and its number, time and lengths.
# Of memory, for each answer: less than the smallest thing that could be forgotten with it.
GROWTH_BYTES_MAX = 16


def memory_kib(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    line, = (line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1])


def slope(samples):
    """KiB a day."""
    return statistics.linear_regression(range(len(samples)), samples).slope * STEPS_A_DAY


class Soak(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.town = self.enterContext(Town(SEED, applications=APPLICATIONS, movable=True))
        self.operator, *self.here = self.town.guests
        self.away = {}  # Who died, and the steps that it still stays away.
        self.deaths = self.restarts = self.steps = self.wal_bytes = 0
        self.samples = []
        for guest in self.town.guests:
            guest.come()
            self.addCleanup(guest.go)

    # Half an hour.

    def pass_time(self, act):
        for application in list(self.here):
            application.renew()
            application.hear_all()
            for _ in range(3 if act else 0):
                application.act()
        if act:
            self.operator.act()
            self.die_or_come_back()
        self.town.daemon.advance(STEP)
        self.steps += 1
        self.samples.append(memory_kib(self.town.daemon.pid))
        self.wal_bytes = max(self.wal_bytes,
                             (self.town.state / "journal.db-wal").stat().st_size)

    def die_or_come_back(self):
        for application in list(self.away):
            self.away[application] -= 1
            if self.away[application] == 0:
                self.come_back(application)
        if self.random.random() < 0.05 and len(self.here) > 2:
            application = self.random.choice(self.here)
            self.here.remove(application)
            self.die(application)
            application.go()
            self.deaths += 1

    def die(self, application):
        """Nobody is asked for the end of its seats, and yet they end."""
        self.away[application] = ABSENCE
        application.silent = self.town.account.leave(application.seats, (HELD, WAITING))

    def come_back(self, application):
        del self.away[application]
        for lease in application.silent:
            self.town.account.left(lease)
        self.check()
        application.come()
        self.here.append(application)

    def check(self):
        """Whoever is still away may have lost its seats by now, or not."""
        self.town.check()
        for application in self.away:
            application.silent = self.town.account.leave(application.seats, (HELD, WAITING))

    def restart(self):
        for guest in (self.operator, *self.here):
            guest.go()
        daemon, self.restarts = self.town.daemon, self.restarts + 1
        # The clock of the next process begins where this one's has come to.
        daemon.clock = [f"advance {30 * self.steps}m"]
        if self.restarts % 2:
            daemon.kill()
            self.town.verify()
        else:
            self.assertEqual(daemon.stop(), 0)
        daemon.start()
        self.check()
        for application in self.away:  # A start gives a full term to the dead as well.
            self.die(application)
        for guest in (self.operator, *self.here):
            guest.come()

    def days(self, count, act, restarts=False):
        for day in range(count):
            if restarts and day % 2:
                self.restart()
            for _ in range(STEPS_A_DAY):
                self.pass_time(act)

    # What may grow.

    def turns(self):
        return int(self.town.verify().partition(":")[0])

    def assert_memory_is_flat(self, samples, answers):
        """By the last third of what one process has been; in the first one it fills its caches and
        remembers ends up to their bound."""
        third = len(samples) // 3
        first, last = slope(samples[:third]), slope(samples[-third:])
        answers_a_day = answers / (len(samples) / STEPS_A_DAY)
        grown = last * 1024 / answers_a_day
        print(f"memory: {samples[0]} KiB at first, {samples[-1]} at last, at most {max(samples)}; "
              f"{first:+.1f} KiB a day in the first third, {last:+.1f} in the last: "
              f"{grown:+.1f} bytes for each of {answers_a_day:.0f} answers a day")
        self.assertLess(grown, GROWTH_BYTES_MAX)
        self.assertLess(last, max(first, 0) + 1)

    def assert_journal_is_what_happened(self):
        file = self.town.state / "journal.db"
        with sqlite3.connect(f"file:{file}?immutable=1", uri=True) as journal:
            turns, records = journal.execute(
                "SELECT count(*), sum(length(record)) FROM turn").fetchone()
            snapshot, = journal.execute("SELECT sum(length(record)) FROM snapshot").fetchone()
        journal.close()
        written = records + turns * ROW_BYTES + 2 * snapshot
        size = file.stat().st_size
        print(f"journal: {turns} turns, {size} bytes for {written} that had to be written; "
              f"the -wal had at most {self.wal_bytes}")
        self.assertLess(size, BYTES_PER_BYTE_MAX * written + 16 * 4096)
        self.assertLess(self.wal_bytes, WAL_BYTES_MAX)

    def test_weeks_of_service_lose_nothing_and_nothing_grows_without_end(self):
        busy = DAYS - QUIET_DAYS
        print(f"\nUSHER_SEED={SEED} USHER_SOAK_DAYS={DAYS}")
        self.days(busy // 2, act=True, restarts=True)
        self.restart()
        self.samples, before = [], self.town.account.figures.answers
        self.days(busy - busy // 2, act=True)
        self.assert_memory_is_flat(self.samples, self.town.account.figures.answers - before)
        while self.away:
            self.pass_time(act=True)
        self.restart()
        self.assert_quiet_days_write_no_more_than_the_time()
        self.town.check()
        figures = self.town.account.figures
        print(f"{self.steps / STEPS_A_DAY:g} days, {self.restarts} restarts, {self.deaths} deaths; "
              f"{figures.answers} answers; {figures.seats} seats and {figures.places} places "
              "looked for")
        self.assertEqual(self.town.daemon.stop(), 0)
        self.town.verify()
        self.assert_journal_is_what_happened()

    def assert_quiet_days_write_no_more_than_the_time(self):
        """Whoever renews a thousand times writes nothing; an hour without anything is one turn."""
        for application in self.here:  # Or their patience ends within these days.
            application.give(application.seats, (WAITING,))
            application.hear_all()
        before = self.turns_now()
        self.days(QUIET_DAYS, act=False)
        written = self.turns_now() - before
        hours = 24 * QUIET_DAYS
        print(f"{QUIET_DAYS} quiet days: {written} turns in {hours} hours")
        self.assertLessEqual(written, hours + 2)

    def turns_now(self):
        """By the head that stands beside the journal."""
        return int((self.town.state / "journal.db-head").read_text().partition(":")[0])


if __name__ == "__main__":
    unittest.main()
