"""The messages of `protocol/*.proto` as Python classes, made by protoc when this is imported.

    from support.messages import usher, operator, move, common
    usher.Request(id=1, renew=usher.Renew())
"""

import atexit
import importlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]


def generate():
    """Lets protoc write the modules into a directory that goes when this process does."""
    directory = tempfile.mkdtemp(prefix="usher-messages-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    protos = sorted(str(path.relative_to(SOURCE)) for path in (SOURCE / "protocol").glob("*.proto"))
    subprocess.run(["protoc", f"--proto_path={SOURCE}", f"--python_out={directory}", *protos],
                   check=True)
    # Nobody else imports from there, and no bytecode of it stays behind.
    sys.path.insert(0, directory)
    try:
        return [importlib.import_module(f"protocol.{name}_pb2")
                for name in ("common", "move", "pool", "requirement", "status", "operator",
                             "usher")]
    finally:
        sys.path.remove(directory)


common, move, pool, requirement, status, operator, usher = generate()
