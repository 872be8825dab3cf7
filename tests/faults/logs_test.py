"""A log that nobody reads, that is full, or whose reader has gone, while a crowd is served."""

import os
import resource
import unittest

from support.daemon import PATIENCE, until
from town import Town

SEED = int(os.environ.get("USHER_SEED", "1"))
ANSWERS = 2000  # With some hundreds of lines, more than a pipe takes.


class Logs(unittest.TestCase):
    def setUp(self):
        self.town = self.enterContext(Town(SEED))

    def lead_log_to(self, file):
        """Standard error of the next start."""
        self.town.daemon.stop()
        self.town.daemon.within = ["sh", "-c", f"exec \"$@\" 2>>'{file}'", "sh"]

    def pipe(self):
        """A pipe and its reader, who reads nothing yet."""
        pipe = self.town.daemon.directory / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.lead_log_to(pipe)
        self.town.daemon.start()
        return reader

    def serve(self, answers=ANSWERS):
        account = self.town.account
        wanted = account.figures.answers + answers
        self.town.day(lambda: until(lambda: account.figures.answers >= wanted, "answers"))
        self.town.check()

    @staticmethod
    def read(reader):
        """All that there is now."""
        text = b""
        while True:
            try:
                text += os.read(reader, 65536)
            except BlockingIOError:
                return text.decode()

    def test_a_log_on_a_full_disk_stops_nobody(self):
        self.lead_log_to("/dev/full")
        self.town.daemon.start()
        self.serve()
        self.assertEqual(self.town.daemon.stop(), 0)

    def test_a_log_whose_reader_has_gone_stops_nobody(self):
        reader = self.pipe()
        os.dup2(os.open(os.devnull, os.O_RDONLY), reader)  # The pipe has no other reader.
        self.serve()
        self.assertEqual(self.town.daemon.stop(), 0)

    def test_a_log_that_nobody_reads_stops_nobody_and_says_later_what_is_lost(self):
        reader = self.pipe()
        self.serve(10 * ANSWERS)
        whole = self.read(reader)
        self.assertGreater(len(whole), 32768)  # Nothing went in any more.
        self.assertNotIn(" are lost", whole)
        later = []
        self.town.day(lambda: later.append(until(lambda: self.read(reader), "the next line")))
        self.assertRegex(later[0],
                         r"^\S+ warning \d+ lines of the log are lost: nobody took them\n")
        self.serve(10 * ANSWERS)
        self.assertEqual(self.town.daemon.stop(), 0)

    def test_an_end_does_not_wait_for_who_reads_nothing(self):
        self.pipe()
        self.serve(10 * ANSWERS)
        resource.prlimit(self.town.daemon.pid, resource.RLIMIT_FSIZE, (100, 100))
        self.town.day(lambda: self.town.daemon.process.wait(PATIENCE))
        self.assertEqual(self.town.daemon.process.returncode, 1)


if __name__ == "__main__":
    unittest.main()
