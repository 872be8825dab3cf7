#!/usr/bin/python3
"""Writes the license vectors: usage: make_license_vectors.py [DIRECTORY]

It shares no line with the programs under test: JSON by Python, Ed25519 by the openssl program.
The key's seed is public; nothing that anybody should trust is signed with it.
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

PKCS8_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
ACME = hashlib.sha256(b"usher test vendor acme").digest()
NODE = hashlib.sha256(b"usher test node").digest()
STRANGER = hashlib.sha256(b"usher test vendor stranger").digest()
INVALID_UTF8 = b'{"format":1,"from":"\xff"}'
HOST = {
    "identifiers": {name: base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest())
                    .decode().rstrip("=") for name in ("mac", "machine_id", "root_disk")},
    "kind": "machine",
    "need": 2,
    "node": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "salt": "MDEyMzQ1Njc4OWFiY2RlZg",
}
LICENSE = {
    "format": 1, "from": "2030-01-01T00:00:00Z", "maintenance_until": None, "metric": "lease",
    "nodelock": HOST, "number": "015.120.065.016", "product": "PROSession", "quantity": 8,
    "requires": "PROServer", "to": "2031-01-01T00:00:00Z", "type": "annual", "vendor": "acme",
}


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def openssl(seed, *arguments, **options):
    with tempfile.NamedTemporaryFile(suffix=".der") as key:
        key.write(PKCS8_ED25519 + seed)
        key.flush()
        command = ["openssl", "pkeyutl" if "-sign" in arguments else "pkey", *arguments,
                   "-inkey" if "-sign" in arguments else "-in", key.name]
        return subprocess.run(command, check=True, capture_output=True, **options).stdout


def public_key(seed):
    return openssl(seed, "-inform", "DER", "-pubout", "-outform", "DER")[-32:]


def sign(seed, message):
    with tempfile.NamedTemporaryFile() as file:
        file.write(message)
        file.flush()
        return openssl(seed, "-sign", "-rawin", "-keyform", "DER", "-in", file.name)


def key_id(seed):
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": base64url(public_key(seed))}
    return base64url(hashlib.sha256(canonical(jwk)).digest())


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def header(**changes):
    plain = {"alg": "EdDSA", "kid": key_id(ACME), "typ": "usher-license"}
    return canonical({name: value for name, value in {**plain, **changes}.items() if value})


def changed(**changes):
    return canonical({**LICENSE, **changes})


def without(name):
    return canonical({key: value for key, value in LICENSE.items() if key != name})


def locked(**changes):
    return changed(nodelock={**HOST, **changes})


def jws(payload, head=None, seed=ACME):
    parts = [header() if head is None else head, payload]
    message = ".".join(map(base64url, parts)).encode()
    return message + b"." + base64url(sign(seed, message)).encode()


def node_text():
    """What a host shows a vendor, signed by the host's own key."""
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": base64url(public_key(NODE))}
    head = canonical({"alg": "EdDSA", "jwk": jwk, "typ": "usher-node"})
    shown = {"format": 1, "identifiers": HOST["identifiers"], "salt": HOST["salt"]}
    return b"usher-node:" + jws(canonical(shown), head, NODE) + b"\n"


def flip_last_bit(text):
    """Another way to write the same bytes: the last of 86 letters carries four bits of nothing."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + letters[letters.index(text[-1:]) ^ 1:][:1]


def good():
    """Name, comment, payload, and the file where it is not simply the payload signed."""
    least = {**dict.fromkeys(LICENSE), "format": 1, "metric": "user", "number": "1",
             "product": "P", "quantity": "unlimited", "type": "", "vendor": "acme"}
    yield "full", "all that a license can say", canonical(LICENSE), None
    yield "least", "the least that it can say", canonical(least), None
    yield "most", "the largest quantity", changed(quantity=10**12), None
    yield "one", "the smallest quantity", changed(quantity=1), None
    yield "personal", "locked to a person's host", locked(kind="personal"), None
    yield "languages", "names in any language", changed(product="Büro 座席", type='"\\/'), None
    yield "downgrades", "products that it may be used for instead", changed(
        downgrades_to=["Büro", "PROSession 15", "PROSession 16"]), None
    spaced = b"\r\n \t" + jws(canonical(LICENSE)) + b"\r\n\r\n"
    yield "space_around", "white space around is that of a file", canonical(LICENSE), spaced


def payloads():
    """Name, the sentence, a payload that is signed all right and yet refused."""
    text = canonical(LICENSE)
    way = "payload: is not written in the one canonical way from byte "
    quantity = 'quantity: is not 1 to 10^12 or "unlimited"'
    yield "duplicate", 'payload: "format" stands twice', b'{"format":1,' + text[1:]
    yield "space_in_payload", way + "11", text.replace(b'":', b'": ', 1)
    yield "reordered", way + "3", b'{"vendor":"acme",' + text[1:].replace(b',"vendor":"acme"', b"")
    yield "escaped", way + str(text.index(b'"PROS') + 2), text.replace(b'"PROS', b'"\\u0050ROS')
    yield "trailing_payload", way + str(len(text) + 1), text + b"\n"
    yield "trailing_nul", way + str(len(text) + 1), text + b"\0"
    yield "byte_order_mark", way + "1", b"\xef\xbb\xbf" + text
    yield "exponent", way + str(text.index(b"8,\"req") + 2), text.replace(b":8,", b":8e0,")
    yield "fraction", quantity, text.replace(b":8,", b":8.0,")
    yield "huge", quantity, changed(quantity=10**12 + 1)
    yield "zero", quantity, changed(quantity=0)
    yield "negative", quantity, changed(quantity=-8)
    yield "quantity_text", quantity, changed(quantity="8")
    yield "quantity_null", quantity, changed(quantity=None)
    yield "not_json", "payload: is not JSON from byte 1", b"hello"
    yield "not_utf8", "payload: is not JSON from byte 21", INVALID_UTF8
    yield "array", "payload: is not an object", b"[]"
    yield "deep", "payload: is nested deeper than 8", b"[" * 5000
    yield "unknown_member", '"seats": is not known', changed(seats=9)
    yield "missing_member", "requires: is missing", without("requires")
    yield "missing_quantity", "quantity: is missing", without("quantity")
    yield "later_format", "format: is not 1, which is all that this version reads", changed(
        format=2)
    yield "no_such_day", "to: is not an instant like 2030-01-31T00:00:00Z", changed(
        to="2030-02-29T00:00:00Z")
    yield "other_zone", "to: is not an instant like 2030-01-31T00:00:00Z", changed(
        to="2031-01-01T00:00:00+01:00")
    yield "ends_before_it_begins", "to: is not later than from", changed(to="2029-01-01T00:00:00Z")
    yield "newline_in_name", "product: is not a name: holds a control character", changed(
        product="PRO\nSession")
    yield "long_name", "number: is not a name: longer than 256 bytes", changed(number="9" * 257)
    yield "requires_itself", "requires: is the product itself", changed(requires="PROSession")
    yield "requires_nothing", "requires: is empty; none is written null", changed(requires="")
    yield "metric", "metric: is not lease, device, user or user_device", changed(metric="core")
    yield "kind", "nodelock.kind: is not machine or personal", locked(kind="planet")
    yield "need_too_many", "nodelock.need: is not 1 to the number of identifiers", locked(need=4)
    yield "need_none", "nodelock.need: is not 1 to the number of identifiers", locked(need=0)
    yield "short_node", "nodelock.node: is not 32 bytes in base64url", locked(node="AAAA")
    yield "padded_salt", "nodelock.salt: is not 16 bytes in base64url", locked(
        salt=HOST["salt"] + "==")
    yield "no_identifiers", "nodelock.identifiers: are not 1 to 16", locked(identifiers={})


def downgrades():
    """The same of what a license may be downgraded to."""
    place = "downgrades_to: "
    yield "downgrades_null", place + "is not a list", changed(downgrades_to=None)
    yield "downgrades_none", place + "is empty; none is left out", changed(downgrades_to=[])
    yield "downgrades_number", place + "has something in it that is not a text", changed(
        downgrades_to=[16])
    yield "downgrades_unsorted", place + "is not in order, each once", changed(
        downgrades_to=["PROSession 16", "PROSession 15"])
    yield "downgrades_twice", place + "is not in order, each once", changed(
        downgrades_to=["PROSession 16", "PROSession 16"])
    yield "downgrades_nowhere", place + "one is not a name: empty", changed(
        downgrades_to=[""])
    yield "downgrades_itself", place + "one is the product itself", changed(
        downgrades_to=["PROSession"])
    yield "downgrades_too_many", place + "are not 1 to 64", changed(
        downgrades_to=[f"P{number:02}" for number in range(65)])
    yield "downgrades_too_long", place + "are longer than 2048 bytes together", changed(
        downgrades_to=[letter * 256 for letter in "abcdefghi"])


def files():
    """Name, the kind of error, the sentence, the file."""
    text = canonical(LICENSE)
    file = jws(text)
    head, body, signature = file.split(b".")
    other = base64url(changed(quantity=9)).encode()
    changed_after = "it was changed after acme signed it"
    yield "changed", "bad_signature", changed_after, b".".join([head, other, signature])
    yield "stranger", "unknown_vendor", f"its key {key_id(STRANGER)} is none of a trusted vendor", (
        jws(text, header(kid=key_id(STRANGER)), STRANGER))
    yield "impostor", "bad_signature", changed_after, jws(text, seed=STRANGER)
    yield "another_vendor", "unknown_vendor", "it speaks for globex, but acme signed it", (
        jws(changed(vendor="globex")))
    three = "it is not three parts with a dot between them"
    yield "empty", "malformed", three, b""
    yield "two_parts", "malformed", three, head + b"." + body
    yield "four_parts", "malformed", three, file + b"." + body
    yield "padded", "malformed", "signature: is not base64url without padding", file + b"=="
    yield "stray_bit", "malformed", "signature: is not base64url without padding", (
        flip_last_bit(file))
    yield "line_break", "malformed", "payload: is not base64url without padding", (
        file.replace(b".", b".\n", 1))
    yield "plain_base64", "malformed", "payload: is not base64url without padding", (
        b".".join([head, b"+" + body[1:], signature]))
    yield "short_signature", "malformed", "signature: is not 64 bytes", file[:-2]
    yield "trailing", "malformed", "signature: is not base64url without padding", file + b"\nx"
    yield "too_long", "malformed", "it is longer than 16 KiB", file + b"\n" * (16 * 1024)
    yield "alg_none", "malformed", "header.alg: is not EdDSA", jws(text, header(alg="none"))
    yield "alg_hs256", "malformed", "header.alg: is not EdDSA", jws(text, header(alg="HS256"))
    yield "node_text", "malformed", "header.typ: is not usher-license", (
        jws(text, header(typ="usher-node")))
    yield "critical", "malformed", 'header."crit": is not known', jws(text, header(crit=["b64"]))
    yield "no_key_id", "malformed", "header.kid: is missing", jws(text, header(kid=None))
    yield "header_space", "malformed", (
        "header: is not written in the one canonical way from byte 8"), (
        jws(text, header().replace(b'":', b'": ', 1)))


def write(directory, name, lines, file):
    trusted = "usher-vendor:acme:" + base64url(public_key(ACME))
    head = "".join(f"{key}: {value}\n" for key, value in [("trusted", trusted), *lines])
    (directory / f"{name}.lic").write_bytes(head.encode() + b"\n" + file)


def main():
    directory = pathlib.Path(sys.argv[1] if sys.argv[1:] else pathlib.Path(__file__).parent)
    for name, comment, payload, file in good():
        write(directory, "good_" + name, [("comment", comment), ("expect", "license"),
                                          ("says", payload.decode())], file or jws(payload) + b"\n")
    for name, what, payload in [*payloads(), *downgrades()]:
        write(directory, "bad_" + name, [("expect", "malformed"), ("what", what)],
              jws(payload) + b"\n")
    for name, kind, what, file in files():
        write(directory, "bad_" + name, [("expect", kind), ("what", what)], file)
    (directory / "good.node").write_bytes(node_text())


if __name__ == "__main__":
    main()
