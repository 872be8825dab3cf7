"""One who floods a daemon, as a process of its own: flood.py KIND SERVER CA KEY COUNT. It says
`flooding` once it does, and goes on until it is ended. It comes from an address of its own, and
takes no more of the processor than others leave: what is measured beside it is the daemon."""

import contextlib
import itertools
import os
import selectors
import socket
import ssl
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import wire  # noqa: E402
from support.messages import usher  # noqa: E402

FROM = "127.0.0.2"
LEASES_MAX = 4096
ROWS_MAX = 10_000


class Flood:
    def __init__(self, server, ca_file, key, count):
        self.address = ("127.0.0.1", urlsplit(server).port)
        self.context = wire.client_context(ca_file)
        self.key = key
        self.count = count

    def raw(self, receive_bytes=0):
        stream = socket.socket()
        if receive_bytes:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        stream.bind((FROM, 0))
        stream.settimeout(wire.PATIENCE)
        stream.connect(self.address)
        return stream

    def let_in(self, **more):
        stream = self.raw(**more)
        connection = wire.Connection(self.context.wrap_socket(stream, server_hostname="localhost"))
        answer = connection.hello(self.key)
        if not answer.HasField("welcome"):
            raise SystemExit(f"not let in: {answer}")
        return connection

    def pour(self, text, **more):
        """Sends `text` again and again on all connections, as fast as it is taken, and throws away
        what comes."""
        lines = [self.let_in(**more).stream for _ in range(self.count)]
        ready = selectors.DefaultSelector()
        rest = {}
        for line in lines:
            line.setblocking(False)
            rest[line] = memoryview(text)
            ready.register(line, selectors.EVENT_READ | selectors.EVENT_WRITE)
        say()
        while ready.get_map():
            for entry, events in ready.select():
                try:
                    self.go_on(entry.fileobj, events, rest, text)
                except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    pass
                except OSError:
                    ready.unregister(entry.fileobj)

    @staticmethod
    def go_on(line, events, rest, text):
        if events & selectors.EVENT_READ and not line.recv(1 << 16):
            raise ConnectionError
        if events & selectors.EVENT_WRITE:
            rest[line] = rest[line][line.send(rest[line]):] or memoryview(text)

    # What is flooded with.

    def connections(self):
        """Each is opened and left."""
        say()
        while True:
            with contextlib.suppress(OSError):
                self.raw().close()

    def handshakes(self):
        """Each is begun, and never goes on; the oldest is left when the newest comes."""
        hello = wire.first_flight()[:100]
        lines = []
        for number in itertools.count():
            with contextlib.suppress(OSError):
                lines.append(self.raw())
                lines[-1].sendall(hello)
            if len(lines) > self.count:
                lines.pop(0).close()
            if number == self.count:
                say()

    def whole_handshakes(self):
        """Each is done, greeted and left."""
        say()
        while True:
            with contextlib.suppress(OSError, wire.HungUp):
                self.let_in().close()

    def slow_writers(self):
        """A byte at a time of a message of a megabyte."""
        lines = [self.let_in() for _ in range(self.count)]
        head = (1 << 20).to_bytes(4, "big")
        for line in lines:
            line.send_bytes(head)
        say()
        while True:
            for line in lines:
                with contextlib.suppress(OSError, wire.HungUp):
                    line.send_bytes(b"\x0a")
            time.sleep(0.01)

    def slow_readers(self):
        """Questions with long answers, of which nothing is read."""
        text = wire.frame(renewal())
        lines = [self.let_in(receive_bytes=4096) for _ in range(self.count)]
        say()
        while True:
            for line in lines:
                line.stream.settimeout(0.01)
                with contextlib.suppress(OSError, wire.HungUp):
                    line.stream.sendall(text)

    def refusals(self):
        """Requests that are none: each is refused before it comes to the desk."""
        wrong = wire.frame(usher.Request(id=7, checkin=usher.Checkin(lease=b"short")))
        self.pour(wrong * 1000)

    def denials(self):
        """Checkouts of what there is not: each is refused by the desk."""
        wish = wire.frame(usher.Request(id=7, checkout=wire.checkout("Nothing")))
        self.pour(wish * 1000)

    def renewals(self):
        """As many leases in one request as it may name; none of them is there."""
        self.pour(wire.frame(renewal()))

    def registrations(self):
        """As many rows in one request as it may have, for a pool that has no room for them."""
        self.pour(wire.frame(registration()))


def renewal():
    return usher.Request(id=7, renew=usher.Renew(
        leases=[os.urandom(16) for _ in range(LEASES_MAX)]))


def registration():
    rows = [usher.Register.Row(lease=os.urandom(16), device=f"device-{row}", units=1)
            for row in range(ROWS_MAX)]
    return usher.Request(id=7, register=usher.Register(rows=rows, user="flood", pool="1.0.0.1"))


def say():
    print("flooding", flush=True)


if __name__ == "__main__":
    os.nice(19)
    kind, server, ca_file, key, count = sys.argv[1:]
    getattr(Flood(server, ca_file, key, int(count)), kind)()
