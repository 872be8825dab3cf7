"""Every message of the protocol with lengths that lie, cut at any place, empty, and as large as may
be; and what comes back is only what was meant."""

import itertools
import os
import unittest

from frames_test import FRAME_BYTES_MAX, field, varint
from google.protobuf.descriptor import FieldDescriptor
from siege import Siege
from support import wire
from support.messages import operator, usher

# Lengths that no message has room for: at the edges of 31, 32, 63 and 64 bits.
LIES = (2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1)
TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
LARGEST = {FieldDescriptor.TYPE_INT64: 2**63 - 1, FieldDescriptor.TYPE_INT32: 2**31 - 1,
           FieldDescriptor.TYPE_UINT64: 2**64 - 1, FieldDescriptor.TYPE_UINT32: 2**32 - 1}
DEPTH = 4  # So deep messages stand in each other here.


def asks():
    """The fields of a request that ask something, and those of an operator's verb."""
    for each in usher.Request.DESCRIPTOR.oneofs_by_name["ask"].fields:
        if each.name not in ("operate", "hello"):
            yield each
    yield from operator.Operate.DESCRIPTOR.oneofs_by_name["verb"].fields


def request_of(ask, body, number=7):
    """A request by hand: `body` stands where the message of `ask` does."""
    text = field(ask.number, 2, body)
    if ask.containing_type is operator.Operate.DESCRIPTOR:
        operate = usher.Request.DESCRIPTOR.fields_by_name["operate"]
        text = field(operate.number, 2, text)
    return field(1, 0, varint(number)) + text


def filled(descriptor, text, number, depth=DEPTH):
    """A message with something in each of its fields: `text`, or the number as far as it goes."""
    message = descriptor._concrete_class()
    for each in descriptor.fields:
        if each.type == FieldDescriptor.TYPE_MESSAGE:
            if depth == 0:
                continue
            part = filled(each.message_type, text, number, depth - 1)
            if each.label == FieldDescriptor.LABEL_REPEATED:
                getattr(message, each.name).append(part)
            else:
                getattr(message, each.name).CopyFrom(part)
            continue
        if each.type in TEXTS:
            value = text if each.type == FieldDescriptor.TYPE_STRING else text.encode()
        elif each.type in LARGEST:
            value = number if abs(number) <= LARGEST[each.type] else LARGEST[each.type]
            value = max(value, 0) if each.type in (13, 4) else value
        elif each.type == FieldDescriptor.TYPE_BOOL:
            value = number != 0
        else:
            value = 0
        if each.label == FieldDescriptor.LABEL_REPEATED:
            getattr(message, each.name).append(value)
        else:
            setattr(message, each.name, value)
    return message


class EveryMessage(Siege):
    """Asked by root at the local socket, so that nothing is refused before it is looked at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What must not come back to anybody else: a key, and the id of a lease that is held.
        cls.secret_key = cls.key("canary").removeprefix("usher-key-").encode()
        cls.secret_lease = os.urandom(16)
        with cls.connect() as holder:
            holder.ask(checkout=wire.checkout("Client", lease=cls.secret_lease, user="holder"))
        cls.desk = None

    def setUp(self):
        self.came = bytearray()

    def tearDown(self):
        if self.desk:
            self.desk.close()
            type(self).desk = None
        with self.operator() as desk:  # One of the messages begins a maintenance.
            desk.operate(maintenance=operator.Maintenance(on=False))
        super().tearDown()

    def try_out(self, text):
        """Says this to a daemon that has let us in; it answers or hangs up, and goes on."""
        if self.desk is None:
            type(self).desk = self.operator()
        try:
            self.desk.send_bytes(wire.frame(text))
            self.read_answer()
        except wire.HungUp:
            self.desk.close()
            type(self).desk = None

    def read_answer(self):
        while True:
            body = self.desk.receive_body()
            self.came += body
            response = usher.Response.FromString(body)
            # Nothing is in it but what its fields say.
            self.assertLessEqual(len(body), FRAME_BYTES_MAX)
            if response.id == 0:
                if response.HasField("ending"):
                    raise wire.HungUp
                continue
            self.assertEqual(response.id, 7)
            if not (response.HasField("operated") and response.operated.HasField("status")
                    and response.operated.status.more):
                return

    def test_each_message_cut_anywhere_is_answered_or_ends_the_connection(self):
        # CVE-2015-8277, CVE-2020-12080, CVE-2016-10395, CVE-2021-20094, CVE-2023-3935
        for ask in asks():
            whole = filled(ask.message_type, "x", 1).SerializeToString()
            for length in range(0, len(whole) + 1, 1 + len(whole) // 12):
                with self.subTest(ask=ask.name, length=length):
                    self.try_out(request_of(ask, whole[:length]))

    def test_each_message_whose_length_lies_ends_the_connection(self):
        # CVE-2020-14509
        for ask, lie in itertools.product(asks(), LIES):
            with self.subTest(ask=ask.name, lie=lie), self.operator() as hostile:
                tag = varint(ask.number << 3 | 2)
                text = tag + varint(lie) + b"\x0a\x01x"
                if ask.containing_type is operator.Operate.DESCRIPTOR:
                    operate = usher.Request.DESCRIPTOR.fields_by_name["operate"]
                    text = field(operate.number, 2, text)
                hostile.send_bytes(wire.frame(field(1, 0, varint(7)) + text))
                self.assert_hung_up(hostile)

    def test_each_field_whose_length_lies_ends_the_connection(self):
        # CVE-2020-14509
        for ask in asks():
            texts = [each for each in ask.message_type.fields
                     if each.type in (*TEXTS, FieldDescriptor.TYPE_MESSAGE)]
            for each in texts:
                lie = LIES[each.number % len(LIES)]
                with self.subTest(ask=ask.name, field=each.name), self.operator() as hostile:
                    body = varint(each.number << 3 | 2) + varint(lie) + b"x"
                    hostile.send_bytes(wire.frame(request_of(ask, body)))
                    self.assert_hung_up(hostile)

    def test_each_message_with_nothing_in_it_is_answered(self):
        # CVE-2016-8563, CVE-2021-25659: a field that is missing.
        for ask in asks():
            if ask.name == "leave":
                continue  # It ends the connection, and is answered by that.
            with self.subTest(ask=ask.name):
                self.try_out(request_of(ask, b""))
                self.assertIsNotNone(self.desk, "the connection was ended")

    def test_each_message_with_its_fields_empty_or_of_another_kind_leaves_the_daemon_alone(self):
        # CVE-2016-8563, CVE-2021-25659
        for ask in asks():
            for each in ask.message_type.fields:
                for wire_type, body in ((2, b""), (0, varint(2**64 - 1)), (1, bytes(8)),
                                        (5, b"\xff" * 4)):
                    with self.subTest(ask=ask.name, field=each.name, wire_type=wire_type):
                        self.try_out(request_of(ask, field(each.number, wire_type, body)))

    def test_each_message_with_numbers_at_the_edge_leaves_the_daemon_alone(self):
        # CVE-2011-4529, CVE-2011-4530, CVE-2011-4531
        for ask, number in itertools.product(asks(), (2**31, 2**63 - 1, -2**63, -1)):
            with self.subTest(ask=ask.name, number=number):
                body = filled(ask.message_type, "n", number).SerializeToString()
                self.try_out(request_of(ask, body))

    def test_each_text_as_long_as_a_frame_lets_it_be_leaves_the_daemon_alone(self):
        # CVE-2011-4529, CVE-2011-4530, CVE-2011-4531, CVE-2021-44154, CVE-2017-11497,
        # CVE-2017-11498, CVE-2017-12819: texts beyond any bound, and what their refusals repeat.
        long = "A" * (FRAME_BYTES_MAX - 256)
        for ask in asks():
            for each in ask.message_type.fields:
                if each.type not in TEXTS:
                    continue
                with self.subTest(ask=ask.name, field=each.name):
                    before = len(self.came)
                    self.try_out(request_of(ask, field(each.number, 2, long.encode())))
                    self.assertLess(len(self.came) - before, 128 << 10)

    def test_what_comes_back_holds_nothing_of_anybody_else(self):
        # CVE-2020-16233, CVE-2021-20093: bytes of the heap in the answer to a crafted message.
        # CVE-2020-16233 is a memory that was not written; the sanitizers' run sees those as well.
        for ask in asks():
            whole = filled(ask.message_type, "x", 1).SerializeToString()
            self.try_out(request_of(ask, whole))
            self.try_out(request_of(ask, whole[:len(whole) // 2]))
        self.assertGreater(len(self.came), 1000)
        for secret in (self.secret_key, self.secret_lease):
            self.assertNotIn(secret, bytes(self.came))


if __name__ == "__main__":
    unittest.main()
