"""Checks what this client computes by the test vectors."""

import json
import os

from aead import seal, unseal
from sealed import Keys, echo_of, is_signed, login_key, seal_text, to_base64url, unseal_text


def check(folder: str) -> int:
    """Checks this client's cryptography by the vectors, and returns how many there were."""
    def read(name: str) -> dict:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return json.load(file)

    checks = [
        (check_keys, read("session_keys.json")["vectors"]),
        (check_box, read("boxes.json")["vectors"]),
        (check_text, read("boxes.json")["texts"]),
        (check_badly_padded, read("boxes.json")["badlyPadded"]),
        (check_echo, read("datagrams.json")["echoes"]),
    ]
    signatures = read("signatures.json")
    key = signatures["publicKey"]
    checks.append((lambda it: check_signature(key, it, True), signatures["good"]))
    checks.append((lambda it: check_signature(key, it, False), signatures["wrong"]))
    for holds, vectors in checks:
        for vector in vectors:
            assert holds(vector), vector
    return sum(len(vectors) for _, vectors in checks)


def check_keys(vector: dict) -> bool:
    keys = Keys(vector["sessionKey"], bytes.fromhex(vector["salt"]))
    names = ("to_index", "to_client", "moves", "tickets")
    is_session = to_base64url(keys.session) == vector["session"]
    is_login = login_key(vector["sessionKey"]).hex() == vector["loginKey"]
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
    is_busy = value["kind"] == "busy"
    names = ["echo", "seconds"] if is_busy else ["echo", "cookie", "ke2", "stretching"]
    text = " ".join([f"BT2/{value['kind']}", *hello, *(str(value[name]) for name in names)])
    is_text = not expected or text == vector["signed"]
    return is_text and is_signed(key, text, value["signature"]) == expected
