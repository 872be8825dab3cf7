"""Redis with TLS, where every answer is durable before it leaves."""

from server import Server, certificate_of, load_of, server_of


class Redis(Server):
    name = "redis"
    program = "bench-redis"
    # Where all are in one turn of its loop, one sync is for all.
    shapes = {"64x1": (8, 8, 0), "64x16": (64, 16, 0)}

    def start(self):
        load_of(self.program)
        certificate, key = certificate_of(self.directory)
        self.run(server_of("redis-server", "redis-server"), "--port", 0, "--tls-port", self.port,
                 "--bind", "127.0.0.1", "--tls-cert-file", certificate, "--tls-key-file", key,
                 "--tls-auth-clients", "no", "--tls-protocols", "TLSv1.3",
                 "--dir", self.directory, "--appendonly", "yes", "--appendfsync", "always",
                 "--save", "")
        self.until_it_listens()
        return self
