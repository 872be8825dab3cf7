"""What comes after the handshake and is no message, or not one that this protocol has."""

import os
import random
import socket
import struct
import unittest

from siege import Siege, at_both_ports
from support import wire
from support.messages import operator, usher

FRAME_BYTES_MAX = 1 << 20
GREETING_BYTES_MAX = 16 << 10


def field(number, wire_type, body):
    """A protobuf field by hand, so that it may be one that no message has."""
    tag = varint(number << 3 | wire_type)
    return tag + (varint(len(body)) + body if wire_type == 2 else body)


def varint(value):
    text = b""
    while value > 0x7F:
        text += bytes([value & 0x7F | 0x80])
        value >>= 7
    return text + bytes([value])


@at_both_ports
class Frames(Siege):
    seats = None  # What happens to be a checkout takes a seat from nobody.

    def test_a_frame_that_is_longer_than_any_message_ends_the_connection(self):
        # CVE-2020-14509: the same of the frame: 2^31 − 1, 2^31, 2^32 − 1.
        for length in (FRAME_BYTES_MAX + 1, 0x7FFFFFFF, 0xFFFFFFFF):
            with self.subTest(length=length), self.connect() as hostile:
                hostile.send_bytes(struct.pack(">I", length))
                self.assert_hung_up(hostile)

    def test_the_longest_frame_is_read(self):
        with self.connect() as client:
            request = usher.Request(id=7, checkin=usher.Checkin(lease=bytes(FRAME_BYTES_MAX - 16)))
            padding = FRAME_BYTES_MAX - request.ByteSize()
            request.checkin.lease += bytes(padding)
            self.assertEqual(request.ByteSize(), FRAME_BYTES_MAX)
            client.send_bytes(wire.frame(request))
            self.assert_refused(client.answer_to(7), "BAD_REQUEST")

    def test_a_stranger_gets_less_room_than_who_was_let_in(self):
        with self.knock() as hostile:
            hostile.send_bytes(struct.pack(">I", GREETING_BYTES_MAX + 1))
            self.assert_hung_up(hostile)

    def test_an_empty_frame_ends_the_connection(self):
        with self.connect() as hostile:
            hostile.send_bytes(struct.pack(">I", 0))
            self.assert_hung_up(hostile)

    def test_a_frame_that_is_cut_off_is_a_lost_connection(self):
        whole = wire.frame(self.request(2))
        for length in range(1, len(whole), 1 + len(whole) // 100):
            hostile = self.connect()
            hostile.send_bytes(whole[:length])
            hostile.close()
        self.assert_no_trace()

    def test_a_message_in_single_bytes_is_the_same_message(self):
        with self.connect() as client:
            for byte in wire.frame(usher.Request(id=9, renew=usher.Renew())):
                client.send_bytes(bytes([byte]))
            self.assertTrue(client.answer_to(9).HasField("renewed"))

    def test_bytes_that_are_no_message_end_the_connection(self):
        garbage = {
            "a field without an end": b"\x0a\xff",
            "a number without an end": b"\xff" * 16,
            "the end of a group that never began": b"\x0c",
            "wire type 7": b"\x0f",
            "a length beyond the frame": b"\x12\x7f\x00",
            "field number zero": b"\x00\x00",
        }
        for what, text in garbage.items():
            with self.subTest(what), self.connect() as hostile:
                hostile.send_bytes(wire.frame(text))
                self.assert_hung_up(hostile)

    def test_garbage_inside_of_a_message_ends_the_connection(self):
        with self.connect() as hostile:
            hostile.send_bytes(wire.frame(field(1, 0, varint(3)) + field(3, 2, b"\x0a\xff\xff")))
            self.assert_hung_up(hostile)

    def test_a_message_nested_a_thousand_deep_ends_the_connection(self):
        for number in (3, 7, 200):
            nested = b""
            for _ in range(1000):
                nested = field(number, 2, nested)
            groups = varint(number << 3 | 3) * 1000 + varint(number << 3 | 4) * 1000
            with self.subTest(groups=number), self.connect() as hostile:
                hostile.send_bytes(wire.frame(field(1, 0, varint(3)) + groups))
                self.assert_hung_up(hostile)
            with self.connect() as hostile:
                hostile.send_bytes(wire.frame(field(1, 0, varint(3)) + nested))
                hostile.is_closed(0.2)  # A parser may skip what it does not know.

    def test_who_asks_and_reads_nothing_holds_up_nobody(self):
        with self.connect() as hostile:
            hostile.stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            many = wire.frame(usher.Request(id=7, carry=usher.Carry(document="x" * 100))) * 100
            hostile.stream.settimeout(1)
            with self.assertRaises(wire.HungUp):  # Nobody reads on, or even it was cut.
                for _ in range(10_000):
                    hostile.send_bytes(many)
            self.assert_serves()

    def test_random_messages_never_stop_the_daemon(self):
        seed = int(os.environ.get("USHER_SEED", "20300115"))
        random_bytes = random.Random(seed)
        honest = self.request(2).SerializeToString()
        for _ in range(150):
            text = bytearray(honest)
            for _ in range(random_bytes.randrange(1, 8)):
                text[random_bytes.randrange(len(text))] = random_bytes.randrange(256)
            with self.subTest(seed=seed, text=text.hex()):
                hostile = self.connect()
                hostile.send_bytes(wire.frame(bytes(text)))
                hostile.close()


@at_both_ports
class Messages(Siege):
    def test_a_request_without_an_id_ends_the_connection(self):
        with self.connect() as hostile:
            hostile.send_bytes(wire.frame(usher.Request(renew=usher.Renew())))
            self.assert_hung_up(hostile)

    def test_a_request_of_a_later_version_is_refused_politely(self):
        # CVE-2011-4134, CVE-2016-6273: an unknown type or sub-type overflows the heap.
        with self.connect() as client:
            client.send_bytes(wire.frame(field(1, 0, varint(5)) + field(99, 2, b"\x08\x01")))
            self.assert_refused(client.answer_to(5), "UNSUPPORTED")
            client.send_bytes(wire.frame(field(1, 0, varint(6)) + field(7, 2, field(99, 2, b""))))
            self.assert_refused(client.answer_to(6), "UNSUPPORTED")
            client.last_request = 6
            client.catch_up()  # And the connection lives.

    def test_a_field_of_a_later_version_is_ignored(self):
        with self.connect() as client:
            body = field(77, 2, b"later") + field(78, 0, b"\x01")
            client.send_bytes(wire.frame(field(1, 0, varint(5)) + field(4, 2, body)))
            self.assertTrue(client.answer_to(5).HasField("renewed"))

    def test_the_first_message_must_be_hello(self):
        with self.knock() as hostile:
            self.assert_refused(hostile.ask(checkout=wire.checkout("Client")), "BAD_REQUEST")
            self.assertTrue(hostile.is_closed())

    def test_hello_comes_once(self):
        with self.connect() as hostile:
            self.assert_refused(hostile.hello(), "BAD_REQUEST")
            self.assert_hung_up(hostile)

    def test_a_version_that_is_not_spoken_is_refused(self):
        for version, least in ((9, 9), (0, 0), (1, 2)):
            with self.subTest(version=version), self.knock() as hostile:
                answer = hostile.hello(version=version, version_min=least)
                self.assertIn(answer.refused.code, ("UNSUPPORTED", "BAD_REQUEST"))
                self.assertTrue(hostile.is_closed())
        with self.knock() as client:
            self.assertEqual(client.hello(version=7, version_min=1).welcome.version, 1)

    def test_a_hello_with_overlong_words_is_refused(self):
        for words in ({"client": "c" * 257}, {"key": "k" * 257}):
            with self.subTest(words), self.knock() as hostile:
                self.assert_refused(hostile.hello(**words), "BAD_REQUEST")
                self.assertTrue(hostile.is_closed())

    def test_what_a_server_says_is_nothing_that_a_client_may_say(self):
        said = usher.Response(id=3, granted=usher.Granted(lease=bytes(16), pool="1.0.0.1"))
        with self.connect() as hostile:
            hostile.send_bytes(wire.frame(said))
            # Field 4 is a renewal to the daemon; a grant's fields are none of it.
            hostile.is_closed(0.2)

    def test_requests_beyond_those_in_flight_are_answered_all_the_same(self):
        with self.connect() as client:
            ids = [client.send(renew=usher.Renew()) for _ in range(2000)]
            for request in ids:
                self.assertTrue(client.answer_to(request).HasField("renewed"))


class Operators(Siege):
    def test_a_verb_without_a_verb_is_refused_politely(self):
        with self.operator() as desk:
            self.assert_refused(desk.ask(operate=operator.Operate()), "UNSUPPORTED")


if __name__ == "__main__":
    unittest.main()
