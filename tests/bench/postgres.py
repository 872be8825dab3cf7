"""PostgreSQL with TLS and its default durability."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from server import Missing, Server, certificate_of, load_of, output_of
from support.daemon import until

# A seat is a row that always is there, so that nobody waits for anybody: who checks out looks from
# anywhere on for one that is free and that nobody else is taking.
SCHEMA = """
CREATE TABLE seats (seat int PRIMARY KEY, lease bytea, expires_at timestamptz)
    WITH (fillfactor = 50);
INSERT INTO seats SELECT seat FROM generate_series(0, 99999) AS seat;
CREATE FUNCTION checkout(wanted bytea) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    first int := floor(random() * 100000);
    found int;
BEGIN
    UPDATE seats SET lease = wanted, expires_at = now() + interval '25 seconds'
    WHERE seat = (SELECT seat FROM seats
                  WHERE seat >= first AND (expires_at IS NULL OR expires_at < now())
                  ORDER BY seat LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING seat INTO found;
    RETURN found;
END $$;
CREATE FUNCTION checkin(given bytea, held int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    found int;
BEGIN
    UPDATE seats SET lease = NULL, expires_at = NULL WHERE seat = held AND lease = given
    RETURNING seat INTO found;
    RETURN found;
END $$;
"""


class Postgres(Server):
    name = "postgres"
    program = "bench-postgres"
    # A process each: many of them stand in each other's way, and what is asked at once on one of
    # them is committed at once.
    shapes = {"64x1": (8, 8, 0), "64x16": (16, 64, 0)}

    def start(self):
        load_of(self.program)
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
        if programs is None:
            raise Missing("the package postgresql-15 is not installed (tools/packages bench)")
        certificate, key = certificate_of(self.directory)
        data = self.directory / "data"
        if os.getuid() == 0:  # It refuses to serve as root.
            owner = pwd.getpwnam("postgres")
            for path in (self.directory, certificate, key):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self.as_owner(programs / "initdb", "--pgdata", data, "--auth", "trust", "--username",
                      "postgres", "--encoding", "UTF8")
        self.run(programs / "postgres", "-D", data, "-c", f"port={self.port}",
                 "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}",
                 "-c", "ssl=on", "-c", f"ssl_cert_file={certificate}", "-c", f"ssl_key_file={key}",
                 "-c", "ssl_min_protocol_version=TLSv1.3", "-c", "max_connections=300",
                 **self.ownership)
        self.until_it_listens()
        psql = [programs / "psql", "--host", data, "--port", self.port, "--username", "postgres",
                "--quiet", "--set", "ON_ERROR_STOP=1"]
        until(lambda: subprocess.run([*map(str, psql), "--command", "SELECT 1"], check=False,
                                     capture_output=True).returncode == 0, "postgres answers")
        output_of(*psql, "--command", SCHEMA)
        output_of(*psql, "--command", "VACUUM ANALYZE seats")
        return self

    @property
    def ownership(self):
        return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}

    def as_owner(self, *command):
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL,
                       cwd=self.directory, **self.ownership)
