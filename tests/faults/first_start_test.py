"""The first start of all, cut off or failing at each of its steps: the next one makes it good."""

import re
import shutil
import unittest

from harm import SmallDisk, skip_without_strace
from support.daemon import Daemon, Failed

CALLS = "write,pwrite64,fsync,fdatasync,rename,link,unlink,mkdir,ftruncate,chmod"
ROOMY = 8192  # KiB in which a state directory has room for long.


class FirstStart(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon({"log.level": "error"})
        self.addCleanup(self.daemon.close)
        self.state = self.daemon.directory / "state"

    def assert_starts_well(self):
        """Nothing has to be cleared away by hand, and what is made now is kept."""
        self.daemon.within = []
        self.daemon.start()
        self.daemon.forget_server()
        server = self.daemon.server
        self.assertEqual(self.daemon.status()["mode"], "serving")
        self.daemon.restart()
        self.daemon.forget_server()
        self.assertEqual(self.daemon.server, server)
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.must("journal", "verify", "--state", self.daemon.settings["state"])

    def start_within(self, *strace):
        """Whether it served, before it is killed. The tracer is no parent of it, and ends with
        it."""
        self.daemon.within = ["strace", "-D", "-f", *map(str, strace), "-e", f"trace={CALLS}"]
        try:
            self.daemon.start()
        except Failed:
            return False
        self.daemon.kill()
        return True

    def steps(self):
        """What the first thread does to the state directory: calls, and which of their kind."""
        trace = self.daemon.directory / "trace"
        self.assertTrue(self.start_within("-y", "-o", trace))
        first, steps, seen = None, [], {}
        for line in trace.read_text().splitlines():
            found = re.match(r"(\d+) +(\w+)\((.*)", line)
            if not found:
                continue
            thread, call, words = found.groups()
            first = first or thread
            if thread == first:
                seen[call] = seen.get(call, 0) + 1
                if str(self.state) in words:
                    steps.append((call, seen[call]))
        return steps

    def assert_said(self):
        """Who did not start has said why, and what helps."""
        lines = self.daemon.log_text().splitlines()
        self.assertEqual(self.daemon.process.returncode, 1, lines)
        self.assertRegex(lines[-2], f"^usherd: error: cannot .*{self.daemon.settings['state']}")
        self.assertRegex(lines[-1], "^usherd: hint: ")

    def each_step(self, injury, judge):
        skip_without_strace()
        steps = self.steps()
        self.assertGreater(len(steps), 30)
        cut = 0
        for call, at in steps:
            shutil.rmtree(self.state)
            self.daemon.log.unlink()
            with self.subTest(call=call, at=at):
                served = self.start_within(
                    "-o", "/dev/null", "-e", f"inject={call}:{injury}:when={at}")
                if not served:
                    judge()
                    cut += 1
                self.assert_starts_well()
        print(f"\n{injury}: {len(steps)} steps, {cut} starts cut off")
        return len(steps), cut

    def test_killed_at_any_step_the_next_start_serves(self):
        steps, cut = self.each_step("signal=SIGKILL", lambda: None)
        self.assertEqual(steps, cut)

    def test_failing_at_any_step_it_says_so_and_the_next_start_serves(self):
        steps, cut = self.each_step("error=EIO", self.assert_said)
        self.assertGreater(cut, steps // 2)  # What need not be there need not be removed.

    def test_a_disk_that_is_too_small_is_called_so_and_with_room_it_serves(self):
        failures = 0
        for kilobytes in range(4, 512, 8):
            with self.subTest(kilobytes=kilobytes), SmallDisk(kilobytes) as disk:
                self.daemon.settings["state"] = str(disk.state)
                self.daemon.within = []
                try:
                    self.daemon.start()
                except Failed:
                    failures += 1
                    self.assert_said()
                    self.assertIn(": the disk is full\n", self.daemon.log_text())
                    self.assertIn("hint: make room on that disk", self.daemon.log_text())
                    # Whoever is started again and again must not fill it up himself.
                    self.assertEqual(list(disk.state.glob("node.json.*")), [])
                    disk.grow(ROOMY)
                    self.assert_starts_well()
                else:
                    self.daemon.stop()
                    break
            self.daemon.log.unlink()
        else:
            self.fail("it never serves")
        print(f"\n{failures} disks were too small")
        self.assertGreater(failures, 2)


if __name__ == "__main__":
    unittest.main()
