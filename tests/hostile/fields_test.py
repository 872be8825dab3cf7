"""Messages whose fields hold what no name, count or id is.

Each is refused by its own code, and shown nowhere raw.
"""

import struct
import unittest

from siege import SEATS, Siege
from support import wire
from support.messages import operator, usher

NAME_BYTES_MAX = 256
LEASES_MAX = 4096
USERS_MAX = 10_000

UNFIT_NAMES = {
    "empty": "",
    "too long": "n" * (NAME_BYTES_MAX + 1),
    "a new line": "daisy\nusher: error: forged",
    "a carriage return": "daisy\rdonald",
    "a tab": "daisy\tdonald",
    "an escape": "\x1b[2J\x1b[31mdaisy",
    "a bell": "daisy\x07",
    "a zero byte": "daisy\x00donald",
    "delete": "daisy\x7f",
    "a C1 control": "daisy\u009b31m",
    "HTML": "<script>alert(1)</script>",
    "right to left": "daisy\u202eexe.txt",
    "an isolate": "daisy\u2066donald",
    "a line separator": "daisy\u2028donald",
    "a byte order mark": "\ufeffdaisy",
    "an Arabic mark": "daisy\u061c",
    "an unseen character": "dai\u200bsy",
    "a joiner of nothing": "dai\u200dsy",
    "a space before": " daisy",
    "a space behind": "daisy ",
}
INVALID_UTF8 = {
    "a lone continuation": b"daisy\x80",
    "a cut off sequence": b"daisy\xe2\x82",
    "an overlong slash": b"\xc0\xaf",
    "a surrogate": b"\xed\xa0\x80",
    "beyond Unicode": b"\xf5\x80\x80\x80",
    "latin 1": b"M\xfcller",
}
FIT_NAMES = ("Müller", "山田", "O'Brien, Pat", "a b", "דייזי", "نمی\u200cدانم", "👩\u200d💻",
             "x" * NAME_BYTES_MAX, "é" * (NAME_BYTES_MAX // 2))


def with_raw_user(user):
    """A checkout whose user is these bytes, which Python's protobuf would not write."""
    message = wire.checkout("Client", user="").SerializeToString()
    return message + b"\x22" + varint(len(user)) + user


def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 0x7F | 0x80, value >> 7])


class Names(Siege):
    def assert_checkout_refused(self, client, code, **fields):
        answer = client.ask(checkout=wire.checkout("Client", **fields))
        self.assert_refused(answer, code)
        self.assert_harmless(answer.refused)

    def assert_harmless(self, refused):
        """What is said about a name cannot move a terminal or become part of a page."""
        for text in (refused.text, refused.subject, *refused.cures):
            self.assertFalse(set(text) & set("<>\x1b\n\r\x00\x07\u202e\u2066\u2028"), text)
            self.assertLess(len(text), 1024)

    def test_a_user_or_device_with_an_unfit_name_is_refused(self):
        # CVE-2021-45422, CVE-2022-28363, CVE-2022-28364, CVE-2022-30519, CVE-2025-25939: markup
        # in a count, a user, a file or a key.
        with self.connect() as client:
            for what, name in UNFIT_NAMES.items():
                for field in ("user", "device"):
                    with self.subTest(what, field=field):
                        self.assert_checkout_refused(client, "BAD_NAME", **{field: name})

    def test_a_profile_with_an_unfit_name_is_refused(self):
        with self.connect() as client:
            for what, name in UNFIT_NAMES.items():
                if name:
                    with self.subTest(what):
                        answer = client.ask(checkout=wire.checkout(name))
                        self.assert_refused(answer, "BAD_NAME")
                        self.assert_harmless(answer.refused)

    def test_a_name_that_is_not_utf_8_is_refused_or_ends_the_connection(self):
        for what, name in INVALID_UTF8.items():
            with self.subTest(what), self.connect() as client:
                request = b"\x08\x05\x1a"
                body = with_raw_user(name)
                client.send_bytes(wire.frame(request + varint(len(body)) + body))
                try:
                    answer = client.answer_to(5)
                except wire.HungUp:
                    continue
                if answer.HasField("refused"):
                    self.assert_refused(answer, "BAD_NAME")
                else:
                    self.assertEqual(answer.ending.reason, "protocol_error")
        # A library that complains on its own would write as many lines as the peer likes.
        self.assertNotIn("libprotobuf", self.daemon.log_text())

    def test_honest_names_of_all_languages_are_fine(self):
        with self.connect() as client:
            for name in FIT_NAMES:
                with self.subTest(name=name):
                    lease = wire.checkout("Client", user=name, device=name)
                    self.assertTrue(client.ask(checkout=lease).HasField("granted"))
                    client.ask(checkin=usher.Checkin(lease=lease.lease))

    def test_a_name_of_ten_megabytes_is_not_even_read(self):
        body = wire.checkout("Client", user="u" * (10 << 20)).SerializeToString()
        with self.connect() as hostile:
            hostile.send_bytes(struct.pack(">I", len(body)))
            self.assert_hung_up(hostile)

    def test_a_name_of_nearly_a_frame_is_refused_and_not_repeated(self):
        with self.connect() as client:
            self.assert_checkout_refused(client, "BAD_NAME", user="u" * ((1 << 20) - 200))

    def test_operators_cannot_name_anything_so_either(self):
        verbs = {
            "profile_add": lambda name: operator.ProfileAdd(name=name, pools=["1.0.0.1"]),
            "profile_rename": lambda name: operator.ProfileRename(**{"from": "Client"}, to=name),
            "key_create": lambda name: operator.KeyCreate(name=name),
            "pool_users": lambda name: operator.PoolUsers(pool="1.0.0.1", users=[name]),
            "license_install": lambda name: operator.LicenseInstall(document="x", profile=name),
        }
        with self.operator() as desk:
            for verb, message in verbs.items():
                for what, name in UNFIT_NAMES.items():
                    if verb == "license_install" and not name:
                        continue  # It may be left out there.
                    with self.subTest(verb, what=what):
                        answer = desk.operate(**{verb: message(name)})
                        self.assert_refused(answer, "BAD_NAME")
                        self.assert_harmless(answer.refused)

    def test_a_reason_is_a_remark_on_one_line(self):
        with self.operator() as desk:
            for reason in ("a\nb", "\x1b[31m", "r" * 1025):
                answer = desk.operate(revoke=operator.Revoke(lease="0" * 16, reason=reason))
                self.assert_refused(answer, "BAD_REQUEST")


class Counts(Siege):
    def test_zero_and_huge_counts_are_refused(self):
        with self.connect() as client:
            for units in (0, 1_000_000_001, 2**63 - 1, 2**63, 2**64 - 1):
                with self.subTest(units=units):
                    answer = client.ask(checkout=wire.checkout("Client", units=units))
                    self.assert_refused(answer, "BAD_QUANTITY")

    def test_the_largest_count_is_a_count(self):
        with self.connect() as client:
            answer = client.ask(checkout=wire.checkout("Client", units=1_000_000_000))
            self.assert_refused(answer, "NO_FREE_SEAT")
            self.assertEqual(answer.refused.want, 1_000_000_000)
            self.assertEqual(answer.refused.stock, SEATS)

    def test_a_wait_longer_than_a_day_is_refused(self):
        with self.connect() as client:
            for wait_ms in (24 * 3_600_000 + 1, 2**32 - 1):
                answer = client.ask(checkout=wire.checkout("Client", wait_ms=wait_ms))
                self.assert_refused(answer, "BAD_REQUEST")

    def test_a_lease_id_is_sixteen_bytes(self):
        with self.connect() as client:
            for lease in (b"", b"x", bytes(15), bytes(17), bytes(1 << 16)):
                with self.subTest(bytes=len(lease)):
                    for answer in (client.ask(checkout=wire.checkout("Client", lease=lease)),
                                   client.ask(checkin=usher.Checkin(lease=lease)),
                                   client.ask(renew=usher.Renew(leases=[lease]))):
                        self.assert_refused(answer, "BAD_REQUEST")

    def test_a_renewal_names_at_most_so_many_leases(self):
        with self.connect() as client:
            ids = [index.to_bytes(16, "big") for index in range(LEASES_MAX + 1)]
            answer = client.ask(renew=usher.Renew(leases=ids[:LEASES_MAX]))
            self.assertEqual(len(answer.renewed.leases), LEASES_MAX)
            self.assert_refused(client.ask(renew=usher.Renew(leases=ids)), "BAD_REQUEST")

    def test_a_capacity_is_a_count(self):
        with self.operator() as desk:
            for capacity in (0, -1, -2**63, 2**63 - 1):
                with self.subTest(capacity=capacity):
                    answer = desk.operate(profile_add=operator.ProfileAdd(
                        name="Worker", pools=["1.0.0.1"], capacity=capacity))
                    self.assertIn(answer.refused.code, ("BAD_QUANTITY", "CAPACITY_EXCEEDED"))

    def test_lists_have_an_end(self):
        with self.operator() as desk:
            users = [f"u{index}" for index in range(USERS_MAX + 1)]
            answer = desk.operate(pool_users=operator.PoolUsers(pool="1.0.0.1", users=users))
            self.assert_refused(answer, "BAD_REQUEST")
            long = [f"{index:0256}" for index in range(2200)]
            answer = desk.operate(pool_users=operator.PoolUsers(pool="1.0.0.1", users=long))
            self.assert_refused(answer, "BAD_REQUEST")
            pools = [f"p{index}" for index in range(65)]
            answer = desk.operate(profile_add=operator.ProfileAdd(name="Wide", pools=pools))
            self.assert_refused(answer, "BAD_REQUEST")
            answer = desk.operate(profile_add=operator.ProfileAdd(name="None"))
            self.assert_refused(answer, "BAD_REQUEST")

    def test_everybody_and_some_is_a_contradiction(self):
        with self.operator() as desk:
            answer = desk.operate(pool_users=operator.PoolUsers(
                pool="1.0.0.1", everybody=True, users=["daisy"]))
            self.assert_refused(answer, "BAD_REQUEST")

    def test_a_certificate_request_that_is_none_is_refused(self):
        with self.operator() as desk:
            for request in (b"", b"\x30\x82", bytes(1 << 15)):
                answer = desk.operate(certificate_create=operator.CertificateCreate(
                    name="c", request_der=request))
                self.assert_refused(answer, "BAD_REQUEST")

    def test_a_role_is_one_of_four(self):
        with self.operator() as desk:
            answer = desk.operate(key_create=operator.KeyCreate(name="k", role="emperor"))
            self.assert_refused(answer, "BAD_REQUEST")


if __name__ == "__main__":
    unittest.main()
