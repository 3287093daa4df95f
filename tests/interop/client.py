"""A client of protocol 2, written from docs/protocol.md and its test vectors alone.

    client.py check FOLDER                                   the vectors in FOLDER
    client.py key HOST PORT USER -- COMMAND...               the index's signing key
    client.py sch HOST PORT USER SEARCH -- COMMAND...        one JSON object for each name found
    client.py roam HOST PORT USER SEARCH -- COMMAND...       the same, each page from another port

The password is in BITTRICKLE_PASSWORD, the signing key of the index in BITTRICKLE_SIGNING_KEY if it
is known. COMMAND computes OPAQUE: see opaque.ts. This client serves no files, keeps no pins, and is
for tests only.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time

from sealed import Keys, echo_of, is_signed, login_key, seal_text, to_base64url, welcome
from vectors import check

DATAGRAM_BYTES = 1200
WAITS = [0.1, 0.15, 0.2] + [0.25] * 18 + [0.05]
PORT_OF_NO_UPLOADS = 65535
STRETCHING = {
    "light": {"argon2id-custom": {"iterations": 1, "memory": 64, "parallelism": 1}},
    "strong": "memory-constrained",
}
SERVER = "BitTrickle 2"
LOGIN_HEADER = b"BT2/login"
MOST_CHALLENGES = 2
AGAIN = object()


class Refused(Exception):
    """The index said no, or nothing."""


class NoAnswer(Refused):
    """The index said nothing."""


class Index:
    """The index, as seen from one socket."""

    def __init__(self, host: str, port: int) -> None:
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)
        self.address = (host, port)

    def move(self) -> None:
        """Goes on at another port of this machine."""
        self.socket.close()
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)

    def exchange(self, send, take):
        """Sends until `take` makes something of what comes; at once if that is AGAIN."""
        for wait in WAITS:
            taken = AGAIN
            while taken is AGAIN:
                self.socket.sendto(send(), self.address)
                taken = self._receive(time.monotonic() + wait, take)
            if taken is not None:
                return taken
        raise NoAnswer("no answer")

    def _receive(self, deadline: float, take):
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            with contextlib.suppress(TimeoutError):
                datagram, sender = self.socket.recvfrom(DATAGRAM_BYTES + 1)
                taken = take(datagram) if sender[:2] == self.address else None
                if taken is not None:
                    return taken
        return None


class Opaque:
    """The client's half of OPAQUE, computed by a child process for each step."""

    def __init__(self, command: list[str], user: str, password: str) -> None:
        self.command, self.password = command, password
        self.identifiers = {"client": user, "server": SERVER}
        begun = self._call("startLogin", {})
        self.state, self.ke1 = begun["clientLoginState"], begun["startLoginRequest"]

    def finish(self, ke2: str, stretching: str) -> dict | None:
        stretched = {
            "loginResponse": ke2,
            "keyStretching": STRETCHING[stretching],
            "identifiers": self.identifiers,
        }
        return self._call("finishLogin", {"clientLoginState": self.state, **stretched})

    def _call(self, step: str, parameters: dict):
        call = {"step": step, "parameters": {"password": self.password, **parameters}}
        return json.loads(subprocess.check_output(self.command, input=json.dumps(call), text=True))


class Attempt:
    """One attempt to log in: what is made of the answers to a hello."""

    def __init__(self, user: str, opaque: Opaque, signing_key: str | None) -> None:
        self.user, self.opaque, self.signing_key = user, opaque, signing_key
        self.echo, self.token = echo_of(opaque.ke1), None
        self.tried: list[str] = []
        self.failure = "no answer"

    def hello(self) -> bytes:
        token = [self.token] if self.token else []
        fields = ["BT2/hello", self.user, self.opaque.ke1, *token]
        return " ".join(fields).encode().ljust(DATAGRAM_BYTES)

    def take(self, datagram: bytes):
        """The proof that a challenge makes possible, with the challenge itself."""
        kind, *fields = datagram.decode(errors="replace").split(" ")
        if not fields or fields[0] != self.echo:
            return None
        if kind == "BT2/retry" and len(fields) == 2 and fields[1] != self.token:
            self.token = fields[1]
            return AGAIN
        if kind == "BT2/busy" and len(fields) == 3 and self.is_trusted(kind, fields):
            return self.fail(f"too many attempts: try again in {fields[1]} s", self.signing_key)
        is_challenge = kind == "BT2/challenge" and len(fields) == 5 and fields[3] in STRETCHING
        if is_challenge and fields[2] not in self.tried and self.is_trusted(kind, fields):
            return self.prove(*fields)
        return None

    def prove(self, _echo: str, cookie: str, ke2: str, stretching: str, signature: str):
        self.tried.append(ke2)
        proof = self.opaque.finish(ke2, stretching)
        if proof is None:
            is_sure = self.signing_key or len(self.tried) == MOST_CHALLENGES
            return self.fail("the password is wrong, or there is no such user", is_sure)
        fields = [self.echo, cookie, ke2, stretching, signature]
        return proof, cookie, lambda key: self.is_signed(key, "BT2/challenge", fields)

    def fail(self, failure: str, is_sure) -> None:
        """Anybody may have made what is not signed: the rest of the wait is for the true answer."""
        self.failure = failure
        if is_sure:
            raise Refused(failure)

    def is_trusted(self, kind: str, fields: list[str]) -> bool:
        is_trusted = not self.signing_key or self.is_signed(self.signing_key, kind, fields)
        if not is_trusted:
            self.failure = "somebody else has answered"
        return is_trusted

    def is_signed(self, key: str, kind: str, fields: list[str]) -> bool:
        *signed, signature = fields
        return is_signed(key, " ".join([kind, self.user, self.opaque.ke1, self.token, *signed]), signature)


class Session:
    """A session: requests under rising numbers."""

    def __init__(self, index: Index, keys: Keys, reset_value: str, signing_key: str) -> None:
        self.index, self.keys, self.number = index, keys, 0
        name = to_base64url(keys.session)
        self.reset = f"BT2/reset {name} {reset_value}".encode()
        self.signing_key = signing_key

    @classmethod
    def log_in(cls, index: Index, user: str, opaque: Opaque, known: str | None) -> "Session":
        attempt = Attempt(user, opaque, known)
        try:
            proof, cookie, is_signed_by = index.exchange(attempt.hello, attempt.take)
        except NoAnswer:
            raise Refused(attempt.failure) from None
        session_key = proof["sessionKey"]
        text = f"login\t-\t{PORT_OF_NO_UPLOADS}\t{PORT_OF_NO_UPLOADS}\tpython-interop"
        box = to_base64url(seal_text(login_key(session_key), 0, LOGIN_HEADER, text))
        datagram = " ".join(["BT2/login", cookie, proof["finishLoginRequest"], box]).encode()
        keys, text = index.exchange(lambda: datagram, lambda it: welcome(session_key, it))
        (_, _clock, reset_value, signing_key, *_), *_ = expect_success(text)
        if not is_signed_by(signing_key):
            raise Refused("the challenge was not signed by the index")
        return cls(index, keys, reset_value, signing_key)

    def ask(self, *fields: str) -> list[list[str]]:
        """The lines of the reply to a request, each as its fields."""
        text = self.exchange("\t".join(fields))
        while text.startswith("425\t"):
            answer = self.exchange("\t".join(["move", text.split("\t")[1]]))
            text = self.exchange("\t".join(fields)) if answer == "200" else answer
        return expect_success(text)

    def exchange(self, text: str) -> str:
        self.number += 1
        datagram = self.keys.message(self.number, text)
        return self.index.exchange(lambda: datagram, self.take)

    def take(self, datagram: bytes) -> str | None:
        if datagram == self.reset:
            raise Refused("the session is over")
        return self.keys.reply(self.number, datagram)

    def search(self, text: str, is_roaming: bool = False):
        """All that a search finds, page after page."""
        after: list[str] = []
        while True:
            if is_roaming:
                self.index.move()
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


def expect_success(text: str) -> list[list[str]]:
    lines = [line.split("\t") for line in text.split("\n")]
    if lines[0][0] != "200":
        raise Refused(" ".join(lines[0]))
    return lines


def main(arguments: list[str]) -> None:
    verb, *rest = arguments
    if verb == "check":
        print(check(rest[0]), "vectors")
        return
    split = rest.index("--")
    (host, port, user, *text), command = rest[:split], rest[split + 1:]
    opaque = Opaque(command, user, os.environ["BITTRICKLE_PASSWORD"])
    known = os.environ.get("BITTRICKLE_SIGNING_KEY")
    session = Session.log_in(Index(host, int(port)), user, opaque, known)
    if verb == "key":
        print(session.signing_key)
    for found in session.search(*text, is_roaming=verb == "roam") if text else []:
        print(json.dumps(found))
    session.ask("bye")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Refused as refusal:
        sys.exit(str(refusal))
