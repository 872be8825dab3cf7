"""Three processes that a move goes between, each of which may be made to die around any of its
commits.

    with Company() as company:                  # issuer, and hosts `a` and `b`
        company.keep()                          # what is on all three disks now
        for death in deaths():
            company.restore(death)              # as it was kept, one of them bound to die
            ...                                 # what is tried; `company.revive()` where it failed
            death.has_come = company.has_died
"""

import dataclasses
import itertools
import shutil
import ssl
import tempfile
from pathlib import Path

from support import wire
from support.daemon import PATIENCE, Failed
from support.issuer import Issuer
from support.scenario.host import Host


@dataclasses.dataclass
class Death:
    """`who` dies just before or just after its `at`-th commit from its start on."""

    who: str
    when: str
    at: int
    has_come: bool = False

    def __str__(self):
        return f"{self.who} dies {self.when} its commit {self.at}"

    def of(self, who):
        return f"{self.when}:{self.at}" if who == self.who else None


def deaths(everybody=("issuer", "a", "b")):
    """Each of everybody, before and after every commit, until there are no more commits to die at:
    the caller says whether a death has come."""
    for who in everybody:
        for at in itertools.count(1):
            both = [Death(who, when, at) for when in ("before", "after")]
            yield from both
            if not any(death.has_come for death in both):
                break


def has_ended(process, port):
    """Who is not answered by the desk is dying, even where its port is open yet, and is waited
    for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols([wire.ALPN])
    try:
        with wire.Connection.over_tls(f"usher://localhost:{port}", None, context=context) as guest:
            guest.hello()
        return False
    except (OSError, wire.HungUp):
        process.wait(PATIENCE)
        return True


class Company:
    """`settings` are those of every host, as of `Daemon`."""

    def __init__(self, hosts=("a", "b"), settings=None):
        self.directory = Path(tempfile.mkdtemp(prefix="usher-"))
        self.issuer = Issuer()
        settings = {"vendor_keys": [self.issuer.key], **(settings or {})}
        self.hosts = {name: Host(name, self.directory / name, settings) for name in hosts}
        self.issuer.serve()
        self.port = self.issuer.port
        for host in self.hosts.values():
            host.daemon.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
        self.issuer.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __getitem__(self, name):
        return self.hosts[name].daemon

    # What is on the disks.

    def _disks(self):
        yield self.issuer.directory / "key", self.directory / "kept" / "issuer"
        for name, host in self.hosts.items():
            yield host.state, self.directory / "kept" / name

    def end(self):
        """Kills all of them."""
        if self.issuer.process is not None:
            self.issuer.kill()
        for host in self.hosts.values():
            host.close()

    def keep(self):
        self.end()
        for disk, kept in self._disks():
            shutil.copytree(disk, kept)

    def restore(self, death):
        """Begins again with what was kept, and with `death` to come."""
        self.end()
        self.has_died = False
        for disk, kept in self._disks():
            shutil.rmtree(disk)
            shutil.copytree(kept, disk)
        self._start_issuer(death.of("issuer"))
        for name in self.hosts:
            self._start_host(name, death.of(name))
        self.revive()

    # Who is dead.

    def revive(self):
        """Starts again who has died, this time to live."""
        if has_ended(self.issuer.process, self.port):
            self.issuer.kill()
            self._start_issuer(None)
            self.has_died = True
        for name in self.hosts:
            if has_ended(self[name].process, self[name].port):
                self._start_host(name, None)
                self.has_died = True

    def spare(self):
        """Kills all of them once more, and then nobody is bound to die."""
        self.end()
        self._start_issuer(None)
        for name in self.hosts:
            self._start_host(name, None)

    def _start_issuer(self, die):
        try:
            self.issuer.serve(port=self.port, die=die)
        except Failed:
            if die is None:
                raise
            self.has_died = True
            self.issuer.kill()
            self.issuer.serve(port=self.port)

    def _start_host(self, name, die):
        daemon = self[name]
        daemon.die = die
        try:
            daemon.start()
        except Failed:
            if die is None:
                raise
            self.has_died = True
            daemon.die = None
            daemon.start()

    # What they say.

    def license(self, name, number):
        """The license as a host shows it; none: nothing is known of it."""
        try:
            listed = self[name].json("license", "list")["licenses"]
        except Failed:  # It died of itself a moment ago.
            self.revive()
            listed = self[name].json("license", "list")["licenses"]
        return next((each for each in listed if each["id"] == number), None)

    def alive(self, number):
        """The hosts at which the license counts."""
        licenses = {name: self.license(name, number) for name in self.hosts}
        return [name for name, license in licenses.items() if license and license["counts"]]

    def recorded(self, number):
        """The host at which it is active for the issuer, and the number of that activation."""
        active = self.issuer.licenses()[number]["active"]
        return active and (active["host"], active["number"])
