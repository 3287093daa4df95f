"""The index as a client sees it: login, requests under rising numbers, lists, and its clock."""

import itertools, json, socket, subprocess, threading, time
from select import select

from sealed import Keys, echo_of, from_base64url, hkdf, is_signed, seal_text, to_base64url

DATAGRAM_BYTES, NO_PORT, AGAIN = 1200, "65535", object()
WAITS = [0.1, 0.15, 0.2] + [0.25] * 18 + [0.05]
LIGHT = {"argon2id-custom": {"iterations": 1, "memory": 64, "parallelism": 1}}
STRETCHING = {"light": LIGHT, "strong": "memory-constrained"}
MOST_CHALLENGES, MOST_HASTY_TOKENS, MOST_TOKENS = 2, 8, 4


class Refused(Exception):
    """Somebody said no, or nothing."""


class Over(Refused):
    """The index does not know the session any more."""


class Index:
    """The index, as seen from one port of this machine; it may answer from any of its addresses."""

    def __init__(self, host: str, port: int) -> None:
        self.family, self.address = socket.AF_INET6 if ":" in host else socket.AF_INET, (host, port)
        self.move()

    def move(self) -> None:
        """Goes on at another port."""
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, self.address)

    def exchange(self, make, take, failure=lambda: "no answer"):
        """Sends what `make` makes until `take` takes something; at once if that is AGAIN."""
        for wait in WAITS:
            self.send(make())
            end = time.monotonic() + wait
            while (left := end - time.monotonic()) > 0 and select([self.socket], [], [], left)[0]:
                taken = take(self.socket.recv(DATAGRAM_BYTES + 1))
                if taken is AGAIN:
                    self.send(make())
                elif taken is not None:
                    return taken
        raise Refused(failure())


class Login:
    """One attempt to log in: what is made of the answers to its hello."""

    def __init__(self, command: list[str], user: str, password: str, signing_key: str) -> None:
        self.command, self.user, self.password = command, user, password
        self.begun, self.signing_key = self._opaque("startLogin"), signing_key
        self.ke1 = self.begun["startLoginRequest"]
        self.echo, self.tokens, self.tried, self.failure = echo_of(self.ke1), [""], [], "no answer"

    def _opaque(self, step: str, **parameters) -> dict | None:
        call = {"step": step, "parameters": {"password": self.password, **parameters}}
        return json.loads(subprocess.check_output(self.command, input=json.dumps(call), text=True))

    def run(self, index: Index, *fields: str) -> tuple[Keys, str]:
        """The keys of a new session, and the text of its welcome; `fields` are those of a login."""
        proof, challenge = index.exchange(self._hello, self._take, lambda: self.failure)
        key = hkdf(from_base64url(proof["sessionKey"]), b"", "BitTrickle 2 login", 32)
        box = to_base64url(seal_text(key, 0, b"BT2/login", "\t".join(fields)))
        login = " ".join(["BT2/login", challenge[2], proof["finishLoginRequest"], box]).encode()

        def take(welcome: bytes) -> tuple[Keys, str] | None:
            keys = Keys(proof["sessionKey"], welcome[5:21])
            return (keys, text) if (text := keys.welcome(welcome)) else None

        keys, text = index.exchange(lambda: login, take)
        if text.startswith("200\t") and not self._is_signed(challenge, text.split("\t")[3]):
            raise Refused("the challenge was not signed by the index")
        return keys, text

    def _hello(self) -> bytes:
        """With the newest token; the space where there is none is one of those that pad it."""
        return f"BT2/hello {self.user} {self.ke1} {self.tokens[-1]}".encode().ljust(DATAGRAM_BYTES)

    def _take(self, datagram: bytes):
        """What a challenge proves, with that challenge."""
        answer = datagram.decode(errors="replace").split(" ")
        match answer:
            case ["BT2/retry", self.echo, token] if token not in self.tokens[-MOST_TOKENS:]:
                self.tokens.append(token)
                return AGAIN if len(self.tokens) <= 1 + MOST_HASTY_TOKENS else None
            case [kind, self.echo, seconds, _] if self._is_signed(answer, self.signing_key):
                self._fail(f"the index is {kind.removeprefix('BT2/')}: try again in {seconds} s")
            case ["BT2/challenge", self.echo, _, ke2, "light" | "strong" as stretching, _] if (
                ke2 not in self.tried and self._is_signed(answer, self.signing_key)
            ):
                self.tried.append(ke2)
                proof = len(self.tried) <= MOST_CHALLENGES and self._opaque(
                    "finishLogin", clientLoginState=self.begun["clientLoginState"],
                    loginResponse=ke2, keyStretching=STRETCHING[stretching],
                    identifiers={"client": self.user, "server": "BitTrickle 2"})
                return (proof, answer) if proof else self._fail("wrong password, or no such user")

    def _fail(self, failure: str) -> None:
        """Anybody may have made what is not signed: the rest of the wait is for the true answer."""
        self.failure = failure
        if self.signing_key:
            raise Refused(failure)

    def _is_signed(self, answer: list[str], key: str | None) -> bool | None:
        """Whether it is signed by the key; without one, nobody can tell."""
        kind, *signed, signature = answer
        starts = (f"{kind} {self.user} {self.ke1} {it} " for it in self.tokens[-MOST_TOKENS:])
        if not key or any(is_signed(key, it + " ".join(signed), signature) for it in starts):
            return True
        self.failure = "somebody else has answered"


class Session:
    """Runs one request at a time, and heartbeats beside one that takes long."""

    def __init__(self, index: Index, login: Login, share: str, port: int) -> None:
        self.index, self.numbers = index, itertools.count(1)
        self.lock, asked = threading.Lock(), now()
        self.keys, text = login.run(index, "login", share, NO_PORT, str(port), "python")
        _, clock, reset_value, self.signing_key, *_ = lines_of(text)[0]
        self.reset = f"BT2/reset {to_base64url(self.keys.session)} {reset_value}".encode()
        self.ahead = int(clock) - asked

    def ask(self, *fields: str) -> list[list[str]]:
        """The lines of the reply to a request, each as its fields."""
        with self.lock:
            return lines_of(self._answer("\t".join(fields).rstrip("\t")))

    def pages(self, request):
        """The rows of a list; `request` makes its fields from the place where to go on."""
        after, last, left = "", b"", "1"
        while left != "0":
            (_, left, *cursor), *rows = self.ask(*request(after))
            order = [last, *(row[0].encode("utf-16-be") for row in rows)]
            reached = [*cursor, *(row[0] for row in rows[-1:]), after][0]
            if order != sorted(order) or left != "0" and reached == after:
                raise Refused("a list that does not go on")
            yield from rows
            after, last = reached, order[-1]

    def heartbeat(self) -> None:
        """The index reads its clock after it was asked and before it has answered."""
        asked = now()
        for clock in map(int, filter(None, self.ask("heartbeat")[0][1:2])):
            self.ahead = min(max(self.ahead, clock - now()), clock - asked)

    def _answer(self, request: str) -> str:
        """The reply to a request, once the index knows where this client is."""
        number = next(self.numbers)
        while (text := self._exchange(number, request)).startswith("425\t"):
            self._answer("move\t" + text.split("\t")[1])
        return text

    def _exchange(self, number: int, request: str) -> str:
        """A request that is sent again is not new to the index: heartbeats beside it are."""
        datagram, sendings = self.keys.message(number, request), itertools.count(1)

        def make() -> bytes:
            sending = next(sendings)
            if sending >= 3 and sending % 2:
                self.index.send(self.keys.message(next(self.numbers), "heartbeat"))
            return datagram

        def take(reply: bytes) -> str | None:
            if reply == self.reset:
                raise Over("the session is over")
            return self.keys.reply(number, reply)

        return self.index.exchange(make, take)


def now() -> float:
    return time.monotonic() * 1000


def lines_of(text: str) -> list[list[str]]:
    """The fields of each line of a reply that says yes."""
    lines = [line.split("\t") for line in text.split("\n")]
    if lines[0][0] != "200":
        raise Refused(" ".join(lines[0]))
    return lines
