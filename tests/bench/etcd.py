"""etcd with TLS: one node, which waits for its own disk only."""

from server import Server, certificate_of, load_of, server_of
from support.daemon import free_port


class Etcd(Server):
    name = "etcd"
    program = "bench-etcd"
    shapes = {"64x1": (2, 32, 0), "64x16": (16, 64, 0)}

    def start(self):
        load_of(self.program)
        certificate, key = certificate_of(self.directory)
        client = f"https://127.0.0.1:{self.port}"
        peer = f"http://127.0.0.1:{free_port()}"
        self.run(server_of("etcd", "etcd-server"), "--data-dir", self.directory / "data",
                 "--listen-client-urls", client, "--advertise-client-urls", client,
                 "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                 "--initial-cluster", f"default={peer}",
                 "--cert-file", certificate, "--key-file", key, "--log-level", "error")
        self.until_it_listens()
        self.options = ["--ca", certificate]
        return self
