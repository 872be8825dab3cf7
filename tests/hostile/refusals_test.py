"""Every code of a refusal, provoked over the wire; one that nothing provokes fails the test."""

import json
import os
import re
import signal
import unittest

from pool_refusals import PoolRefusals
from requirement_refusals import RequirementRefusals
from support import wire
from support.daemon import SOURCE, Daemon
from support.ferry import Ferry
from support.messages import operator, usher
from support.scenario import words
from support.scenario.host import Host
from support.scenario.vendor import License, altered
from support.tpm import Tpm

LEASES_MAX = 4096  # Of one connection.

# Codes that take an issuer, hosts and files: each is answered in the scenario that stands here.
IN_SCENARIOS = {
    "ACTIVATION_PENDING": "A-Q14-pending",
    "ACTIVATION_LAPSED": "A-S20",
    "BAD_ACTIVATION_CODE": "A-S8",
    "ALREADY_ACTIVE": "A-S7",
    "TRANSFER_LIMIT": "A-S11",
    "NODELOCK_KIND_LOCKED": "A-R16-kinds",
    "NODELOCK_KIND_NOT_ALLOWED": "A-R16-kinds",
    "DOCUMENT_EXPIRED": "A-Q4-clocks",
    "DOCUMENT_USED": "A-R24-files",
}


def codes():
    """All codes as the ledger's table has them."""
    text = (SOURCE / "daemon" / "ledger" / "wordings.hpp").read_text()
    return set(re.findall(r'\{Code::\w+,\s*"([A-Z_]+)"', text))


class EveryCode(PoolRefusals, RequirementRefusals):
    """A test `test_CODE` a code."""

    numbers = iter(range(1, 1000))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.install(License("1.0.0.9", "Named", 2, "user"), "Named")

    # What the tests do.

    def checkout(self, profile="Client", **fields):
        return self.client.ask(checkout=wire.checkout(profile, **fields))

    def new_license(self, **fields):
        license = License(f"5.0.0.{next(self.numbers)}", "Probe", 1, "lease")
        for name, value in fields.items():
            setattr(license, name, value)
        return license

    def installed(self, **fields):
        """The profile of a new license."""
        license = self.new_license(**fields)
        self.install(license, license.number)
        return license.number

    def maintenance(self, on=True):
        self.desk.operate(maintenance=operator.Maintenance(on=on))
        if on:
            self.addCleanup(lambda: self.desk.operate(
                maintenance=operator.Maintenance(on=False)))

    # The claim.

    def test_each_code_is_provoked(self):
        provoked = {name.removeprefix("test_") for name in dir(self)
                    if re.fullmatch(r"test_[A-Z_]+", name)}
        self.assertGreater(len(codes()), 20)
        self.assertEqual(provoked | set(IN_SCENARIOS), codes())
        self.assertEqual(len(provoked) + len(IN_SCENARIOS), len(codes()))

    def test_each_code_of_a_scenario_is_answered_there(self):
        for code, scenario in IN_SCENARIOS.items():
            text = (SOURCE / "tests" / "scenarios" / "aimms" / f"{scenario}.txt").read_text()
            self.assertRegex(text, rf"-> refused {code}\b")

    # One each.

    def test_BAD_REQUEST(self):
        self.assert_refused(self.checkout(lease=b"short"), "BAD_REQUEST")

    def test_BAD_NAME(self):
        self.assert_refused(self.checkout(user="two\nlines"), "BAD_NAME")

    def test_BAD_QUANTITY(self):
        self.assert_refused(self.checkout(units=0), "BAD_QUANTITY")

    def test_NOT_ALLOWED(self):
        self.assert_refused(self.client.operate(look=operator.Look()), "NOT_ALLOWED")

    def test_UNKNOWN_CREDENTIAL(self):
        with self.knock() as stranger:
            self.assert_refused(stranger.hello("usher-key-of-nobody"), "UNKNOWN_CREDENTIAL")
        answer = self.desk.operate(credential_revoke=operator.CredentialRevoke(name="nobody"))
        self.assert_refused(answer, "UNKNOWN_CREDENTIAL")

    def test_IN_MAINTENANCE(self):
        self.maintenance()
        self.assert_refused(self.checkout(), "IN_MAINTENANCE")
        self.maintenance(on=False)

    def test_NOT_IN_MAINTENANCE(self):
        answer = self.desk.operate(profile_remove=operator.ProfileRemove(name="Client"))
        self.assert_refused(answer, "NOT_IN_MAINTENANCE")

    def test_STATE_IN_DOUBT(self):
        """Its TPM is gone, and with it the counter that a receipt must raise."""
        with Tpm() as tpm, Daemon({"node.tpm": tpm.way}) as daemon:
            tpm.stop()
            daemon.restart()
            with wire.Connection.local(daemon.socket) as desk:
                desk.hello()
                answer = desk.operate(receipt_show=operator.ReceiptShow(license="1.0.0.1"))
                self.assert_refused(answer, "STATE_IN_DOUBT")

    def test_SERVER_ENDING(self):
        """More is asked than it can answer before it hears that it shall stop."""
        with Daemon({"limits.in_flight_max": 1}) as daemon:
            ca_file = wire.ca_of(daemon.server, daemon.directory / "state")
            with wire.Connection.over_tls(daemon.server, ca_file) as client:
                client.hello()
                client.send_bytes(b"".join(
                    wire.frame(usher.Request(id=number, checkout=wire.checkout("Any")))
                    for number in range(10, 5000)))
                client.receive()
                daemon.process.send_signal(signal.SIGTERM)
                self.assertTrue(client.is_closed())
                *answers, ending = client.notices
            self.assertEqual(daemon.stop(), 0)
        late = [answer for answer in answers if answer.refused.code != "UNKNOWN_PROFILE"]
        self.assertTrue(late)
        for answer in late:
            self.assert_refused(answer, "SERVER_ENDING")
        self.assertEqual(ending.ending.reason, "stopping")

    def test_UNKNOWN_PROFILE(self):
        self.assert_refused(self.checkout("Nope"), "UNKNOWN_PROFILE")

    def test_UNKNOWN_POOL(self):
        answer = self.desk.operate(profile_add=operator.ProfileAdd(name="P", pools=["9.9.9.9"]))
        self.assert_refused(answer, "UNKNOWN_POOL")

    def test_UNKNOWN_LICENSE(self):
        answer = self.desk.operate(license_remove=operator.LicenseRemove(license="9.9.9.9"))
        self.assert_refused(answer, "UNKNOWN_LICENSE")

    def test_UNKNOWN_LEASE(self):
        answer = self.client.ask(checkin=usher.Checkin(lease=os.urandom(16)))
        self.assert_refused(answer, "UNKNOWN_LEASE")

    def test_LEASE_ID_REUSED(self):
        lease = wire.checkout("Client", user="one")
        self.client.ask(checkout=lease)
        self.assert_refused(self.checkout(lease=lease.lease, user="two"), "LEASE_ID_REUSED")
        self.client.ask(checkin=usher.Checkin(lease=lease.lease))

    def test_NAME_TAKEN(self):
        answer = self.desk.operate(profile_add=operator.ProfileAdd(name="Client",
                                                                   pools=["1.0.0.1"]))
        self.assert_refused(answer, "NAME_TAKEN")

    def test_LIST_FULL(self):
        self.maintenance()
        answer = self.desk.operate(pool_users=operator.PoolUsers(pool="1.0.0.9",
                                                                 users=["a", "b", "c"]))
        self.maintenance(on=False)
        self.assert_refused(answer, "LIST_FULL")
        self.assertEqual((answer.refused.stock, answer.refused.want), (2, 3))

    def test_NOT_REGISTERED_USER(self):
        self.maintenance()
        self.desk.operate(pool_users=operator.PoolUsers(pool="1.0.0.9", users=["daisy"]))
        self.maintenance(on=False)
        self.assert_refused(self.checkout("Named", user="mickey"), "NOT_REGISTERED_USER")

    def host(self):
        """Another host, whose clock can be moved."""
        host = Host("other", self.directory / f"host-{next(self.numbers)}",
                    {"vendor_keys": [self.vendors.trusted().key]})
        self.addCleanup(host.daemon.close)
        host.start(words.start_us())
        return host

    def ferry(self, node_of_license=None, at_target=False):
        """Between two other hosts, the first of which has a license; and a client of each."""
        hosts = self.host(), self.host()
        license = self.new_license()
        signed = self.signed(license, node_of_license and hosts[0].node["node"])
        for owner in hosts if at_target else hosts[:1]:
            owner.daemon.must("license", "install", "-", "--profile", "Moving", input=signed)
        offices = [wire.Connection.local(host.daemon.socket) for host in hosts]
        clients = [host.connect() for host in hosts]
        for connection in offices + clients:
            self.addCleanup(connection.close)
            self.assertTrue(connection.hello().HasField("welcome"))
        return Ferry(*offices), *clients

    def test_SERVER_DEPARTED(self):
        ferry, left, joined = self.ferry()
        lease = wire.checkout("Moving")
        self.assertTrue(left.ask(checkout=lease).HasField("granted"))
        self.assertTrue(ferry.whole().operated.HasField("handed"))
        answer = left.ask(renew=usher.Renew(leases=[lease.lease]))
        self.assert_refused(answer, "SERVER_DEPARTED")
        redirects = [notice.redirected.document for notice in left.notices
                     if notice.HasField("redirected")]
        self.assertEqual(redirects, [answer.refused.redirect])
        state, = joined.ask(renew=usher.Renew(leases=[lease.lease])).renewed.leases
        self.assertEqual(state.state, usher.LeaseState.HELD)
        self.assertTrue(ferry.confirm().operated.HasField("done"))
        self.assert_refused(left.ask(checkout=wire.checkout("Moving")), "SERVER_DEPARTED")

    def test_SERVER_ARRIVING(self):
        ferry, _, joined = self.ferry()
        ferry.begin()
        ferry.follow()
        self.assert_refused(joined.ask(checkout=wire.checkout("Moving")), "SERVER_ARRIVING")

    def test_NOT_MOVABLE(self):
        ferry, _, _ = self.ferry(node_of_license=True)
        self.assert_refused(ferry.begin(), "NOT_MOVABLE")
        empty = Ferry(ferry.target, ferry.source)
        self.assert_refused(empty.begin(), "NOT_MOVABLE")

    def test_TARGET_NOT_EMPTY(self):
        ferry, _, _ = self.ferry(at_target=True)
        self.assert_refused(ferry.begin(), "TARGET_NOT_EMPTY")

    def test_NODELOCK_MISMATCH(self):
        license = self.new_license()
        self.install(license, license.number, self.host().node["node"])
        self.assert_refused(self.checkout(license.number), "NODELOCK_MISMATCH")

    def test_EXPIRED(self):
        self.assert_refused(self.checkout(self.installed(until_us=1_000_000)), "EXPIRED")

    def test_NOT_YET_VALID(self):
        profile = self.installed(from_us=4_000_000_000_000_000)
        self.assert_refused(self.checkout(profile), "NOT_YET_VALID")

    def test_NOT_ACTIVE_HERE(self):
        profile = self.installed(requires="Foundation")
        answer = self.checkout(profile)
        self.assert_refused(answer, "NOT_ACTIVE_HERE")
        self.assertEqual(answer.refused.subject, "Foundation")

    def test_POOL_LOCKED(self):
        host = self.host()
        license = self.new_license(until_us=words.start_us() + 60_000_000)
        host.daemon.must("license", "install", "-", "--profile", "Short",
                         input=self.signed(license))
        with host.connect() as client:
            client.hello()
            lease = wire.checkout("Short")
            self.assertTrue(client.ask(checkout=lease).HasField("granted"))
            host.daemon.calendar("2030-01-16T00:00:00Z")
            state, = client.ask(renew=usher.Renew(leases=[lease.lease])).renewed.leases
        self.assertEqual(state.state, usher.LeaseState.LOCKED)
        self.assert_refused(state, "POOL_LOCKED")
        self.assertEqual(state.refused.short, 1)

    def test_NO_FREE_SEAT(self):
        profile = self.installed()
        self.assertTrue(self.checkout(profile).HasField("granted"))
        answer = self.checkout(profile)
        self.assert_refused(answer, "NO_FREE_SEAT")
        self.assertEqual((answer.refused.held, answer.refused.stock), (1, 1))
        self.assertEqual([holder.user for holder in answer.refused.holders], ["user"])

    def test_CAPACITY_EXCEEDED(self):
        answer = self.desk.operate(profile_add=operator.ProfileAdd(
            name="Worker", pools=["1.0.0.1"], capacity=11))
        self.assert_refused(answer, "CAPACITY_EXCEEDED")

    def test_LIMIT_REACHED(self):
        profile = self.installed(quantity=None)
        asked = [self.client.send(checkout=wire.checkout(profile)) for _ in range(LEASES_MAX)]
        for request in asked:
            self.assertTrue(self.client.answer_to(request).HasField("granted"))
        self.assert_refused(self.checkout(profile), "LIMIT_REACHED")

    def test_LEASES_OUTSTANDING(self):
        profile = self.installed()
        self.assertTrue(self.checkout(profile).HasField("granted"))
        self.maintenance()
        answer = self.desk.operate(license_remove=operator.LicenseRemove(license=profile))
        self.maintenance(on=False)
        self.assert_refused(answer, "LEASES_OUTSTANDING")
        self.assertEqual(answer.refused.held, 1)

    def test_LICENSE_INVALID(self):
        document = altered(self.signed(self.new_license()))
        answer = self.desk.operate(license_install=operator.LicenseInstall(document=document))
        self.assert_refused(answer, "LICENSE_INVALID")

    def test_UNKNOWN_VENDOR(self):
        document = self.signed(self.new_license(vendor="other"))
        answer = self.desk.operate(license_install=operator.LicenseInstall(document=document))
        self.assert_refused(answer, "UNKNOWN_VENDOR")

    def test_ALREADY_INSTALLED(self):
        document = self.signed(License("1.0.0.1", "Client", 10, "lease"))
        answer = self.desk.operate(license_install=operator.LicenseInstall(document=document))
        self.assert_refused(answer, "ALREADY_INSTALLED")

    def imported(self, change):
        """The answer to what this daemon says of itself, with `change` made to it."""
        described = self.daemon.json("export")
        change(described)
        self.maintenance()
        answer = self.desk.operate(**{"import": operator.Import(description=json.dumps(described))})
        self.maintenance(on=False)
        return answer

    def test_DOCUMENT_INVALID(self):
        answer = self.imported(lambda described: described["written"].pop("host"))
        self.assert_refused(answer, "DOCUMENT_INVALID")
        self.assertIn("written.host: is missing", answer.refused.text)

    def test_PRODUCT_MISMATCH(self):
        answer = self.imported(lambda described: described["licenses"][0].update(product="Other"))
        self.assert_refused(answer, "PRODUCT_MISMATCH")
        self.assertIn("Client", answer.refused.text)
        self.assertIn("Other", answer.refused.text)

    def test_UNSUPPORTED(self):
        self.assert_refused(self.desk.ask(operate=operator.Operate()), "UNSUPPORTED")


if __name__ == "__main__":
    unittest.main()
