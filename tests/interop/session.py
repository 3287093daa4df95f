"""A session with the index: requests under rising numbers, lists page by page, and its clock."""

import itertools
import threading
import time

from login import Attempt, Index, Refused, log_in
from sealed import to_base64url

MOST_MOVES, BUSY_SECONDS = 4, 10


class Over(Refused):
    """The index does not know the session any more."""


class Session:
    """Runs one request at a time, and heartbeats beside one that takes long."""

    def __init__(self, index: Index, attempt: Attempt, share: str, port: int) -> None:
        self.index, self.number, self.withdrawals = index, 0, 0
        self.lock, self.ended = threading.Lock(), threading.Event()
        asked = now()
        self.keys, text = log_in(index, attempt, "login", share, str(port), str(port), "python")
        (_, clock, reset_value, self.signing_key, *_), *_ = lines_of(text)
        self.reset = f"BT2/reset {to_base64url(self.keys.session)} {reset_value}".encode()
        self.ahead = int(clock) - asked
        self._set_clock(int(clock), asked)

    def ask(self, *fields: str) -> list[list[str]]:
        """The lines of the reply to a request, each as its fields."""
        request, end = "\t".join(fields).rstrip("\t"), now() + BUSY_SECONDS * 1000
        with self.lock:
            while (text := self._answer(request)).startswith("429") and now() < end:
                time.sleep(0.1)
        return lines_of(text)

    def pages(self, request):
        """The rows of a list; `request` makes its fields from the place where to go on."""
        after, last = "", b""
        while True:
            (_, left, *cursor), *rows = self.ask(*request(after))
            order = [last, *(row[0].encode("utf-16-be") for row in rows)]
            reached = cursor[0] if cursor else rows[-1][0] if rows else after
            if order != sorted(order) or left != "0" and reached == after:
                raise Refused("a list that does not go on")
            yield from rows
            if left == "0":
                return
            after, last = reached, order[-1]

    def heartbeat(self) -> bool:
        """Says that the user is there; whether names were withdrawn by other sessions meanwhile."""
        asked, known = now(), self.withdrawals
        _, clock, withdrawals, *_ = (*self.ask("heartbeat")[0], "", "")
        if clock:
            self._set_clock(int(clock), asked)
        self.withdrawals = int(withdrawals or 0)
        return self.withdrawals != known

    def leave(self) -> None:
        self.ended.set()
        self.ask("bye")

    def index_time(self) -> float:
        """What the index's clock shows now, in ms."""
        return now() + self.ahead

    def _set_clock(self, clock: int, asked: float) -> None:
        """The index read its clock after it was asked and before now."""
        self.ahead = min(max(self.ahead, clock - now()), clock - asked)

    def _answer(self, request: str) -> str:
        number = self._next_number()
        for _ in range(MOST_MOVES):
            text = self._exchange(number, request)
            if not text.startswith("425\t"):
                return text
            self._answer("move\t" + text.split("\t")[1])
        raise Refused("the index does not believe where this client is")

    def _exchange(self, number: int, request: str) -> str:
        datagram, sendings = self.keys.message(number, request), itertools.count(1)

        def make() -> bytes:
            sending = next(sendings)
            if sending >= 3 and sending % 2:
                self.index.send(self.keys.message(self._next_number(), "heartbeat"))
            return datagram

        def take(datagram: bytes) -> str | None:
            if datagram == self.reset:
                raise Over("the session is over")
            return self.keys.reply(number, datagram)

        return self.index.exchange(make, take)

    def _next_number(self) -> int:
        self.number += 1
        return self.number


def now() -> float:
    return time.monotonic() * 1000


def lines_of(text: str) -> list[list[str]]:
    """The fields of each line of a reply that says yes."""
    lines = [line.split("\t") for line in text.split("\n")]
    if lines[0][0] != "200":
        raise Refused(" ".join(lines[0]))
    return lines
