"""tests/fuzz/run: what it makes of what fuzzers say."""

import importlib.machinery
import importlib.util
import pathlib
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What libFuzzer says of a run, at its end.
WELL = """#2 INITED cov: 10 ft: 11 corp: 3/9b exec/s: 0 rss: 30Mb
#900 DONE cov: 21 ft: 30 corp: 7/20b lim: 4 exec/s: 90 rss: 30Mb
stat::number_of_executed_units: 900
"""


def fuzz_run():
    """A fresh module of the script, which has no ending."""
    path = str(ROOT / "tests" / "fuzz" / "run")
    loader = importlib.machinery.SourceFileLoader("fuzz_run", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fuzz_run", loader))
    loader.exec_module(module)
    return module


class FuzzRun(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.run = fuzz_run()
        self.run.BUILD = pathlib.Path(self.scratch.name)
        (self.run.BUILD / "bin").mkdir()

    def program(self, text):
        path = self.run.BUILD / "bin" / "fuzz_frame"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)

    def test_says_what_was_tried_as_the_fuzzer_counted_it(self):
        self.program(f"cat <<'END'\n{WELL}END")
        is_well, said, tried = self.run.look("frame", 1)
        self.assertTrue(is_well)
        self.assertEqual(said, "frame: 900 inputs, 21 edges, 7 kept")
        self.assertEqual(tried, 900)

    def test_what_was_found_is_named_with_the_command_that_shows_it_again(self):
        self.program("echo 'artifact_prefix; Test unit written to /tmp/crash-1'; exit 77")
        is_well, said, _ = self.run.look("frame", 1)
        self.assertFalse(is_well)
        self.assertIn(f"again: {self.run.BUILD / 'bin' / 'fuzz_frame'} /tmp/crash-1", said)

    def test_each_target_has_samples_to_begin_with(self):
        corpus = ROOT / "tests" / "fuzz" / "corpus"
        self.assertIn("record", self.run.targets())
        for name in self.run.targets():
            self.assertTrue(any((corpus / name).iterdir()), name)


if __name__ == "__main__":
    unittest.main()
