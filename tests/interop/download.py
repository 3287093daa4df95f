"""Fetches a content, piece by piece from all its sources, and keeps what it has proven."""

import os, re, socket
from collections import Counter, namedtuple

from hash_tree import HASH, PIECE, Content, cut, id_of
from index import Refused
from transfer import HANDSHAKE_SECONDS, Channel, tls

MOST_REPLY_BYTES, MOST_BITS, ROUNDS = 64, 1 << 18, 3
Row = namedtuple("Row", "ip port user name size id label ticket part other_ip", defaults=[""] * 7)


class Source(Channel):
    """A connection to a source, whose requests are answered one after the other."""

    def __init__(self, row: Row, context) -> None:
        plain = socket.create_connection((row.ip, row.port), HANDSHAKE_SECONDS)
        super().__init__(context, plain, server_hostname=f"{row.label}.bittrickle.invalid")
        self.user, self.ticket = row.user, [row.ticket]

    def ask(self, limit: int, *words) -> list[bytes]:
        """The records of the answer to a request, each of up to `limit` bytes."""
        self.send(" ".join(map(str, [*words, *self.ticket])))
        self.ticket, reply = [], "429 "
        while reply.startswith("429 "):
            reply = self.receive(MOST_REPLY_BYTES).decode()
        if not re.fullmatch(r"200 \d+", reply):
            raise Refused(f"the source answers {reply}")
        return [self.receive(limit) for _ in range(int(reply[4:]))]

    def pieces(self, count: int) -> set[int]:
        """Those that it has of the first `count`."""
        bits, = self.ask(MOST_BITS // 8, "have", 0, min(count, MOST_BITS))
        return {i for i in range(count) if bits[i // 8] & 0x80 >> i % 8}


class Download:
    """What is there of a content, in a part file."""

    def __init__(self, content: Content, path: str, authority: bytes) -> None:
        self.content, self.path, self.part = content, path, path + ".part"
        self.context = tls(is_server=False)
        self.context.load_verify_locations(cadata=authority)
        self.file = open(os.open(self.part, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self.layer, self.missing = [], set(range(content.pieces))
        self.came_from, self.failures = Counter(), []

    def run(self, rows) -> None:
        """Fetches from the sources that `rows` tells, again if some is missing."""
        for _ in range(ROUNDS if self.missing else 0):
            steps = [self._steps(row) for row in rows()]
            while steps:
                steps = [step for step in steps if next(step, None)]
        if self.missing:
            raise Refused("no source gives the rest: " + "; ".join(self.failures))

    def keep(self) -> None:
        """Gives the file its name, in the place of no other."""
        self.file.truncate(self.content.size)
        os.fsync(self.file)
        os.link(self.part, self.path)
        os.unlink(self.part)

    def _steps(self, row: Row):
        """At each step, fetches a piece that is missing from a source, while it has one."""
        try:
            source = Source(row, self.context)
            with source.connection, source.stream:
                self._learn_layer(source)
                has = source.pieces(self.content.pieces)
                while (piece := min(self.missing & has, default=None)) is not None:
                    self._fetch(piece, source)
                    yield True
        except (OSError, ValueError, Refused) as error:
            self.failures.append(f"{row.user}: {error}")

    def _learn_layer(self, source: Source) -> None:
        """The first layer that is right tells which pieces an earlier download has left here."""
        layer = cut(b"".join(source.ask(PIECE, "layer")), HASH)
        if len(layer) != self.content.pieces or id_of(layer) != self.content.id:
            raise Refused("it sends wrong hashes")
        if not self.layer:
            self.layer = layer
            there = ((piece, self.content.read(self.file, piece)) for piece in self.missing)
            self.missing -= {piece for piece, data in there if self._is_right(piece, data)}

    def _fetch(self, piece: int, source: Source) -> None:
        data, = source.ask(PIECE, "pieces", piece, 1)
        if not self._is_right(piece, data):
            source.ask(0, "bad", piece)
            raise Refused(f"it sends a wrong piece {piece}")
        self.file.seek(piece * PIECE)
        self.file.write(data)
        self.missing.discard(piece)
        self.came_from[source.user] += 1

    def _is_right(self, piece: int, data: bytes) -> bool:
        return bool(data) and self.content.hash_piece(data) == self.layer[piece]
