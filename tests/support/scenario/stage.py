"""What a scenario is played on: hosts, applications, vendors, and the one clock of all."""

import shutil
import tempfile
from pathlib import Path

from support.scenario import words
from support.scenario.answer import Mismatch
from support.scenario.application import Application
from support.scenario.host import Host
from support.scenario.issuer import Issuer
from support.scenario.vendor import Vendors

HOUR_MS = 3_600_000
FIRST_HOST = "server"


class Stage:
    """Everything is made when it is first needed, and `close` ends and removes all of it."""

    def __init__(self, without_rule=None):
        self.without_rule = without_rule  # Of requirements: no usherd of it keeps that one.
        self.directory = Path(tempfile.mkdtemp(prefix="usher-"))
        self.desk_directory = self.directory / "desk"  # Where commands are typed.
        self.desk_directory.mkdir()
        self.hosts = {}
        self.current = None
        self.vendors = Vendors(self.directory / "vendors")
        self.licenses = {}  # By number; see vendor.py.
        self.codes = {}  # Activation codes, likewise.
        self._issuer = None
        self.applications = {}
        self.keys = {}
        self.certificates = {}
        self.jobs = {}
        self.kept = {}  # Of what commands printed.
        self.marks = {}
        self.now_ms = 0
        self.calendar_us = words.start_us()

    def close(self):
        for job in self.jobs.values():
            job.end()
        for application in self.applications.values():
            application.drop()
        for host in self.hosts.values():
            host.close()
        if self._issuer is not None:
            self._issuer.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    # Hosts.

    def add_host(self, name, settings=None, *, start=True):
        if name in self.hosts:
            raise Mismatch(f"no host {name} yet", "there is one")
        trusted = {"vendor_keys": [self.vendors.trusted().key]}
        host = Host(name, self.directory / name, {**trusted, **(settings or {})},
                    self.without_rule)
        self.hosts[name] = host
        if start:
            host.start(self.calendar_us)
        if self.current is None:
            self.current = host
        return host

    def host(self, name=""):
        """The named host, or the one that the scenario is at."""
        if name:
            if name not in self.hosts:
                raise Mismatch(f"a host {name}", f"there are {', '.join(self.hosts) or 'none'}")
            return self.hosts[name]
        if self.current is None:
            self.add_host(FIRST_HOST)
        return self.current

    def host_at(self, uri):
        """The one that applications find at `usher://…`."""
        for host in self.running():
            if host.server == uri:
                return host
        raise Mismatch("a host at the address that the server names", uri)

    def running(self):
        return [host for host in self.hosts.values() if host.is_running]

    def stop(self, host, *, kill=False):
        host.stop(kill=kill)
        for application in self.of(host):
            application.listen()

    def start(self, host):
        """Starts it; the applications that miss it come back at once."""
        host.start(self.calendar_us)
        for application in self.of(host):
            if application.connection is None and not application.is_away:
                if application.renews and not application.hangs and application.current():
                    application.come_back()
            application.listen()

    # The issuer.

    def issuer(self):
        """The trusted vendor's."""
        if self._issuer is None:
            self._issuer = Issuer(self.vendors.trusted(), self.directory / "issuer")
        return self._issuer

    def number_of(self, license):
        """A license goes by its number and by its product's name."""
        for number, known in self.licenses.items():
            if license in (number, known.product):
                return number
        raise Mismatch(f"a license {license}", f"there are {', '.join(self.licenses) or 'none'}")

    def code(self, license):
        """The newest activation code of a license."""
        number = self.number_of(license)
        if number not in self.codes:
            raise Mismatch(f"a code for {license}", "there is none")
        return self.codes[number]

    # Applications.

    def application(self, name, *, new=False):
        if name not in self.applications:
            if not new:
                raise Mismatch(f"an application {name}", "there is none of that name yet")
            self.applications[name] = Application(name, self)
        return self.applications[name]

    def of(self, host):
        return [application for application in self.applications.values()
                if application.host is host]

    def listen(self):
        for application in self.applications.values():
            application.listen()

    # The clock.

    def move_to(self, target_ms):
        """Lets time go by, stopping wherever something is due."""
        if target_ms < self.now_ms:
            raise Mismatch(f"a moment after {words.duration_text(self.now_ms)}",
                           words.duration_text(target_ms))
        self.listen()
        begun = self.now_ms
        while self.now_ms < target_ms:
            far = target_ms - self.now_ms > HOUR_MS and self.now_ms - begun >= HOUR_MS
            if far and any(app.is_renewing for app in self.applications.values()):
                # Hundreds of thousands of renewals tell nothing: the rest passes on the calendar.
                self.set_calendar(self.calendar_us + (target_ms - self.now_ms) * 1000)
                self.now_ms = target_ms
                return
            self._step(min([target_ms, *self._due_moments()]))

    def _step(self, moment_ms):
        step = moment_ms - self.now_ms
        self.now_ms = moment_ms
        self.calendar_us += step * 1000
        if self._issuer is not None:
            self._issuer.move_to(self.calendar_us)  # First: who is due then finds it in time.
        for host in self.running():
            host.daemon.advance(f"{step}ms")
        for application in self.applications.values():
            application.pass_time()
        self.listen()

    def _due_moments(self):
        """Those ahead at which a daemon or an application does something by itself."""
        for host in self.running():
            picture = host.look()
            for instant in due_instants(picture):
                ahead = -(-(instant - self.calendar_us) // 1000)
                if ahead > 0:
                    yield self.now_ms + ahead
        for application in self.applications.values():
            if application.is_renewing:
                yield max(application.next_renewal_ms, self.now_ms + 1)

    def set_calendar(self, instant_us):
        """What people call the time; no lease ends by it."""
        self.calendar_us = instant_us // 1_000_000 * 1_000_000
        if self._issuer is not None:
            self._issuer.move_to(self.calendar_us)
        for host in self.running():
            host.daemon.calendar(words.instant_text(self.calendar_us))
        self.listen()

    # Names.

    def same(self, said, meant):
        """Whether two names mean one pool: it goes by its number, and by its product's name."""
        if said == meant:
            return True
        license = self.licenses.get(meant)
        return license is not None and said == license.product


def due_instants(picture):
    for lease in picture.leases:
        if lease.HasField("deadline_us"):
            yield lease.deadline_us
    for waiter in picture.queue:
        yield waiter.until_us
    for license in picture.licenses:
        if license.HasField("from_us"):
            yield license.from_us
        if license.HasField("to_us"):
            yield license.to_us
        if license.HasField("due_us"):
            yield license.due_us
