"""How a client logs in: OPAQUE, computed by another program, in datagrams to and from the index."""

import json
import select
import socket
import subprocess
import time

from sealed import Keys, echo_of, is_signed, login_key, seal_text, to_base64url

DATAGRAM_BYTES = 1200
WAITS = [0.1, 0.15, 0.2] + [0.25] * 18 + [0.05]
STRETCHING = {
    "light": {"argon2id-custom": {"iterations": 1, "memory": 64, "parallelism": 1}},
    "strong": "memory-constrained",
}
LOGIN_HEADER = b"BT2/login"
MOST_CHALLENGES, MOST_HASTY_TOKENS, MOST_TOKENS = 2, 8, 4
AGAIN = object()


class Refused(Exception):
    """Somebody said no, or nothing."""


class Index:
    """The index, as seen from one port of this machine; it may answer from any of its addresses."""

    def __init__(self, host: str, port: int) -> None:
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.address = (host, port)
        self.move()

    def move(self) -> None:
        """Goes on at another port."""
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, self.address)

    def exchange(self, make, take):
        """Sends what `make` makes until `take` takes something; at once if that is AGAIN."""
        for wait in WAITS:
            self.send(make())
            end = time.monotonic() + wait
            while (left := end - time.monotonic()) > 0:
                if not select.select([self.socket], [], [], left)[0]:
                    break
                taken = take(self.socket.recv(DATAGRAM_BYTES + 1))
                if taken is AGAIN:
                    self.send(make())
                elif taken is not None:
                    return taken
        raise Refused("no answer")


class Attempt:
    """One attempt to log in: what is made of the answers to its hello."""

    def __init__(self, command: list[str], user: str, password: str, signing_key: str) -> None:
        self.command, self.user, self.password = command, user, password
        begun = self._opaque("startLogin")
        self.ke1, self.state = begun["startLoginRequest"], begun["clientLoginState"]
        self.echo, self.signing_key = echo_of(self.ke1), signing_key
        self.tokens, self.tried, self.failure = [], [], "no answer"

    def _opaque(self, step: str, **parameters) -> dict | None:
        call = {"step": step, "parameters": {"password": self.password, **parameters}}
        return json.loads(subprocess.check_output(self.command, input=json.dumps(call), text=True))

    def hello(self) -> bytes:
        fields = ["BT2/hello", self.user, self.ke1, *self.tokens[-1:]]
        return " ".join(fields).encode().ljust(DATAGRAM_BYTES)

    def take(self, datagram: bytes):
        """What a challenge proves, with that challenge."""
        answer = datagram.decode(errors="replace").split(" ")
        match answer:
            case ["BT2/retry", self.echo, token] if token not in self.tokens[-MOST_TOKENS:]:
                self.tokens.append(token)
                return AGAIN if len(self.tokens) <= MOST_HASTY_TOKENS else None
            case ["BT2/busy", self.echo, seconds, _] if self._is_trusted(answer):
                self._fail(f"too many attempts: try again in {seconds} s")
            case ["BT2/challenge", self.echo, _, ke2, "light" | "strong" as stretching, _] if (
                ke2 not in self.tried and len(self.tried) < MOST_CHALLENGES
                and self._is_trusted(answer)
            ):
                self.tried.append(ke2)
                proof = self._opaque(
                    "finishLogin", clientLoginState=self.state, loginResponse=ke2,
                    keyStretching=STRETCHING[stretching],
                    identifiers={"client": self.user, "server": "BitTrickle 2"})
                if proof:
                    return proof, answer
                self._fail("the password is wrong, or there is no such user")

    def _fail(self, failure: str) -> None:
        """Anybody may have made what is not signed: the rest of the wait is for the true answer."""
        self.failure = failure
        if self.signing_key:
            raise Refused(failure)

    def _is_trusted(self, answer: list[str]) -> bool:
        is_trusted = not self.signing_key or self.is_signed(self.signing_key, answer)
        if not is_trusted:
            self.failure = "somebody else has answered"
        return is_trusted

    def is_signed(self, key: str, answer: list[str]) -> bool:
        kind, *signed, signature = answer
        hellos = ([kind, self.user, self.ke1, token] for token in self.tokens[-MOST_TOKENS:])
        return any(is_signed(key, " ".join([*hello, *signed]), signature) for hello in hellos)


def log_in(index: Index, attempt: Attempt, *fields: str) -> tuple[Keys, str]:
    """The keys of a new session, and the text of the welcome; `fields` are those of the login."""
    try:
        proof, challenge = index.exchange(attempt.hello, attempt.take)
    except Refused:
        raise Refused(attempt.failure) from None
    session_key = proof["sessionKey"]
    box = to_base64url(seal_text(login_key(session_key), 0, LOGIN_HEADER, "\t".join(fields)))
    datagram = " ".join(["BT2/login", challenge[2], proof["finishLoginRequest"], box]).encode()

    def take(datagram: bytes) -> tuple[Keys, str] | None:
        keys = Keys(session_key, datagram[5:21])
        text = keys.welcome(datagram)
        return (keys, text) if text else None

    keys, text = index.exchange(lambda: datagram, take)
    if text.startswith("200\t") and not attempt.is_signed(text.split("\t")[3], challenge):
        raise Refused("the challenge was not signed by the index")
    return keys, text
