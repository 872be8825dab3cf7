"""What hosts send to an issuer, made without a line of the programs under test: JSON by Python,
Ed25519 by the openssl program."""

import base64
import datetime
import hashlib
import json
import os

from vectors.make_license_vectors import base64url, canonical, public_key, sign

CROCKFORD = str.maketrans("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def seed_of(code):
    """The private half of an activation code's key."""
    number, _, letters = code.rpartition("/")
    secret = base64.b32decode(letters.replace("-", "").translate(CROCKFORD))[:16]
    return hashlib.sha256(f"usher activation code v1\n{number}\n".encode() + secret).digest()


def instant(days=0):
    """So many days from now, as documents write it."""
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def payload_of(document):
    """What is in a document, unverified."""
    part = document.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Host:
    """A host with a node key and two identifiers."""

    def __init__(self, name):
        self.name = name
        self.seed = hashlib.sha256(b"usher test host " + name.encode()).digest()
        self.node = public_key(self.seed)
        self.identity = {
            "identifiers": {what: base64url(hashlib.sha256(f"{name} {what}".encode()).digest())
                            for what in ("mac", "machine_id")},
            "salt": base64url(self.seed[:16])}

    def seal(self, kind, payload):
        jwk = {"crv": "Ed25519", "kty": "OKP", "x": base64url(self.node)}
        header = canonical({"alg": "EdDSA", "jwk": jwk, "typ": "usher-" + kind})
        text = base64url(header) + "." + base64url(canonical({"format": 1, **payload}))
        return text + "." + base64url(sign(self.seed, text.encode())) + "\n"

    def request(self, code, kind="machine", made=None):
        seed = seed_of(code)
        payload = {"format": 1, "license": code.rpartition("/")[0], "kind": kind,
                   "host": self.name, "nonce": base64url(os.urandom(16)),
                   "made": made or instant(), "code": base64url(public_key(seed)),
                   **self.identity}
        proven = b"usher code proof v1\n" + base64url(self.node).encode() + b"\n"
        payload["code_proof"] = base64url(sign(seed, proven + canonical(payload)))
        return self.seal("activation-request", payload)

    def receipt(self, license, number, to=None):
        return self.seal("receipt", {"license": license, "number": number, "made": instant(),
                                     "to": to})

    def showing(self, license, number, started=None):
        return self.seal("showing", {"license": license, "number": number, "receipt": None,
                                     "nonce": base64url(os.urandom(16)), "made": instant(),
                                     "started": started or instant(-1)})
