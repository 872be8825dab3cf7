"""What the story is played on: a directory, a daemon, applications, and what is typed and shown."""

import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BUILD = SOURCE / "build" / "release"

# Longest that anything may take that should come at once; the machine may be busy.
PATIENCE = 60


class Broken(Exception):
    """The story does not hold."""


def until(holds, claim, patience=PATIENCE):
    """Waits until `holds()` gives something true, and gives that."""
    deadline = time.monotonic() + patience
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise Broken(f"not within {patience} s: {claim}")
        time.sleep(0.05)
    return found


def claim(holds, text):
    """Something that the story promises."""
    if not holds:
        raise Broken(text)
    print(f"   ✓ {text}", flush=True)


class Application:
    """A command in the background, and what it has said so far."""

    def __init__(self, command, environment, directory):
        self.command = command
        self.file = tempfile.TemporaryFile("w+b")
        self.process = subprocess.Popen(["/bin/sh", "-c", f"exec {command}"], env=environment,
                                        cwd=directory, stdin=subprocess.DEVNULL, stdout=self.file,
                                        stderr=subprocess.STDOUT)

    def said(self):
        return os.pread(self.file.fileno(), 1 << 20, 0).decode()

    def is_running(self):
        return self.process.poll() is None

    def await_saying(self, text):
        """Waits until it has said `text`; it may have ended since, but not without saying it."""
        def told():
            return text in self.said() or not self.is_running()
        until(told, f"`{self.command}` says: {text}")
        if text not in self.said():
            raise Broken(f"`{self.command}` ended with {self.process.returncode} and said:\n"
                         f"{self.said()}")

    def end(self, number=signal.SIGTERM):
        if self.is_running():
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
        self.process.wait(PATIENCE)
        self.file.close()


class Relay:
    """Stands between an application and the server, so that their connection can be cut."""

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ends = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
                self.ends += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self.pass_on, args=(source, sink), daemon=True).start()

    @staticmethod
    def pass_on(source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)

    def cut(self):
        """Ends every connection without a goodbye; new ones pass."""
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.ends = []


class Story:
    """The directory, the daemon and the applications of one telling."""

    def __init__(self, directory):
        self.directory = directory
        self.daemon = None
        self.applications = []
        path = f"{BUILD / 'bin'}:{os.environ['PATH']}"
        plain = {key: value for key, value in os.environ.items() if not key.startswith("USHER_")}
        self.environment = {**plain, "PATH": path, "HOME": str(directory),
                            "USHER_SOCKET": str(directory / "usherd.sock")}

    # What is typed and shown.

    def tell(self, text):
        print(f"\n{text}", flush=True)

    def show(self, command, expected=0):
        """Types a command, shows what it prints, and gives that."""
        print(f"$ {command}", flush=True)
        done = self.run(command)
        print(done.stdout, end="", flush=True)
        if done.returncode != expected:
            raise Broken(f"`{command}` ended with {done.returncode}, not {expected}")
        return done.stdout

    def run(self, command):
        return subprocess.run(["/bin/sh", "-c", command], env=self.environment, cwd=self.directory,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, check=False)

    def begin(self, command, server=None):
        """Types a command that goes on in the background."""
        print(f"$ {command} &", flush=True)
        environment = dict(self.environment)
        if server:
            environment["USHER_SERVER"] = server
        application = Application(command, environment, self.directory)
        self.applications.append(application)
        return application

    def status(self):
        done = self.run("usher status --json")
        if done.returncode != 0:
            raise Broken(f"usher status --json: {done.stdout}")
        return json.loads(done.stdout)

    def held(self, product):
        pools = {pool["product"]: pool for pool in self.status()["pools"]}
        return pools[product]["held"]

    def leases(self):
        return {lease["id"]: lease for lease in self.status()["leases"]}

    def lease_of(self, user):
        """The one lease of a user; none: None."""
        leases = [lease for lease in self.leases().values() if lease["user"] == user]
        return leases[0] if leases else None

    # The daemon.

    def start_daemon(self):
        command = "usherd --config usherd.toml --print-port" + (
            " --allow-root" if os.geteuid() == 0 else "")
        print(f"$ {command} 2>>usherd.log &", flush=True)
        with open(self.directory / "usherd.log", "ab") as log:
            self.daemon = subprocess.Popen(shlex.split(command), env=self.environment,
                                           cwd=self.directory, stdin=subprocess.DEVNULL,
                                           stdout=subprocess.PIPE, stderr=log,
                                           start_new_session=True)
        port = self.daemon.stdout.readline().decode().strip()
        if not port.isdigit():
            log = (self.directory / "usherd.log").read_text()
            raise Broken(f"usherd did not start:\n{log}")
        self.daemon.stdout.close()
        print(port, flush=True)
        return int(port)

    def close(self, keeps_daemon):
        for application in self.applications:
            if not application.file.closed:
                application.end(signal.SIGKILL)
        if self.daemon and not keeps_daemon:
            self.daemon.terminate()
            self.daemon.wait(PATIENCE)


def free_port():
    """Below the ports that the kernel gives to clients, so that the daemon finds it free again."""
    for port in range(4750, 32000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise Broken("no free port")
