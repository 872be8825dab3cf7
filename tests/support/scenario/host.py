"""A host of a scenario: its identity, and the usherd that may run on it."""

import hashlib
import shutil
import subprocess

from support import wire
from support.daemon import PATIENCE, Daemon, until
from support.scenario import words
from support.scenario.answer import Mismatch

# The identifiers of a scenario's host and where a daemon reads them.
IDENTIFIERS = {
    "machine_id": "etc/machine-id",
    "product_uuid": "sys/class/dmi/id/product_uuid",
    "board_serial": "sys/class/dmi/id/board_serial",
    "mac": "sys/class/net/eth0/address",
}


class Host:
    """`calendar_us` is where its clock begins. Its usherd leaves out rule `without_rule` of
    requirements, if any."""

    def __init__(self, name, directory, settings, without_rule=None):
        self.name = name
        self.root = directory / "root"
        self.state = directory / "state"
        directory.mkdir()
        self.daemon = Daemon(settings, movable=True, directory=directory, host_root=self.root)
        self.daemon.without_rule = without_rule
        self.office = None  # The operators' connection that looks for the scenario.
        self._node = None
        for identifier in IDENTIFIERS:
            self.identify(identifier, name)

    def identify(self, identifier, seed):
        """Gives the host another identifier, made of `seed`; usherd sees it at its next start."""
        digest = hashlib.sha256(f"{identifier} {seed}".encode()).hexdigest()
        value = {"machine_id": digest[:32],
                 "product_uuid": f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-"
                                 f"{digest[20:32]}",
                 "board_serial": digest[:16].upper(),
                 "mac": ":".join(["00", "1b"] + [digest[i:i + 2] for i in range(0, 8, 2)])}
        self._write(IDENTIFIERS[identifier], value[identifier])
        if identifier == "mac":
            self._write("sys/class/net/eth0/type", "1")
            self._write("sys/class/net/eth0/addr_assign_type", "0")

    def _write(self, file, line):
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(line + "\n")

    # The daemon.

    @property
    def is_running(self):
        return self.daemon.process is not None and self.daemon.process.poll() is None

    def start(self, now_us):
        """Starts usherd with a held clock that says `now_us`."""
        seconds, rest = divmod(now_us, 1_000_000)
        self.daemon.clock = ["hold", f"calendar {words.instant_text(seconds * 1_000_000)}"]
        if rest:
            self.daemon.clock.append(f"advance {rest // 1000}ms")
        self.daemon.start()
        self._node = None

    def close(self):
        """Ends everything of it, however it fares."""
        self._leave_office()
        self.daemon.close()

    def _leave_office(self):
        if self.office is not None:
            self.office.close()
            self.office = None

    def stop(self, *, kill=False):
        self._leave_office()
        if kill:
            self.daemon.kill()
        elif (code := self.daemon.stop()) != 0:
            raise Mismatch("usherd to end with 0", f"{code}:\n{self.daemon.log_text()}")

    def bury(self):
        """Returns when usherd, which dies by itself, is gone."""
        self._leave_office()
        try:
            self.daemon.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Mismatch("usherd to have died", "it lives") from None
        self.daemon.die = None

    def copy_to(self, other):
        shutil.copytree(self.state, other.state)

    def reload(self):
        """Lets usherd read its configuration again; returns when it has."""
        seen = len(self.daemon.log_text())
        self.daemon.reload()
        until(lambda: "configuration" in self.daemon.log_text()[seen:],
              "usherd says that it has read its configuration")

    # What it says.

    @property
    def node(self):
        if self._node is None:
            self._node = self.daemon.json("node")
        return self._node

    @property
    def server(self):
        return self.node["server"]

    def connect(self, certificate=None):
        """A connection over TLS that pins the CA of this host's usherd."""
        return wire.Connection.over_tls(self.server, wire.ca_of(self.server, self.state),
                                        certificate)

    def look(self):
        """Everything as of now, over the operators' socket."""
        return self._enter_office().look()

    def operate(self, **verb):
        """What a verb of operators is answered, over the same."""
        return self._enter_office().operate(**verb)

    def _enter_office(self):
        if self.office is None:
            self.office = wire.Connection.local(self.daemon.socket)
            self.office.hello()
        return self.office
