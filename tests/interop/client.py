"""A client of protocol 2, written from docs/protocol.md and its test vectors alone.

    client.py check FOLDER                                   the vectors in FOLDER
    client.py sch HOST PORT USER SEARCH -- COMMAND...        one JSON object for each name found

The password is in BITTRICKLE_PASSWORD. COMMAND computes OPAQUE: see opaque.ts. This client serves no
files, keeps no pin of the index's key, and is for tests only.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import time

from aead import seal, unseal

DATAGRAM_BYTES = 1200
WAITS = [0.1, 0.15, 0.2] + [0.25] * 18 + [0.05]
PORT_OF_NO_UPLOADS = 65535
STRETCHING = {
    "light": {"argon2id-custom": {"iterations": 1, "memory": 64, "parallelism": 1}},
    "strong": "memory-constrained",
}
AGAIN = object()


class Refused(Exception):
    """The index said no, or nothing."""


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(secret: bytes, salt: bytes, info: str, length: int) -> bytes:
    """RFC 5869 with SHA-256, for one block of output."""
    assert length <= 32
    key = hmac.digest(salt or bytes(32), secret, hashlib.sha256)
    return hmac.digest(key, info.encode() + b"\1", hashlib.sha256)[:length]


class Keys:
    """What both sides of a session derive from OPAQUE's session key."""

    def __init__(self, session_key: str) -> None:
        def derive(purpose: str, length: int) -> bytes:
            return hkdf(from_base64url(session_key), b"", f"BitTrickle 2 {purpose}", length)

        self.session = derive("session name", 8)
        self.to_index = derive("client to index", 32)
        self.to_client = derive("index to client", 32)
        self.tickets = derive("tickets", 32)

    def header(self, number: int) -> bytes:
        return b"BT2/m" + self.session + number.to_bytes(8, "big")

    def message(self, number: int, text: str) -> bytes:
        header = self.header(number)
        return header + seal(self.to_index, number, header, text.encode())

    def reply(self, number: int, datagram: bytes) -> str | None:
        """The text of the reply to a number, if the datagram is that."""
        header = self.header(number)
        if not datagram.startswith(header) or len(datagram) < len(header) + 16:
            return None
        text = unseal(self.to_client, number, header, datagram[len(header):])
        return text and text.decode()


class Index:
    """The index, as seen from one socket."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.address = (host, port)

    def exchange(self, send, take):
        """Sends until `take` makes something of what comes; at once if that is AGAIN."""
        for wait in WAITS:
            taken = AGAIN
            while taken is AGAIN:
                self.socket.sendto(send(), self.address)
                taken = self._receive(time.monotonic() + wait, take)
            if taken is not None:
                return taken
        raise Refused("no answer")

    def _receive(self, deadline: float, take):
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            with contextlib.suppress(TimeoutError):
                datagram, sender = self.socket.recvfrom(DATAGRAM_BYTES + 1)
                taken = take(datagram) if sender == self.address else None
                if taken is not None:
                    return taken
        return None


class Opaque:
    """The client's half of OPAQUE, computed by a child process for each step."""

    def __init__(self, command: list[str], password: str) -> None:
        self.command, self.password = command, password
        begun = self._call("startLogin", {})
        self.state, self.ke1 = begun["clientLoginState"], begun["startLoginRequest"]

    def finish(self, ke2: str, stretching: str) -> dict | None:
        stretched = {"loginResponse": ke2, "keyStretching": STRETCHING[stretching]}
        return self._call("finishLogin", {"clientLoginState": self.state, **stretched})

    def _call(self, step: str, parameters: dict):
        call = {"step": step, "parameters": {"password": self.password, **parameters}}
        return json.loads(subprocess.check_output(self.command, input=json.dumps(call), text=True))


class Session:
    """A session: requests under rising numbers."""

    def __init__(self, index: Index, keys: Keys) -> None:
        self.index, self.keys, self.number = index, keys, 0

    @classmethod
    def log_in(cls, index: Index, user: str, opaque: Opaque) -> "Session":
        cookie, ke2, stretching = challenge(index, user, opaque.ke1)
        proof = opaque.finish(ke2, stretching)
        if proof is None:
            raise Refused("the password is wrong, or there is no such user")
        keys = Keys(proof["sessionKey"])
        text = f"login\t{PORT_OF_NO_UPLOADS}\tpython-interop"
        box = seal(keys.to_index, 0, keys.header(0), text.encode())
        fields = [cookie, proof["finishLoginRequest"], to_base64url(box)]
        datagram = " ".join(["BT2/login", *fields]).encode()
        expect_success(index.exchange(lambda: datagram, lambda it: keys.reply(0, it)))
        return cls(index, keys)

    def ask(self, *fields: str) -> list[list[str]]:
        """The lines of the reply to a request, each as its fields."""
        self.number += 1
        datagram = self.keys.message(self.number, "\t".join(fields))
        take = lambda incoming: self.keys.reply(self.number, incoming)
        return expect_success(self.index.exchange(lambda: datagram, take))

    def search(self, text: str):
        """All that a search finds, page after page."""
        after: list[str] = []
        while True:
            head, *rows = self.ask("sch", text, *after)
            for row in rows:
                name, size, file_id = (row + ["", ""])[:3]
                yield {"name": name, "size": int(size) if size else None, "id": file_id or None}
            if head[1] == "0":
                return
            reached = head[2] if len(head) > 2 else rows[-1][0]
            if after and reached.encode("utf-16-be") <= after[0].encode("utf-16-be"):
                raise Refused("a list that does not go on")
            after = [reached]


def challenge(index: Index, user: str, ke1: str) -> list[str]:
    """Proves the address, and returns cookie, ke2 and stretching."""
    token: list[str] = []

    def send() -> bytes:
        return " ".join(["BT2/hello", user, ke1, *token]).encode().ljust(DATAGRAM_BYTES)

    def take(datagram: bytes):
        kind, *fields = datagram.decode(errors="replace").split(" ")
        if kind == "BT2/retry" and len(fields) == 1 and fields != token:
            token[:] = fields
            return AGAIN
        if kind == "BT2/busy":
            raise Refused(f"too many attempts: try again in {fields[0]} s")
        is_challenge = kind == "BT2/challenge" and len(fields) == 3 and fields[2] in STRETCHING
        return fields if is_challenge else None

    return index.exchange(send, take)


def expect_success(text: str) -> list[list[str]]:
    lines = [line.split("\t") for line in text.split("\n")]
    if lines[0][0] != "200":
        raise Refused(" ".join(lines[0]))
    return lines


def check(folder: str) -> int:
    """Checks this client's cryptography by the vectors, and returns how many there were."""
    def read(name: str) -> list[dict]:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return json.load(file)["vectors"]

    sessions, boxes = read("session_keys.json"), read("boxes.json")
    for vector in sessions:
        keys = Keys(vector["sessionKey"])
        assert to_base64url(keys.session) == vector["session"], vector
        for name in ("to_index", "to_client", "tickets"):
            assert getattr(keys, name).hex() == vector["keys"][name], vector
    for vector in boxes:
        key, header, box = (bytes.fromhex(vector[name]) for name in ("key", "header", "box"))
        text = bytes.fromhex(vector["text"])
        assert seal(key, vector["number"], header, text) == box, vector
        assert unseal(key, vector["number"], header, box) == text, vector
        assert unseal(key, vector["number"] + 1, header, box) is None, vector
    return len(sessions) + len(boxes)


def main(arguments: list[str]) -> None:
    if arguments[0] == "check":
        print(check(arguments[1]), "vectors")
        return
    _, host, port, user, text, _, *command = arguments
    opaque = Opaque(command, os.environ["BITTRICKLE_PASSWORD"])
    session = Session.log_in(Index(host, int(port)), user, opaque)
    for found in session.search(text):
        print(json.dumps(found))
    session.ask("bye")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as refusal:
        sys.exit(str(refusal))
