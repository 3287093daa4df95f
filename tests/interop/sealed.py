"""Keys, boxes and signatures of protocol 2."""

import base64
import contextlib
import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

STEP = 64


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(secret: bytes, salt: bytes, info: str, length: int) -> bytes:
    """RFC 5869 with SHA-256, for one block of output."""
    key = hmac.digest(salt or bytes(32), secret, hashlib.sha256)
    return hmac.digest(key, info.encode() + b"\1", hashlib.sha256)[:length]


def seal(key: bytes, number: int, header: bytes, text: bytes) -> bytes:
    return ChaCha20Poly1305(key).encrypt(number.to_bytes(12, "big"), text, header)


def unseal(key: bytes, number: int, header: bytes, box: bytes) -> bytes | None:
    with contextlib.suppress(InvalidTag):
        return ChaCha20Poly1305(key).decrypt(number.to_bytes(12, "big"), box, header)


def seal_text(key: bytes, number: int, header: bytes, text: str) -> bytes:
    data = text.encode()
    return seal(key, number, header, data + bytes(-len(data) % STEP))


def unseal_text(key: bytes, number: int, header: bytes, box: bytes) -> str | None:
    """The text in a box, or nothing if it does not open or is not padded as it has to be."""
    padded = unseal(key, number, header, box) or b""
    data = padded.rstrip(b"\0")
    is_padded = data and len(padded) == len(data) + -len(data) % STEP
    return data.decode() if is_padded else None


def echo_of(ke1: str) -> str:
    return to_base64url(hashlib.sha256(from_base64url(ke1)).digest()[:8])


def is_signed(key: str, text: str, signature: str) -> bool:
    with contextlib.suppress(InvalidSignature):
        public_key = Ed25519PublicKey.from_public_bytes(from_base64url(key))
        public_key.verify(from_base64url(signature), text.encode())
        return True
    return False


def login_key(session_key: str) -> bytes:
    return hkdf(from_base64url(session_key), b"", "BitTrickle 2 login", 32)


class Keys:
    """What both sides of a session derive from OPAQUE's session key and the salt of the welcome."""

    def __init__(self, session_key: str, salt: bytes) -> None:
        def derive(purpose: str, length: int = 32) -> bytes:
            return hkdf(from_base64url(session_key), salt, f"BitTrickle 2 {purpose}", length)

        self.salt, self.session = salt, derive("session name", 8)
        self.to_index, self.to_client = derive("client to index"), derive("index to client")
        self.moves, self.tickets = derive("moves"), derive("tickets")

    def welcome(self, datagram: bytes) -> str | None:
        """The text of a welcome, if these are its keys."""
        header, box = datagram[:29], datagram[29:]
        is_ours = header == b"BT2/w" + self.salt + self.session
        return unseal_text(self.to_client, 0, header, box) if is_ours else None

    def message(self, number: int, text: str) -> bytes:
        header = self._header(number)
        return header + seal_text(self.to_index, number, header, text)

    def reply(self, number: int, datagram: bytes) -> str | None:
        """The text of the reply to a number, if the datagram is that."""
        header, box = datagram[:21], datagram[21:]
        if header == self._header(number):
            for key, is_move in (self.to_client, False), (self.moves, True):
                text = unseal_text(key, number, header, box)
                if text and text.startswith("425\t") == is_move:
                    return text

    def _header(self, number: int) -> bytes:
        return b"BT2/m" + self.session + number.to_bytes(8, "big")

    def ticket(self, ticket: str) -> tuple[float, str, int, str] | None:
        """Expiry in ms of the index's clock, id, size and downloader, if the ticket is for us."""
        data = from_base64url(ticket)
        text = unseal(self.tickets, int.from_bytes(data[:8], "big"), b"BT2/ticket", data[8:])
        if text and to_base64url(data) == ticket:
            expiry, file_id, size = struct.unpack(">d32sd", text[:48])
            return expiry, file_id.hex(), int(size), text[48:].decode()
