"""There is no web here: no HTTP is answered, at no way in."""

import contextlib
import socket
import ssl
import unittest

from siege import Siege, at_both_ports
from support import wire

# What a browser is made to send by somebody else's page, or a scanner by itself.
REQUESTS = {
    "a form of another site": b"POST /users HTTP/1.1\r\nHost: localhost\r\n"
                              b"Origin: http://evil.example\r\nContent-Length: 17\r\n\r\n"
                              b"name=a&role=admin",
    "a WebSocket": b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                   b"Connection: Upgrade\r\nOrigin: http://evil.example\r\n"
                   b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                   b"\r\n",
    "a file by its path": b"GET /../../../../etc/passwd HTTP/1.0\r\n\r\n",
    "a file by a parameter": b"GET /goform/edit?file=..%2f..%2fetc%2fpasswd HTTP/1.1\r\n\r\n",
    "a redirect": b"GET /?next=//evil.example HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a header in a header": b"GET /%0d%0aSet-Cookie:a=b HTTP/1.1\r\nHost: a\r\n\r\n",
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


def everything_from(stream):
    """All that comes until the other end closes."""
    heard = b""
    with contextlib.suppress(OSError):
        while piece := stream.recv(65536):
            heard += piece
    return heard


class NoPage(Siege):
    def assert_no_page(self, heard):
        for mark in (b"HTTP", b"<", b"Location", b"Set-Cookie", b"root:"):
            self.assertNotIn(mark, heard)
        self.assertLess(len(heard), 512)


@at_both_ports
class NoHttp(NoPage):
    def test_no_request_of_a_browser_is_answered_without_tls(self):
        # CVE-2019-25313, CVE-2017-5571, CVE-2020-14519, CVE-2007-6483, CVE-2013-6221,
        # CVE-2021-37498, CVE-2021-37499, CVE-2024-6071
        for what, request in REQUESTS.items():
            with self.subTest(what), socket.create_connection(
                    ("127.0.0.1", self.house.port), wire.PATIENCE) as stream:
                with contextlib.suppress(ConnectionError):
                    stream.sendall(request)
                self.assert_no_page(everything_from(stream))

    def test_none_is_answered_within_tls(self):
        # The same: a browser that is made to speak our protocol's name speaks no frame.
        for what, request in REQUESTS.items():
            with self.subTest(what), self.knock() as stream:
                stream.send_bytes(request)
                self.assert_no_page(everything_from(stream.stream))

    def test_a_browser_agrees_on_no_protocol(self):
        # CVE-2020-14519
        context = wire.client_context(self.ca_file)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with self.assertRaises((ssl.SSLError, wire.HungUp, OSError)):
            with self.knock(context=context) as connection:
                connection.hello()


class NoHttpLocally(NoPage):
    def test_none_is_answered_at_the_local_socket(self):
        # CVE-2019-25313
        for what, request in REQUESTS.items():
            with self.subTest(what), wire.Connection.local(self.daemon.socket) as stream:
                stream.send_bytes(request)
                self.assert_no_page(everything_from(stream.stream))


if __name__ == "__main__":
    unittest.main()
