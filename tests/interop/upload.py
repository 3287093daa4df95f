"""Serves contents to those who show a ticket of the index."""

import contextlib
import re
import socket
import ssl
import threading
from collections import Counter, deque

from hash_tree import PIECE, Content, cut
from transfer import Channel, tls

MOST_REQUEST_BYTES, MOST_PIECES, MOST_BITS, END_OF_PIECES = 1119, 16, 1 << 18, 1 << 20
TICKET_SECONDS, TICKET_COVERS_MS, LATELY = 5, 300_000, 32
N = r"(?:0|[1-9]\d{0,7})"
VERB = rf"layer|(?:pieces|have) {N} {N}|bad {N}|choice {N}(?:,{N}){{0,63}}"
REQUEST = re.compile(rf"({VERB})(?: ([\w-]{{1,600}}))?", re.ASCII)


def parse(request: str) -> tuple[str, list[int] | range, str | None]:
    """Verb, pieces and ticket of a request; ValueError if nobody may send it."""
    text, ticket = getattr(REQUEST.fullmatch(request), "groups", lambda: ("malformed", None))()
    verb, *words = re.split("[ ,]", text)
    numbers = [int(word) for word in words]
    is_range = verb in ("pieces", "have")
    end = sum(numbers) if is_range else max(numbers, default=0) + 1
    pieces = range(numbers[0], min(end, END_OF_PIECES)) if is_range else numbers
    if (
        verb == "malformed" or end > END_OF_PIECES or len(set(pieces)) < len(pieces)
        or is_range and not pieces or verb == "have" and len(pieces) > MOST_BITS
    ):
        raise ValueError("a malformed request")
    return verb, pieces, ticket


class ServedFile:
    """A file, and how often each of its pieces was given."""

    def __init__(self, path: str, content: Content, layer: list[bytes]) -> None:
        self.path, self.content, self.layer, self.given = path, content, layer, Counter()

    def read(self, piece: int) -> bytes | None:
        """A piece, if it still is what was published."""
        with contextlib.suppress(OSError), open(self.path, "rb") as file:
            file.seek(piece * PIECE)
            data = file.read(self.content.piece_bytes(piece))
            return data if self.content.hash_piece(data) == self.layer[piece] else None


class UploadPort:
    """Listens for downloaders. `file_of` tells the file of a content."""

    def __init__(self, host: str, family: int, file_of) -> None:
        self.file_of, self.session, self.context = file_of, None, tls(ssl.PROTOCOL_TLS_SERVER)
        self.listener = socket.create_server((host, 0), family=family)
        self.number = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            plain, _ = self.listener.accept()
            threading.Thread(target=self._serve, args=[plain], daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), Upload(self, plain) as upload:
            upload.run()


class Upload(Channel):
    """One connection of a downloader."""

    def __init__(self, port: UploadPort, plain: socket.socket) -> None:
        super().__init__(port.context, plain, server_side=True)
        self.port, self.ticket, self.given = port, None, deque(maxlen=LATELY)
        end = [self.connection, socket.SHUT_RDWR]
        self.patience = threading.Timer(TICKET_SECONDS, socket.socket.shutdown, end)
        self.patience.start()

    def run(self) -> None:
        is_good = True
        while is_good:
            answer = self._answer(*parse(self.receive(MOST_REQUEST_BYTES).decode()))
            is_refusal = isinstance(answer, int)
            self.send(*[str(answer)] if is_refusal else [f"200 {len(answer)}", *answer])
            is_good = self.ticket is not None
            self.connection.settimeout(None)

    def _answer(self, verb: str, pieces, ticket: str | None) -> list[bytes] | int:
        """The records that answer a request, or the code of a refusal."""
        now = self.port.session.index_time()
        if ticket and not self._accept(ticket, now):
            return 403
        if not self.ticket or now > self.ticket[0] + TICKET_COVERS_MS:
            return 403
        file = self.port.file_of(Content(*self.ticket[1:3]))
        return self._records(file, verb, pieces) if file else 404

    def _accept(self, ticket: str, now: float) -> bool:
        opened = self.port.session.keys.ticket(ticket)
        if not opened or now > opened[0] or self.ticket and self.ticket[3] != opened[3]:
            return False
        self.ticket = opened
        self.patience.cancel()
        return True

    def _records(self, file: ServedFile, verb: str, pieces) -> list[bytes] | int:
        if verb == "layer":
            return cut(b"".join(file.layer), PIECE)
        if verb == "have":
            bits = "".join("01"[piece < file.content.pieces] for piece in pieces)
            return [bytes(int(byte.ljust(8, "0"), 2) for byte in cut(bits, 8))]
        if max(pieces) >= file.content.pieces or len(pieces) > MOST_PIECES and verb == "pieces":
            return 400
        if verb == "bad":
            return self._look_again(file, *pieces)
        if verb == "choice":
            pieces = [min(pieces, key=lambda piece: file.given[piece])]
        records = [self._give(file, piece) for piece in pieces]
        if None in records:
            return 410
        return [pieces[0].to_bytes(4, "big"), *records] if verb == "choice" else records

    def _look_again(self, file: ServedFile, piece: int) -> list[bytes] | int:
        if piece not in self.given:
            return 400
        self.given.remove(piece)
        return [] if file.read(piece) else 410

    def _give(self, file: ServedFile, piece: int) -> bytes | None:
        self.given.append(piece)
        file.given[piece] += 1
        return file.read(piece)
