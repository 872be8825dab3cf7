"""kill -9 at any moment, and what was told stays so."""

import os
import random
import shutil
import threading
import unittest

from support.daemon import Failed
from town import Town, wait

ROUNDS = int(os.environ.get("USHER_KILLS", "200"))
SEED = int(os.environ.get("USHER_SEED", "1"))

# Seconds after which a kill comes at the latest: from the opening of the door, the asking for an
# end, the spawning of the process. So it also meets handshakes, the last snapshot, the replay.
DAY_MAX, STOP_MAX, START_MAX = 0.25, 0.03, 0.08


class Kills(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.stillborn = self.begun_ends = self.in_flight = 0

    def kill_some_time(self, town):
        wait(self.random.uniform(0, DAY_MAX))
        if self.random.random() < 0.15:
            self.begun_ends += 1
            town.daemon.process.terminate()
            wait(self.random.uniform(0, STOP_MAX))
        town.daemon.kill()

    def start(self, daemon):
        """Not always at the first try: whoever starts may be killed as well."""
        while self.random.random() < 0.2:
            killer = threading.Timer(self.random.uniform(0.005, START_MAX),
                                     lambda: daemon.process.kill())
            killer.start()
            try:
                daemon.start()
            except Failed:
                self.stillborn += 1
            finally:
                killer.join()
                daemon.kill()
        daemon.start()

    def test_kill_9_at_any_time_loses_nothing_that_was_told_and_makes_nothing_up(self):
        print(f"\nUSHER_SEED={SEED} USHER_KILLS={ROUNDS}")
        head = None
        with Town(SEED) as town:
            for number in range(ROUNDS):
                before = town.unanswered
                with self.subTest(round=number):
                    town.day(lambda: self.kill_some_time(town))
                    self.in_flight += town.unanswered > before
                    head = town.verify(head)
                    self.start(town.daemon)
                    town.check()
            self.tell(town, head)
            self.assertGreater(self.in_flight, ROUNDS // 2)
            self.assertGreater(town.account.figures.unanswered_kept, 0)

    def tell(self, town, head):
        figures = town.account.figures
        again = sum(application.asked_again for application in town.applications)
        print(f"{ROUNDS} kills, {self.in_flight} of them with requests in flight "
              f"({town.unanswered} requests), {self.begun_ends} during an orderly end, and "
              f"{self.stillborn} more during a start; {figures.answers} answers, "
              f"{head.partition(':')[0]} turns; looked for after a restart: {figures.seats} seats, "
              f"{figures.places} places in the queue, {figures.ends} leases that had gone; "
              f"{figures.unanswered} leases unanswered, {figures.unanswered_kept} of them there, "
              f"{again} asked for again")


class OlderState(unittest.TestCase):
    """That the comparison finds what is lost."""

    def test_the_state_of_a_moment_ago_is_found_out(self):
        with Town(SEED) as town:
            town.day(lambda: wait(0.2))
            town.daemon.stop()
            kept = town.daemon.directory / "kept"
            shutil.copytree(town.state, kept)
            town.daemon.start()
            town.check()
            town.day(lambda: (wait(0.5), town.daemon.kill()))
            shutil.rmtree(town.state)
            kept.rename(town.state)
            town.daemon.start()
            found = "\n".join(town.complaints(town.look()))
            for what in ("was held, and is lost", "had gone, and is there"):
                self.assertIn(what, found)


if __name__ == "__main__":
    unittest.main()
