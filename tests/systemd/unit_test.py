"""The unit as it stands in its file: how far it lets the daemon go, and why."""

import os
import pathlib
import re
import subprocess
import unittest

BUILD = pathlib.Path(os.environ["USHER_BIN"]).parent
UNIT = BUILD / "systemd" / "usherd.service"


class Unit(unittest.TestCase):
    def test_its_exposure_is_at_most_1_5(self):
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager",
                               "--threshold=15", UNIT], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_line_of_the_service_has_its_reason(self):
        section = UNIT.read_text().split("[Service]\n")[1].split("[Install]")[0]
        lines = section.splitlines()
        for before, line in zip(["", *lines], lines):
            if line and not line.startswith("#"):
                self.assertTrue(before.startswith("# "), f"{line} comes without a reason")

    def test_a_crash_leaves_no_keys_behind(self):
        self.assertIn("\nLimitCORE=0\n", UNIT.read_text())

    def test_documentation_comes_first(self):
        self.assertRegex(UNIT.read_text(), r"\[Unit\]\nDocumentation=")

    def test_it_names_the_programs_where_they_are_installed(self):
        programs = re.findall(r"^Exec\w+=(\S+usherd) ", UNIT.read_text(), re.M)
        self.assertEqual(set(programs), {"/usr/sbin/usherd"})


if __name__ == "__main__":
    unittest.main()
