"""Checks what this client computes by the test vectors in a folder: vectors.py FOLDER"""

import contextlib
import hashlib
import io
import json
import os
import sys

from hash_tree import hash_file
from sealed import (
    Keys, echo_of, from_base64url, hkdf, is_signed, seal, seal_text, to_base64url, unseal,
    unseal_text)
from upload import parse


def check(folder: str) -> int:
    """Checks what is computed, and returns how many vectors there were."""
    def read(name: str) -> dict:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return json.load(file)

    boxes, signatures, transfer = (read(f"{it}.json") for it in ("boxes", "signatures", "transfer"))
    key = signatures["publicKey"]
    checks = [
        (check_keys, read("session_keys.json")["vectors"]),
        (check_box, boxes["vectors"]),
        (check_text, boxes["texts"]),
        (check_badly_padded, boxes["badlyPadded"]),
        (check_echo, read("datagrams.json")["echoes"]),
        (lambda it: check_signature(key, it, True), signatures["good"]),
        (lambda it: check_signature(key, it, False), signatures["wrong"]),
        (check_content, read("merkle.json")["vectors"]),
        (check_ticket, read("ticket.json")["vectors"]),
        (check_request, transfer["requests"]["good"]),
        (check_malformed, transfer["requests"]["malformed"]),
    ]
    for holds, vectors in checks:
        for vector in vectors:
            assert holds(vector), vector
    return sum(len(vectors) for _, vectors in checks)


def check_keys(vector: dict) -> bool:
    keys = Keys(vector["sessionKey"], bytes.fromhex(vector["salt"]))
    names = ("to_index", "to_client", "moves", "tickets")
    key = hkdf(from_base64url(vector["sessionKey"]), b"", "BitTrickle 2 login", 32)
    is_session = to_base64url(keys.session) == vector["session"]
    is_login = key.hex() == vector["loginKey"]
    are_keys = all(getattr(keys, name).hex() == vector["keys"][name] for name in names)
    return is_session and is_login and are_keys


def check_box(vector: dict) -> bool:
    key, header, box = (bytes.fromhex(vector[name]) for name in ("key", "header", "box"))
    text, number = bytes.fromhex(vector["text"]), vector["number"]
    opens = unseal(key, number, header, box) == text
    is_other = unseal(key, number + 1, header, box) is not None
    return opens and not is_other and seal(key, number, header, text) == box


def check_text(vector: dict) -> bool:
    key, header, box = (bytes.fromhex(vector[name]) for name in ("key", "header", "box"))
    text, number = vector["text"], vector["number"]
    opens = unseal_text(key, number, header, box) == text
    return opens and seal_text(key, number, header, text) == box


def check_badly_padded(vector: dict) -> bool:
    key, header, box = (bytes.fromhex(vector[name]) for name in ("key", "header", "box"))
    padded, number = bytes.fromhex(vector["padded"]), vector["number"]
    opens = unseal(key, number, header, box) == padded
    return opens and unseal_text(key, number, header, box) is None


def check_echo(vector: dict) -> bool:
    return echo_of(vector["ke1"]) == vector["echo"]


def check_signature(key: str, vector: dict, expected: bool) -> bool:
    value, hello = vector["value"], [vector["user"], vector["ke1"], vector["token"]]
    is_challenge = value["kind"] == "challenge"
    names = ["echo", "cookie", "ke2", "stretching"] if is_challenge else ["echo", "seconds"]
    text = " ".join([f"BT2/{value['kind']}", *hello, *(str(value[name]) for name in names)])
    is_text = not expected or text == vector["signed"]
    return is_text and bool(is_signed(key, text, value["signature"])) == expected


def check_content(vector: dict) -> bool:
    """The file of merkle.json; it says how its bytes are made."""
    size = vector["size"]
    rows = [bytes((31 * i + first) % 256 for i in range(256)) for first in range(256)]
    data = b"".join(rows[(7 * i + 13 * (i >> 8)) % 256] for i in range(-(-size // 256)))[:size]
    content, layer = hash_file(io.BytesIO(data), size)
    of_layer = hashlib.sha256(b"".join(layer)).hexdigest()
    return content == (vector["id"], size) and vector.get("sha256OfLayer", of_layer) == of_layer


def check_ticket(vector: dict) -> bool:
    class Sealed(Keys):
        def __init__(self) -> None:
            self.tickets = bytes.fromhex(vector["ticketKey"])

    ticket = vector["ticket"]
    says = tuple(ticket[name] for name in ("expires", "id", "size", "downloader"))
    return Sealed().ticket(vector["encoded"]) == says


def check_request(vector: dict) -> bool:
    verb, pieces, ticket = parse(vector["text"])
    value = vector["value"]
    wanted = {
        "pieces": lambda: list(range(value["first"], value["first"] + value["count"])),
        "have": lambda: list(range(value["first"], value["first"] + value["count"])),
        "choice": lambda: value["pieces"],
        "bad": lambda: [value["piece"]],
        "layer": lambda: [],
    }[value["verb"]]()
    return (verb, list(pieces), ticket) == (value["verb"], wanted, value.get("ticket"))


def check_malformed(text: str) -> bool:
    with contextlib.suppress(ValueError):
        return not parse(text)
    return True


if __name__ == "__main__":
    print(check(sys.argv[1]), "vectors")
