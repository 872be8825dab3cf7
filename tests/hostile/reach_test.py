"""Nothing that a peer says names a file that is opened, a program that is started, or a host that
is spoken to: seen in the system calls of the daemon."""

import os
import re
import shutil
import signal
import subprocess
import time
import unittest

from google.protobuf.descriptor import FieldDescriptor
from messages_test import asks, filled, request_of
from siege import Siege
from support import wire
from support.messages import operator
from support.scenario.vendor import License

# What no file, program and host of this machine is called but in what is said here.
CANARY = "usher-canary"
PATHS = (f"/etc/{CANARY}", f"../../../../etc/{CANARY}", f"file:///{CANARY}", f"{CANARY}.log",
         f"$({CANARY})", f"|{CANARY}", f"usher://{CANARY}.example:80/?ca=sha256:00",
         f"http://127.0.0.1:9/{CANARY}", f"{CANARY}%2f..", f"\\\\{CANARY}\\share", f"{CANARY};id")


class Watched(Siege):
    """Every file that the daemon opens, process that it starts and address that it asks."""

    @classmethod
    def setUpClass(cls):
        if not shutil.which("strace"):
            raise unittest.SkipTest("there is no strace here")
        super().setUpClass()
        cls.trace = cls.directory / "trace"
        log = cls.directory / "strace.log"
        with open(log, "wb") as errors:
            cls.watch = subprocess.Popen(
                ["strace", "-f", "-s", "256", "-e", "trace=%file,process,connect,truncate",
                 "-o", cls.trace, "-p", str(cls.daemon.pid)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        cls.addClassCleanup(cls.unwatch)
        deadline = time.monotonic() + wire.PATIENCE
        while "attached" not in log.read_text():
            if cls.watch.poll() is not None or time.monotonic() > deadline:
                raise unittest.SkipTest(f"the daemon cannot be watched: {log.read_text()}")
            time.sleep(0.02)

    @classmethod
    def unwatch(cls):
        if cls.watch.poll() is None:
            cls.watch.send_signal(signal.SIGINT)
            cls.watch.wait()

    def tearDown(self):
        with self.operator() as desk:
            desk.operate(maintenance=operator.Maintenance(on=False))
        super().tearDown()

    def calls(self):
        """What was done since the watch began; an end of it is certain to be there."""
        mark = f"mark-{os.urandom(4).hex()}"
        # The daemon looks at this file by itself: at a reload.
        os.rename(self.daemon.config, self.daemon.directory / mark)
        self.daemon.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + wire.PATIENCE
        while self.daemon.log_text().count("not taken over: cannot") < 1:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        os.rename(self.daemon.directory / mark, self.daemon.config)
        while str(self.daemon.config) not in self.trace.read_text():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        return self.trace.read_text()

    def assert_within_its_house(self):
        """No call names what was said, starts a program or speaks to a host."""
        out = re.compile(rf"{CANARY}|\bexecve|\bv?fork\(|connect\(.*AF_INET")
        self.assertEqual([line for line in self.calls().splitlines() if out.search(line)], [])

    def say(self, ask, body):
        with self.operator() as hostile:
            try:
                hostile.send_bytes(wire.frame(request_of(ask, body)))
                hostile.answer_to(7)
            except wire.HungUp:
                pass

    def test_no_text_of_a_message_is_a_path_a_program_or_a_host(self):
        # CVE-2011-4135, CVE-2011-1389, CVE-2018-15573, CVE-2021-37500, CVE-2023-44031,
        # CVE-2016-8565, CVE-2022-43513, CVE-2007-6483, CVE-2013-6221, CVE-2024-6071,
        # CVE-2021-37498, CVE-2017-11497, CVE-2017-11498, CVE-2017-12819
        said = 0
        for ask in asks():
            for path in PATHS:
                said += 1
                self.say(ask, filled(ask.message_type, path, 1).SerializeToString())
            for each in ask.message_type.fields:
                if each.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
                    message = ask.message_type._concrete_class()
                    value = PATHS[1] if each.type == FieldDescriptor.TYPE_STRING else \
                        PATHS[1].encode()
                    if each.label == FieldDescriptor.LABEL_REPEATED:
                        getattr(message, each.name).append(value)
                    else:
                        setattr(message, each.name, value)
                    said += 1
                    self.say(ask, message.SerializeToString())
        self.assertGreater(said, 500)
        self.assert_within_its_house()

    def test_a_license_starts_nothing(self):
        # CVE-2021-44153: a license file that names a program to run.
        license = License("9.9.9.1", f"{CANARY}", 1, "lease")
        self.daemon.must("license", "install", "-", "--profile", f"run {CANARY}",
                         input=self.signed(license))
        with self.connect() as client:
            self.assertTrue(client.ask(
                checkout=wire.checkout(f"run {CANARY}")).HasField("granted"))
        self.assert_within_its_house()

    def test_what_is_opened_is_its_own(self):
        # CVE-2018-15573
        with self.connect() as client:
            client.ask(checkout=wire.checkout("Client", user="daisy"))
        self.daemon.must("key", "create", "watched")
        opened = set(re.findall(r'(?:open|openat|creat|rename|unlink|truncate)\w*\(.*?"([^"]+)"',
                                self.calls()))
        own = str(self.daemon.directory)
        system = ("/sys/", "/proc/", "/etc/", "/dev/", "/usr/")
        self.assertGreater(len(opened), 0)
        for path in opened:
            self.assertTrue(path.startswith((own, *system)), path)
            self.assertFalse(path.startswith("/etc/") and path not in (
                "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/machine-id",
                "/etc/ld.so.cache", "/etc/localtime"), path)


if __name__ == "__main__":
    unittest.main()
