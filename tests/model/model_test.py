"""The model of activation and moves: never alive twice, always alive again, and why."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

MODEL = pathlib.Path(__file__).with_name("move.pml")

# How large a world is searched, to its last state.
SMALL = ("-DSTORM=3", "-DREQUESTS=2")
AGAIN_AND_AGAIN = ("-DSTORM=3", "-DREQUESTS=3")
THREE_HOSTS = ("-DHOSTS=3", "-DSTORM=3", "-DREQUESTS=1")
BACKUP = ("-DBACKUP", "-DSTORM=2", "-DREQUESTS=2")
BACKUP_AND_MOVES = ("-DBACKUP", "-DSTORM=3", "-DREQUESTS=1")

# Each safeguard that can be taken out, and a world in which it is then missed: because a license is
# alive twice, which is looked for in the storm alone, or because nobody can bring it back.
ALIVE_TWICE = {
    "NO_SPENT": SMALL,
    "ACTIVATED_ELSEWHERE": SMALL,
    "REACTIVATED_OVER_TICKETS": SMALL,
    "RESPONSE_FOR_ANY_HOST": SMALL,
    "RECEIPT_FOR_ANY": AGAIN_AND_AGAIN,
    "TICKET_WITHOUT_RECEIPT": SMALL,
    "RECEIPT_NAMES_NO_TICKET": SMALL,
    "TWO_RECEIPTS": SMALL,
    "ISSUER_FORGETS": SMALL,
    "ISSUER_ANSWERS_BEFORE_COMMIT": SMALL,
    "HOST_ANSWERS_BEFORE_COMMIT": SMALL,
    "NO_ASK_AT_START": BACKUP_AND_MOVES,
    "NO_ASK_AFTER_LOADING": BACKUP_AND_MOVES,
    "RECEIPT_FROM_BEFORE_A_START": BACKUP_AND_MOVES,
    "OLD_ANSWER": BACKUP_AND_MOVES,
}
NEVER_AGAIN = {
    "NO_NUMBERS": SMALL,
    "RECEIPT_NOT_KEPT": SMALL,
}
WORLDS = (SMALL, THREE_HOSTS, BACKUP, BACKUP_AND_MOVES)


def search(switches):
    """What spin's exhaustive search says of the model with `switches`."""
    with tempfile.TemporaryDirectory(prefix="usher-model-") as folder:
        def do(*command):
            return subprocess.run(command, cwd=folder, text=True, check=True, timeout=600,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout

        do("spin", "-a", *switches, str(MODEL))
        do("cc", "-O1", "-w", "-DSAFETY", "-DVECTORSZ=2048", "-DMEMLIM=2048", "-o", "pan", "pan.c")
        return do("./pan", "-n", "-m100000")


def is_whole(said):
    """Whether nothing was left out of the search."""
    return "errors: 0" in said and "max search depth too small" not in said and \
        "Search not completed" not in said and "out of memory" not in said


@unittest.skipUnless(shutil.which("spin"), "the Debian package spin is missing")
class Model(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1)
        cls.addClassCleanup(pool.shutdown, cancel_futures=True)
        cls.whole = {world: pool.submit(search, world) for world in WORLDS}
        cls.twice = {name: pool.submit(search, (f"-D{name}", "-DSTORM_ONLY", *world))
                     for name, world in ALIVE_TWICE.items()}
        cls.never = {name: pool.submit(search, (f"-D{name}", *world))
                     for name, world in NEVER_AGAIN.items()}

    def test_in_no_world_is_a_license_alive_twice_or_lost(self):
        for world, said in self.whole.items():
            with self.subTest(" ".join(world)):
                self.assertTrue(is_whole(said.result()), said.result())

    def test_without_each_of_these_it_is_alive_twice(self):
        for name, said in self.twice.items():
            with self.subTest(name):
                self.assertRegex(said.result(), r"assertion violated +!\(+host\[1\]")

    def test_without_each_of_these_it_is_lost(self):
        for name, said in self.never.items():
            with self.subTest(name):
                self.assertRegex(said.result(), r"assertion violated \(*host\[goal\]")

    def test_every_switch_of_the_model_is_tried(self):
        switches = {word for line in MODEL.read_text().splitlines() if line.startswith("#if")
                    for word in line.replace("(", " ").replace(")", " ").split()
                    if word.isupper() and word not in ("HOSTS", "STORM", "REQUESTS", "BACKUP",
                                                       "STORM_ONLY")}
        self.assertEqual(switches, {*ALIVE_TWICE, *NEVER_AGAIN})


if __name__ == "__main__":
    unittest.main()
