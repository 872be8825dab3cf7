"""Each verb with each role over the wire: let through exactly from the role on that it needs."""

import contextlib
import os
import stat
import unittest

from siege import Siege
from support import wire
from support.messages import operator, requirement, usher

NOBODY = 65534
ROLES = ("application", "viewer", "operator", "admin")

# The least role of each verb. A verb of the protocol that is missing here fails the test.
LEAST = {
    "checkout": "application", "renew": "application", "checkin": "application",
    "carry": "application", "register": "application", "checkin_many": "application",
    "lease_list": "application", "state_ask": "application",
    "leave": "application",
    "look": "viewer", "explain_refusals": "viewer", "node_show": "viewer",
    "revoke": "operator", "profile_add": "operator", "profile_rename": "operator",
    "profile_remove": "operator", "profile_default": "operator", "pool_users": "operator",
    "license_install": "admin", "license_remove": "admin", "import": "admin",
    "maintenance": "admin",
    "key_create": "admin", "certificate_create": "admin", "credential_revoke": "admin",
    "activation_request": "admin", "activation_cancel": "admin", "activation_load": "admin",
    "deactivate": "admin", "receipt_show": "admin", "showing_make": "admin",
    "issuer_answer_load": "admin",
    "move_begin": "admin", "move_read": "admin", "transfer_make": "admin", "depart": "admin",
    "departure_confirm": "admin", "arrival_begin": "admin", "follow": "admin", "arrive": "admin",
    "arrival_abandon": "admin",
    "pool_open": "operator", "pool_allocate": "operator", "pool_close": "operator",
    "party_add": "operator", "party_rebind": "operator", "party_source": "operator",
    "party_remove": "operator", "plan": "viewer",
    "product_add": "operator", "product_remove": "operator", "product_consolidate": "operator",
    "requirement_add": "operator", "requirement_remove": "operator",
    "requirement_confirm": "operator", "requirement_consolidate": "operator",
    "requirement_entitle": "operator", "requirement_change": "operator",
    "party_principal": "operator", "reconcile": "operator", "requirement_list": "viewer",
    "requirement_explain": "viewer", "compliance": "viewer",
    "principal_list": "viewer",
}


class RoleAndVerb(Siege):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {role: cls.key(f"key-of-{role}", role) for role in ROLES}
        cls.certificates = {}
        for role in ROLES:
            cls.daemon.must("certificate", "create", f"certificate-of-{role}", "--role", role,
                            "--directory", cls.directory)
            stem = cls.directory / f"certificate-of-{role}"
            cls.certificates[role] = (f"{stem}.pem", f"{stem}.key")

    def test_the_table_names_every_verb_of_the_protocol(self):
        asks = {field.name for field in usher.Request.DESCRIPTOR.oneofs_by_name["ask"].fields}
        verbs = asks - {"hello", "operate"}
        verbs |= {field.name for field in operator.Operate.DESCRIPTOR.oneofs_by_name["verb"].fields}
        self.assertEqual(verbs, set(LEAST))

    def ask_empty(self, connection, verb):
        """The verb with nothing in it, so that it changes nothing whoever asks it."""
        if verb in usher.Request.DESCRIPTOR.fields_by_name:
            message = usher.Request.DESCRIPTOR.fields_by_name[verb].message_type
            return connection.ask(**{verb: message._concrete_class()})
        message = operator.Operate.DESCRIPTOR.fields_by_name[verb].message_type
        return connection.operate(**{verb: message._concrete_class()})

    def assert_judged(self, role, verb, connection):
        answer = self.ask_empty(connection, verb)
        is_allowed = ROLES.index(role) >= ROLES.index(LEAST[verb])
        if is_allowed:
            self.assertNotEqual(answer.refused.code, "NOT_ALLOWED", f"{role} {verb}")
        else:
            self.assert_refused(answer, "NOT_ALLOWED")
            self.assertIn(LEAST[verb], answer.refused.text)

    def test_a_key_may_what_its_role_may(self):
        # CVE-2021-44152, CVE-2023-43183: anybody, or who may only read, changes passwords.
        for role in ROLES:
            for verb in LEAST:
                with self.subTest(role=role, verb=verb), self.connect(self.keys[role]) as client:
                    self.assertEqual(client.welcome.role, role)
                    self.assert_judged(role, verb, client)

    def test_a_certificate_may_what_its_role_may(self):
        # CVE-2021-44152, CVE-2023-43183: the same by each other way in.
        for role in ROLES:
            for verb in LEAST:
                with self.subTest(role=role, verb=verb):
                    with self.knock(certificate=self.certificates[role]) as client:
                        self.assertEqual(client.hello().welcome.role, role)
                        self.assert_judged(role, verb, client)

    def test_a_key_at_the_local_socket_may_what_its_role_may(self):
        """And no more, though it is root who brings it."""
        # CVE-2023-44031: who may only read saves files.
        for role in ROLES:
            for verb in LEAST:
                with self.subTest(role=role, verb=verb), \
                        wire.Connection.local(self.daemon.socket) as client:
                    client.hello(self.keys[role])
                    self.assertEqual(client.welcome.role, role)
                    self.assert_judged(role, verb, client)

    def test_what_is_refused_has_changed_nothing(self):
        with self.operator() as desk:
            before = desk.look()
        for verb in LEAST:
            if LEAST[verb] != "application":
                with self.connect(self.keys["application"]) as client:
                    self.assert_judged("application", verb, client)
        with self.operator() as desk:
            after = desk.look()
        for what in ("mode", "pools", "profiles", "leases", "licenses", "credentials", "parties"):
            self.assertEqual(getattr(before, what), getattr(after, what))

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_a_local_user_who_is_no_operator_is_an_application_and_no_more(self):
        """If he comes to the socket at all: its mode keeps him out."""
        self.assertEqual(stat.S_IMODE(self.daemon.socket.stat().st_mode), 0o660)
        with self.open_to_all():
            for verb in LEAST:
                with self.subTest(verb=verb), self.as_nobody() as client:
                    welcome = client.hello().welcome
                    self.assertEqual((welcome.identity, welcome.role),
                                     ("local:nobody", "application"))
                    self.assert_judged("application", verb, client)

    @contextlib.contextmanager
    def open_to_all(self):
        """A mistake of the host's, so that what the daemon itself sees is tried."""
        os.chmod(self.daemon.directory, 0o711)
        os.chmod(self.daemon.socket, 0o666)
        try:
            yield
        finally:
            os.chmod(self.daemon.socket, 0o660)
            os.chmod(self.daemon.directory, 0o700)

    def as_nobody(self):
        groups = os.getgroups()
        os.setgroups([])
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
        try:
            return wire.Connection.local(self.daemon.socket)
        finally:
            os.seteuid(0)
            os.setegid(0)
            os.setgroups(groups)

    def test_who_brings_nothing_is_an_application_and_no_more(self):
        for verb in LEAST:
            with self.subTest(verb=verb), self.connect() as client:
                self.assertEqual(client.welcome.identity, "anonymous")
                self.assert_judged("application", verb, client)

    def test_root_at_the_local_socket_is_an_administrator(self):
        for verb in LEAST:
            # Maintenance without a word means off, which is refused by its own code.
            with self.subTest(verb=verb), self.operator() as client:
                self.assertEqual(client.welcome.role, "admin")
                self.assert_judged("admin", verb, client)


if __name__ == "__main__":
    unittest.main()
