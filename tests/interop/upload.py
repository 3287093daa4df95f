"""Serves the files of a folder to those who show a ticket of the index."""

import contextlib, pathlib, re, socket, ssl, tempfile, threading, unicodedata
from collections import Counter

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat)

from hash_tree import PIECE, Content, cut, hash_file
from index import Refused, now
from sealed import from_base64url, to_base64url
from transfer import Channel, tls

MOST_REQUEST_BYTES, MOST_PIECES, MOST_BITS, END_OF_PIECES = 1119, 16, 1 << 18, 1 << 20
TICKET_SECONDS, TICKET_COVERS_MS = 5, 300_000
N = r"(?:0|[1-9]\d{0,7})"
VERB = rf"layer|(?:pieces|have) {N} {N}|bad {N}|choice {N}(?:,{N}){{0,63}}"
REQUEST = re.compile(rf"({VERB})(?: ([\w-]{{1,600}}))?", re.ASCII)


def parse(request: str) -> tuple[str, list[int] | range, str | None]:
    """Verb, pieces and ticket of a request; ValueError if nobody may send it."""
    matched = REQUEST.fullmatch(request)
    verb, *words = re.split("[ ,]", matched[1] if matched else "malformed")
    numbers, is_range = [int(word) for word in words], verb in ("pieces", "have")
    pieces = range(numbers[0], sum(numbers)) if is_range else numbers
    last = sum(numbers) - 1 if is_range else max(numbers, default=0)
    if (not matched or last >= END_OF_PIECES or is_range and not pieces
            or len(set(pieces)) < len(pieces) or verb == "have" and len(pieces) > MOST_BITS):
        raise ValueError("a malformed request")
    return verb, pieces, matched[2]


class Share:
    """A folder that is shared, and the port at which it is served."""

    def __init__(self, folder: str, name: str, family: int) -> None:
        self.folder, self.name, self.files, self.given = pathlib.Path(folder), name, {}, Counter()
        self.names = dict(self._scan())
        self.key, self.context = ec.generate_private_key(ec.SECP256R1()), tls(is_server=True)
        self.listener = socket.create_server(("", 0), family=family)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def publish(self, session) -> None:
        """Certifies the key for a session, and publishes what was in the folder, and no more."""
        spki = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._show(from_base64url(session.ask("cert", to_base64url(spki))[0][1]))
        self.session = session
        for name, content in self.names.items():
            session.ask("pub", name, str(content.size), content.id)
        for name, *_ in list(session.pages(lambda after: ("lpf", "", after, "share"))):
            if name not in self.names:
                session.ask("unp", name)

    def _scan(self):
        for path in self.folder.rglob("*"):
            name = unicodedata.normalize("NFC", path.relative_to(self.folder).as_posix())
            if path.is_file() and not re.search(r"(^|/)\.", name):
                with path.open("rb") as file:
                    content, layer = hash_file(file, path.stat().st_size)
                self.files[content] = path, layer
                yield name, content

    def _show(self, certificate: bytes) -> None:
        """Python takes keys and certificates from files only."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with tempfile.NamedTemporaryFile() as file:
            file.write(key + ssl.DER_cert_to_PEM_cert(certificate).encode())
            file.flush()
            self.context.load_cert_chain(file.name)

    def read(self, content: Content, piece: int) -> bytes:
        """A piece, if it still is what was published."""
        path, layer = self.files[content]
        with contextlib.suppress(OSError), path.open("rb") as file:
            if content.hash_piece(data := content.read(file, piece)) == layer[piece]:
                return data
        raise Refused("410")

    def _listen(self) -> None:
        while True:
            threading.Thread(target=self._serve, args=self.listener.accept(), daemon=True).start()

    def _serve(self, plain: socket.socket, _) -> None:
        with contextlib.suppress(OSError, ValueError), plain:
            Upload(self, plain).run()


class Upload(Channel):
    """One connection of a downloader."""

    def __init__(self, share: Share, plain: socket.socket) -> None:
        super().__init__(share.context, plain, server_side=True)
        self.share, self.ticket = share, None
        self.patience = threading.Timer(TICKET_SECONDS, self._hang_up)
        self.patience.start()

    def _hang_up(self) -> None:
        """Of TCP, below TLS, so that whoever waits for a record is told."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.connection, socket.SHUT_RDWR)

    def run(self) -> None:
        with self.connection, self.stream:
            while self._answer_next():
                self.connection.settimeout(None)

    def _answer_next(self) -> bool:
        """Whether the connection can be used on."""
        request = parse(self.receive(MOST_REQUEST_BYTES).decode())
        try:
            records = self._answer(*request)
            self.send(f"200 {len(records)}", *records)
        except Refused as refusal:
            self.send(str(refusal))
        return self.ticket is not None

    def _answer(self, verb: str, pieces, ticket: str | None) -> list[bytes]:
        """The records that answer a request; Refused with its code if there are none."""
        index_time = now() + self.share.session.ahead
        if ticket:
            self._accept(self.share.session.keys.ticket(ticket), index_time)
        if not self.ticket or index_time > self.ticket[0] + TICKET_COVERS_MS:
            raise Refused("403")
        content = Content(*self.ticket[1:3])
        if content not in self.share.files:
            raise Refused("404")
        return self._records(content, verb, pieces)

    def _accept(self, ticket: tuple | None, index_time: float) -> None:
        if not ticket or index_time > ticket[0] or self.ticket and self.ticket[3] != ticket[3]:
            raise Refused("403")
        self.ticket = ticket
        self.patience.cancel()

    def _records(self, content: Content, verb: str, pieces) -> list[bytes]:
        """What is asked for; nothing is queued, withheld or there in part."""
        if verb == "layer":
            return cut(b"".join(self.share.files[content][1]), PIECE)
        if verb == "have":
            bits = "".join("01"[piece < content.pieces] for piece in pieces)
            return [bytes(int(byte.ljust(8, "0"), 2) for byte in cut(bits, 8))]
        if max(pieces) >= content.pieces or len(pieces) > MOST_PIECES and verb == "pieces":
            raise Refused("400")
        if verb == "choice":
            pieces = [min(pieces, key=lambda piece: self.share.given[content, piece])]
        self.share.given.update((content, piece) for piece in pieces if verb != "bad")
        records = [self.share.read(content, piece) for piece in pieces]
        chosen = [pieces[0].to_bytes(4, "big")] if verb == "choice" else []
        return [] if verb == "bad" else chosen + records
