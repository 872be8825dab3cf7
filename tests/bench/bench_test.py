"""tests/bench/run, as quick as it can be: what it measures is no test, that it measures is one."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import figures
import server
import shapes

RUN = Path(__file__).with_name("run")
QUICK = ["--seconds", "0.2", "--rounds", "1"]
OF_USHERD_AND_ECHO = ["answers_64x1", "echo_64x1", "echo_64x16", "renew_64x16", "latency_1x1"]


def run(*words):
    return subprocess.run([RUN, *words], text=True, capture_output=True, check=False)


class Bench(unittest.TestCase):
    def measured(self, *words):
        """What it prints, and what it writes."""
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "bench.json"
            done = run(*QUICK, "--output", file, *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout, json.loads(file.read_text())

    def test_each_figure_of_usherd_and_the_echo_is_printed_and_written(self):
        printed, written = self.measured("--only", *OF_USHERD_AND_ECHO)
        self.assertEqual([row["id"] for row in written["rows"]], OF_USHERD_AND_ECHO)
        self.assertEqual(written["skipped"], {})
        self.assertTrue(written["machine"])
        for row in written["rows"]:
            self.assertEqual(set(row), {"id", "value", "unit", "must", "aim", "at_most", "samples"})
            self.assertGreater(row["value"], 0)
            self.assertEqual(row["samples"], [row["value"]])
            self.assertIn(row["id"], printed)

    def test_a_server_that_is_missing_is_named(self):
        with mock.patch.object(server, "BIN", Path("/nowhere")):
            skipped = shapes.measure([(peer, "64x1") for peer in shapes.PEERS], 1, 0.1).skipped
        self.assertEqual(skipped.keys(), shapes.PEERS)
        for why in skipped.values():
            self.assertIn("tools/packages bench", why)

    def test_a_figure_that_does_not_exist_is_refused(self):
        self.assertEqual(run("--only", "answers_65x1").returncode, 2)

    def test_a_figure_misses_what_it_must_be_on_its_own_side(self):
        self.assertTrue(figures.BY_ID["echo_64x1"].misses(0.49))
        self.assertFalse(figures.BY_ID["echo_64x1"].misses(0.5))
        self.assertTrue(figures.BY_ID["latency_1x1"].misses(1.51))
        self.assertFalse(figures.BY_ID["latency_1x1"].misses(1.5))


if __name__ == "__main__":
    unittest.main()
