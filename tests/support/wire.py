"""The wire, spoken from Python: a 4-byte big-endian length and one message, over TLS or locally.

    with Connection.over_tls(daemon.server, ca_file) as connection:
        connection.hello()
        answer = connection.ask(checkout=checkout("Client", user="daisy", device="desk-1"))

It is neither polite nor careful beyond what a test says: it sends what it is given, and shows what
comes. See protocol/usher.proto for what the messages mean.
"""

import contextlib
import hashlib
import os
import select
import socket
import ssl
import struct
import time
from urllib.parse import parse_qs, urlsplit

from support.messages import operator, status, usher

# Longest that a daemon may take to answer; sanitizers are slow.
PATIENCE = 60
ALPN = "usher/1"


class HungUp(Exception):
    """The other end closed, reset or refused the connection."""


class NoAnswer(Exception):
    """Nothing came within the patience."""


def tag(lease):
    """How everybody but its holder is shown a lease: 16 hex digits."""
    return hashlib.sha256(lease).hexdigest()[:16]


def checkout(profile, *, lease=None, user="user", device="device", units=1, wait_ms=0, pid=None,
             party="", pool=""):
    """A checkout with a new random id, unless `lease` is one."""
    return usher.Checkout(lease=os.urandom(16) if lease is None else lease, profile=profile,
                          units=units, user=user, device=device, wait_ms=wait_ms,
                          pid=os.getpid() if pid is None else pid, party=party, pool=pool)


def frame(message):
    """A message as it stands on the wire."""
    body = message if isinstance(message, bytes) else message.SerializeToString()
    return struct.pack(">I", len(body)) + body


def first_flight():
    """What an honest client says first of all: its TLS hello."""
    outgoing = ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols([ALPN])
    tls = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def der_of(pem_file):
    return ssl.PEM_cert_to_DER_cert(pem_file.read_text())


def ca_of(server, state):
    """The file below `state` with the CA that the `usher://` string of the daemon pins."""
    digest = parse_qs(urlsplit(server).query)["ca"][0].removeprefix("sha256:")
    for path in sorted(state.rglob("*.pem")):
        if hashlib.sha256(der_of(path)).hexdigest() == digest:
            return path
    raise FileNotFoundError(f"no CA {digest} below {state}")


def client_context(ca_file, certificate=None):
    """TLS 1.3 as an application speaks it. `certificate` is a pair of files: chain and key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(ca_file)
    context.set_alpn_protocols([ALPN])
    if certificate:
        context.load_cert_chain(*certificate)
    return context


class Connection:
    """One connection. Notices that come before an answer are kept in `notices`, oldest first."""

    def __init__(self, stream):
        self.stream = stream
        self.stream.settimeout(PATIENCE)
        self.received = bytearray()
        self.notices = []
        self.last_request = 0
        self.welcome = None

    @classmethod
    def over_tls(cls, server, ca_file, certificate=None, context=None, session=None):
        """To `usher://host:port/…`, resuming `session` of the same context. Raises HungUp or
        ssl.SSLError where there is no handshake."""
        address = urlsplit(server)
        raw = socket.create_connection(("127.0.0.1", address.port), PATIENCE)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            context = context or client_context(ca_file, certificate)
            return cls(context.wrap_socket(raw, server_hostname=address.hostname, session=session))
        except (ConnectionError, EOFError) as error:
            raise HungUp(str(error)) from error
        except BaseException:
            raw.close()
            raise

    @classmethod
    def local(cls, path):
        """To the operators' socket."""
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(str(path))
        return cls(stream)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends it as the death of a process does: without a word of TLS."""
        self.stream.close()

    # What is sent.

    def send_bytes(self, text):
        try:
            self.stream.sendall(text)
        except OSError as error:
            raise HungUp(str(error)) from error

    def send(self, **ask):
        """Sends a request without waiting for its answer; gives its id."""
        self.last_request += 1
        self.send_bytes(frame(usher.Request(id=self.last_request, **ask)))
        return self.last_request

    # What comes.

    def receive(self, patience=PATIENCE):
        """The next message."""
        return usher.Response.FromString(self.receive_body(patience))

    def receive_body(self, patience=PATIENCE):
        deadline = time.monotonic() + patience
        header = self._take(4, deadline)
        return self._take(struct.unpack(">I", header)[0], deadline)

    def _take(self, count, deadline):
        while len(self.received) < count:
            self._fill(deadline - time.monotonic())
        taken = bytes(self.received[:count])
        del self.received[:count]
        return taken

    def _fill(self, patience):
        pending = isinstance(self.stream, ssl.SSLSocket) and self.stream.pending()
        if not pending and not select.select([self.stream], [], [], max(0, patience))[0]:
            raise NoAnswer
        self.stream.settimeout(max(0.001, patience))
        try:
            piece = self.stream.recv(65536)
        except TimeoutError as error:  # Half a TLS record, and no more came.
            raise NoAnswer from error
        except OSError as error:
            raise HungUp(str(error)) from error
        finally:
            self.stream.settimeout(PATIENCE)
        if not piece:
            raise HungUp("the connection was closed")
        self.received += piece

    def answer_to(self, request, patience=PATIENCE):
        """The answer to `request`; what comes without being asked goes to `notices`."""
        deadline = time.monotonic() + patience
        while True:
            response = self.receive(max(0, deadline - time.monotonic()))
            if response.id == request:
                return response
            if response.id != 0:
                raise AssertionError(f"an answer to request {response.id}, which nobody waits for")
            self.notices.append(response)

    def ask(self, **ask):
        """Sends one request and gives its answer, whatever it is."""
        return self.answer_to(self.send(**ask))

    def catch_up(self):
        """Returns when all that was said to this connection before has been read."""
        self.ask(renew=usher.Renew())

    def is_closed(self, patience=PATIENCE):
        """Whether the daemon closes within the patience; what it still says goes to `notices`."""
        try:
            while True:
                self.notices.append(self.receive(patience))
        except HungUp:
            return True
        except NoAnswer:
            return False

    # Conversations.

    def hello(self, key="", client="wire.py", version=1, version_min=1):
        """The first message; gives its answer."""
        answer = self.ask(hello=usher.Hello(version=version, version_min=version_min,
                                            client=client, key=key))
        self.welcome = answer.welcome if answer.HasField("welcome") else None
        return answer

    def operate(self, **verb):
        return self.ask(operate=operator.Operate(**verb))

    def look(self):
        """The whole picture, its parts put together."""
        request = self.send(operate=operator.Operate(look=operator.Look()))
        picture = status.StatusPart()
        while True:
            answer = self.answer_to(request)
            if not answer.operated.HasField("status"):
                raise AssertionError(f"no status but {answer}")
            picture.MergeFrom(answer.operated.status)
            if not answer.operated.status.more:
                picture.more = False
                return picture
