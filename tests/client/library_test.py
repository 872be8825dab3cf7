"""libusher as it is installed: what it shows, and whether a stranger can build with it."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("USHER_BIN", SOURCE / "build" / "release" / "bin")).parent
INCLUDE = SOURCE / "client" / "include"
OF_APPLICATIONS = ("usher.h", "usher_devices.h")
PATIENCE = 120


def run(*words, **environment):
    return subprocess.run([str(word) for word in words], env={**os.environ, **environment},
                          capture_output=True, text=True, timeout=PATIENCE, check=True).stdout


def setting(name):
    """What CMake was told when this build was made; empty where it was not."""
    found = re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.M)
    return found[1] if found else ""


def declared(*headers):
    """The functions that headers promise."""
    text = "".join((INCLUDE / header).read_text() for header in headers)
    return set(re.findall(r"^USHER_API [\w\s*]*?(\w+)\(", text, re.M))


def shown(library):
    """The names that a library exports, without their version."""
    lines = run("nm", "--dynamic", "--defined-only", BUILD / "client" / library).splitlines()
    return {line.split()[-1].partition("@")[0] for line in lines} - {"USHER_0"}


class Library(unittest.TestCase):
    def test_it_shows_what_its_header_promises_and_nothing_else(self):
        self.assertEqual(shown("libusher.so"), declared(*OF_APPLICATIONS))
        self.assertGreater(len(declared("usher.h")), 9)
        self.assertGreater(len(declared("usher_devices.h")), 8)

    def test_the_fake_shows_its_own_functions_beside(self):
        self.assertEqual(shown("libusher_fake.so"), declared(*OF_APPLICATIONS, "usher_fake.h"))

    def test_its_name_says_which_interface_it_has(self):
        dynamic = run("readelf", "-d", BUILD / "client" / "libusher.so")
        self.assertIn("Library soname: [libusher.so.0]", dynamic)

    def test_the_library_of_applications_has_no_fake_in_it(self):
        symbols = run("nm", BUILD / "client" / "libusher.so")
        self.assertNotIn("FakeDoor", symbols)
        self.assertIn("RouteDoor", symbols)


class Installed(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="usher-")
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name) / "root"
        for component in ("libusher", "libusher-dev"):
            run("cmake", "--install", BUILD, "--prefix", "/usr", "--component", component,
                DESTDIR=str(self.root))

    def file(self, name):
        found = list(self.root.glob(f"usr/**/{name}"))
        self.assertEqual(len(found), 1, f"{name} in {sorted(self.root.rglob('*'))}")
        return found[0]

    def test_a_stranger_builds_the_example_with_pkg_config(self):
        if self.configured_elsewhere():
            self.skipTest("this build was configured for another prefix than /usr")
        folder = self.file("libusher.pc").parent
        flags = run("pkg-config", "--cflags", "--libs", "libusher", PKG_CONFIG_PATH=str(folder),
                    PKG_CONFIG_SYSROOT_DIR=str(self.root)).split()
        program = self.root / "example"
        run(*self.compiler(), "-std=c11", SOURCE / "client" / "example.c", *flags, *self.runtime(),
            "-o", program)
        done = subprocess.run([program], capture_output=True, text=True, timeout=PATIENCE,
                              check=False, env={"LD_LIBRARY_PATH": str(folder.parent)})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertTrue(done.stderr.startswith("usage: usher-example PROFILE"), done.stderr)

    def test_everything_is_below_destdir(self):
        for name in (*OF_APPLICATIONS, "usher_fake.h", "libusher.pc", "libusher.so",
                     "libusher.so.0"):
            self.file(name)

    def configured_elsewhere(self):
        return "prefix=/usr\n" not in self.file("libusher.pc").read_text() + "\n"

    @staticmethod
    def compiler():
        words = [setting("CMAKE_C_COMPILER"), "-D_POSIX_C_SOURCE=200809L"]
        if setting("USHER_ASAN") == "ON":
            words += ["-fsanitize=address,undefined", "-fsanitize-link-c++-runtime"]
        if setting("USHER_TSAN") == "ON":
            words.append("-fsanitize=thread")
        return words

    @staticmethod
    def runtime():
        """What the sanitizers' runtime for C++ stands on."""
        return ["-lstdc++"] if setting("USHER_ASAN") == "ON" else []


if __name__ == "__main__":
    unittest.main()
