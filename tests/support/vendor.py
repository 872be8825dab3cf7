"""A vendor, who signs licenses with the program that vendors use."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from support.daemon import BIN, PATIENCE, Daemon, Failed


def issuer(*words, input=None):
    """The standard output of a `usher-issuer` that must succeed."""
    done = subprocess.run([BIN / "usher-issuer", *map(str, words)], input=input, text=True,
                          stdin=subprocess.DEVNULL if input is None else None,
                          capture_output=True, timeout=PATIENCE, check=False)
    if done.returncode != 0:
        raise Failed(f"usher-issuer {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


class Vendor:
    """A key in a directory of its own, which goes with `close`."""

    def __init__(self, name="acme"):
        self.directory = Path(tempfile.mkdtemp(prefix="usher-vendor-"))
        self.key = issuer("init", "--vendor", name, "--directory", self.directory / "key").strip()

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def sign(self, number, product, quantity, metric="lease", *, node="", **more):
        """The text of a license. `node` binds it to a host; `to="2030-01-31"` says more."""
        words = ["--number", number, "--product", product, "--quantity", quantity,
                 "--metric", metric]
        for option, value in more.items():
            words += [f"--{option.replace('_', '-')}", value]
        if node:
            words += ["--node", "-"]
        return issuer("sign", "--directory", self.directory / "key", *words, input=node or None)


# The three licenses of the acceptance rules: number, product, quantity, metric, profile.
THREE = [("015.120.064.022", "PROServer", 100, "lease", "Server"),
         ("015.120.065.016", "PROSession", 8, "lease", "ProLicense"),
         ("015.120.055.014", "Client", 10, "user_device", "Client")]


class House:
    """A vendor and a daemon that has its three licenses, bound to its host; or whatever another
    house has, which says so by `furnish`."""

    def __init__(self, settings=None, **more):
        self.vendor = Vendor()
        self.daemon = Daemon({"vendor_keys": [self.vendor.key], **(settings or {})}, **more)

    def __enter__(self):
        try:
            self.daemon.start()
            self.furnish()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.daemon.close()
        self.vendor.close()

    def furnish(self):
        self.install_three()

    def install_three(self, daemon=None):
        """At the house's own daemon, or at another one."""
        daemon = daemon or self.daemon
        node = daemon.must("node")
        for number, product, quantity, metric, profile in THREE:
            license = self.vendor.sign(number, product, quantity, metric, node=node)
            daemon.must("license", "install", "-", "--profile", profile, input=license)
