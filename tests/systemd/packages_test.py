"""What an installation and the packages hold, and what they do not."""

import gzip
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import packages  # noqa: E402

UNIT_FILES = {"/usr/lib/systemd/system/usherd.service", "/usr/lib/sysusers.d/usherd.conf",
              "/usr/lib/tmpfiles.d/usherd.conf", "/etc/usher/usherd.toml"}

MANUALS = ("man1/usher.1", "man1/usher-issuer.1", "man8/usherd.8")


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="usher-packages-")
        cls.addClassCleanup(folder.cleanup)
        cls.files = packages.make(folder.name, 1)

    def test_each_kind_of_reader_has_a_package(self):
        self.assertEqual(set(self.files), {"usherd", "usher", "libusher0", "libusher-fake0",
                                           "libusher-dev", "usher-issuer"})

    def test_the_daemon_brings_its_unit_user_and_configuration(self):
        self.assertLessEqual({"/usr/sbin/usherd", "/usr/share/man/man8/usherd.8.gz", *UNIT_FILES},
                             packages.content(self.files["usherd"]))

    def test_its_manual_names_every_option(self):
        usage = subprocess.check_output([packages.BUILD / "bin" / "usherd", "--help"], text=True)
        manual = gzip.decompress((packages.BUILD / "daemon" / "usherd.8.gz").read_bytes()).decode()
        for option in set(re.findall(r"--[a-z-]+", usage)) - {"--help"}:
            self.assertIn(option, manual.replace("\\-", "-"))

    def test_operators_get_their_command(self):
        self.assertLessEqual({"/usr/bin/usher", "/usr/share/man/man1/usher.1.gz"},
                             packages.content(self.files["usher"]))
        self.assertIn("usher", packages.needs(self.files["usherd"]))

    def test_the_issuer_is_in_no_package_but_its_own_and_nobody_needs_it(self):
        for name, file in self.files.items():
            holds = any("issuer" in pathlib.Path(path).name for path in packages.content(file))
            self.assertEqual(holds, name == "usher-issuer", name)
            self.assertNotIn("usher-issuer", packages.needs(file))

    def test_a_vendor_gets_the_issuer_with_its_manual(self):
        self.assertLessEqual(
            {"/usr/bin/usher-issuer", "/usr/share/man/man1/usher-issuer.1.gz"},
            packages.content(self.files["usher-issuer"]))

    def test_the_library_and_what_builds_with_it_are_apart(self):
        library = {pathlib.Path(path).name for path in packages.content(self.files["libusher0"])}
        build = {pathlib.Path(path).name for path in packages.content(self.files["libusher-dev"])}
        self.assertIn("libusher.so.0", library)
        self.assertLessEqual({"libusher.so", "usher.h", "libusher.pc"}, build)
        self.assertNotIn("usher.h", library)

    def test_the_fake_is_for_those_who_build_applications(self):
        self.assertNotIn("libusher-fake0", packages.needs(self.files["libusher0"]))
        self.assertIn("libusher-fake0", packages.needs(self.files["libusher-dev"]))

    def test_an_application_is_built_with_what_pkg_config_says(self):
        with tempfile.TemporaryDirectory(prefix="usher-vendor-") as root:
            for name in ("libusher0", "libusher-dev"):
                subprocess.run(["dpkg-deb", "--extract", self.files[name], root], check=True)
            folder, = pathlib.Path(root).glob("usr/lib/*/pkgconfig")
            flags = subprocess.check_output(
                ["pkg-config", "--cflags", "--libs", "libusher"], text=True,
                env={**os.environ, "PKG_CONFIG_PATH": str(folder), "PKG_CONFIG_SYSROOT_DIR": root})
            example = packages.BUILD.parents[1] / "client" / "example.c"
            program = pathlib.Path(root) / "example"
            subprocess.run(["cc", "-D_POSIX_C_SOURCE=200809L", example, "-o", program,
                            *flags.split()], check=True)
            done = subprocess.run([program], capture_output=True, text=True, check=False,
                                  env={**os.environ, "LD_LIBRARY_PATH": str(folder.parent)})
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("usage:", done.stderr)

    def test_no_test_program_is_installed(self):
        for file in self.files.values():
            for path in map(pathlib.Path, packages.content(file)):
                self.assertNotRegex(path.name, "test|bench|fuzz|example")

    def test_the_daemon_names_the_libraries_that_it_was_linked_with(self):
        self.assertLessEqual({"libssl3", "libprotobuf32", "libsqlite3-0", "libsystemd0"},
                             packages.needs(self.files["usherd"]))

    def test_the_configuration_is_the_operators_once_it_is_there(self):
        conffiles = subprocess.check_output(
            ["dpkg-deb", "--info", self.files["usherd"], "conffiles"], text=True)
        self.assertEqual(conffiles, "/etc/usher/usherd.toml\n")

    def test_lintian_finds_no_error(self):
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error",
                               *self.files.values()], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Installation(unittest.TestCase):
    def test_it_honours_destdir_and_writes_nowhere_else(self):
        with tempfile.TemporaryDirectory(prefix="usher-install-") as folder:
            subprocess.run(["cmake", "--install", packages.BUILD], check=True,
                           env={**os.environ, "DESTDIR": folder}, stdout=subprocess.DEVNULL)
            root = pathlib.Path(folder)
            found = {"/" + str(path.relative_to(root)) for path in root.rglob("*")}
            self.assertLessEqual({"/usr/sbin/usherd", "/usr/bin/usher", *UNIT_FILES,
                                  *(f"/usr/share/man/{page}.gz" for page in MANUALS)}, found)
            manifest = (packages.BUILD / "install_manifest.txt").read_text().split()
            self.assertLessEqual(set(manifest), found)


if __name__ == "__main__":
    unittest.main()
