"""Fetches a content from all its sources at once, and keeps what it has proven."""

import os
import re
import socket
import ssl
import threading
from collections import Counter, namedtuple
from concurrent.futures import ThreadPoolExecutor

from hash_tree import HASH, PIECE, Content, cut, id_of
from login import Refused
from transfer import HANDSHAKE_SECONDS, Channel, tls

MOST_REPLY_BYTES, MOST_BITS, MOST_IDLE_ROUNDS = 64, 1 << 18, 3
Row = namedtuple("Row", "ip port user name size id label ticket part other_ip", defaults=[""] * 7)


class Source(Channel):
    """A connection to a source, whose requests are answered one after the other."""

    def __init__(self, row: Row, context: ssl.SSLContext) -> None:
        super().__init__(context, connect(row), server_hostname=f"{row.label}.bittrickle.invalid")
        self.ticket = [row.ticket]

    def ask(self, limit: int, *words) -> list[bytes]:
        """The records of the answer to a request."""
        self.send(" ".join(map(str, [*words, *self.ticket])))
        self.ticket, reply = [], "429 "
        while reply.startswith("429 "):
            reply = self.receive(MOST_REPLY_BYTES).decode()
        if not re.fullmatch(r"200 \d+", reply):
            raise Refused(f"the source answers {reply}")
        return [self.receive(limit) for _ in range(int(reply[4:]))]


def connect(row: Row) -> socket.socket:
    try:
        return socket.create_connection((row.ip, row.port), HANDSHAKE_SECONDS)
    except OSError:
        return socket.create_connection((row.other_ip or row.ip, row.port), HANDSHAKE_SECONDS)


class Download:
    """What is there of a content, in a part file."""

    def __init__(self, content: Content, path: str, authority: bytes) -> None:
        self.content, self.path, self.part = content, path, path + ".part"
        self.context = tls(ssl.PROTOCOL_TLS_CLIENT)
        self.context.load_verify_locations(cadata=authority)
        self.file = os.open(self.part, os.O_RDWR | os.O_CREAT, 0o600)
        self.lock, self.layer = threading.Lock(), []
        self.missing, self.came_from = set(range(content.pieces)), Counter()
        self.failures: list[str] = []

    def run(self, rows) -> None:
        """Fetches from the sources that `rows` tells, again and again, until all is there."""
        idle = 0
        while self.missing and idle < MOST_IDLE_ROUNDS:
            before = len(self.missing)
            with ThreadPoolExecutor() as threads:
                list(threads.map(self._fetch_from, rows()))
            idle = idle + 1 if len(self.missing) == before else 0
        if self.missing:
            raise Refused("no source gives the rest: " + "; ".join(self.failures))

    def keep(self) -> None:
        """Gives the file its name, in the place of no other."""
        os.ftruncate(self.file, self.content.size)
        os.fsync(self.file)
        os.link(self.part, self.path)
        os.unlink(self.part)

    def _fetch_from(self, row: Row) -> None:
        try:
            with Source(row, self.context) as source:
                self._learn_layer(source)
                has = self._pieces_of(source)
                while (piece := self._take(has)) is not None:
                    self._fetch(piece, source, row.user)
        except (OSError, ValueError, Refused) as error:
            self.failures.append(f"{row.user}: {error}")

    def _learn_layer(self, source: Source) -> None:
        layer = cut(b"".join(source.ask(PIECE, "layer")), HASH)
        if len(layer) != self.content.pieces or id_of(layer) != self.content.id:
            raise Refused("it sends wrong hashes")
        with self.lock:
            if not self.layer:
                self.layer = layer
                self.missing -= {piece for piece in self.missing if self._is_there(piece)}

    def _pieces_of(self, source: Source) -> set[int]:
        has: set[int] = set()
        for first in range(0, self.content.pieces, MOST_BITS):
            count = min(MOST_BITS, self.content.pieces - first)
            bits, = source.ask(MOST_BITS // 8, "have", first, count)
            has |= {first + i for i in range(count) if bits[i // 8] & 0x80 >> i % 8}
        return has

    def _take(self, has: set[int]) -> int | None:
        with self.lock:
            piece = min(self.missing & has, default=None)
            self.missing.discard(piece)
            return piece

    def _fetch(self, piece: int, source: Source, user: str) -> None:
        try:
            data, = source.ask(PIECE, "pieces", piece, 1)
            if not self._is_right(piece, data):
                source.ask(0, "bad", piece)
                raise Refused(f"it sends a wrong piece {piece}")
            os.pwrite(self.file, data, piece * PIECE)
            self.came_from[user] += 1
        except BaseException:
            self.missing.add(piece)
            raise

    def _is_there(self, piece: int) -> bool:
        data = os.pread(self.file, self.content.piece_bytes(piece), piece * PIECE)
        return self._is_right(piece, data)

    def _is_right(self, piece: int, data: bytes) -> bool:
        is_whole = len(data) == self.content.piece_bytes(piece)
        return is_whole and self.content.hash_piece(data) == self.layer[piece]
