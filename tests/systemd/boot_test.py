"""usherd under a real systemd: installed, killed, upgraded and removed; see claims.sh."""

import os
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import debian  # noqa: E402
import packages  # noqa: E402

SCRIPT = pathlib.Path(__file__).with_name("claims.sh")
BOOT_SECONDS_MAX = 240


class Boot(unittest.TestCase):
    """One boot for all claims; each claim of the script is a test here."""

    @classmethod
    def setUpClass(cls):
        if why := debian.why_not():
            raise unittest.SkipTest(why)
        folder = tempfile.TemporaryDirectory(prefix="usher-boot-", dir=packages.BUILD.parent)
        cls.addClassCleanup(folder.cleanup)
        cls.console = boot(pathlib.Path(folder.name))

    def check(self, claim):
        if re.search(rf"^ok {claim}\r?$", self.console, re.M):
            return
        said = re.search(rf"^not ok {claim}\r?\n((?:\| .*\n)*)", self.console, re.M)
        self.fail(said[1] if said else f"it was never reached:\n{self.console[-6000:]}")


def boot(folder):
    """Boots with two releases of the packages at hand and runs the script there."""
    for release in (1, 2):
        made = packages.make(folder / "packages" / str(release), release)
        version = packages.field(made["usherd"], "Version")
        (folder / "packages" / str(release) / "version").write_text(version)
    ours = set(made)
    wanted = {name for file in made.values() for name in packages.needs(file)} - ours
    base = debian.tree(packages.real(wanted))
    return debian.boot(base, folder, SCRIPT.read_text(), BOOT_SECONDS_MAX)


def add_claim(name):
    setattr(Boot, f"test_{name}", lambda self: self.check(name))


for found in re.findall(r"^claim_(\w+)\(\) \{$", SCRIPT.read_text(), re.M):
    add_claim(found)

if __name__ == "__main__":
    unittest.main()
