"""Keys, boxes and signatures of protocol 2."""

import base64, contextlib, hashlib, hmac, struct

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305


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
    return seal(key, number, header, data + bytes(-len(data) % 64))


def unseal_text(key: bytes, number: int, header: bytes, box: bytes) -> str | None:
    """The text in a box, or nothing if it does not open or is not padded as it has to be."""
    padded = unseal(key, number, header, box) or b""
    data = padded.rstrip(b"\0")
    return data.decode() if data and len(padded) == len(data) + -len(data) % 64 else None


def echo_of(ke1: str) -> str:
    return to_base64url(hashlib.sha256(from_base64url(ke1)).digest()[:8])


def is_signed(key: str, text: str, signature: str) -> bool | None:
    with contextlib.suppress(InvalidSignature, ValueError):
        by = Ed25519PublicKey.from_public_bytes(from_base64url(key))
        return by.verify(from_base64url(signature), text.encode()) is None


class Keys:
    """What both sides of a session derive from OPAQUE's session key and the salt of the welcome."""

    def __init__(self, session_key: str, salt: bytes) -> None:
        def derive(purpose: str, length: int = 32) -> bytes:
            return hkdf(from_base64url(session_key), salt, f"BitTrickle 2 {purpose}", length)

        self.session = derive("session name", 8)
        self.to_index, self.to_client = derive("client to index"), derive("index to client")
        self.moves, self.tickets = derive("moves"), derive("tickets")

    def welcome(self, datagram: bytes) -> str | None:
        """The text of a welcome, if these are its keys."""
        if datagram[:5] == b"BT2/w" and datagram[21:29] == self.session:
            return unseal_text(self.to_client, 0, datagram[:29], datagram[29:])

    def header(self, number: int) -> bytes:
        return b"BT2/m" + self.session + number.to_bytes(8, "big")

    def message(self, number: int, text: str) -> bytes:
        header = self.header(number)
        return header + seal_text(self.to_index, number, header, text)

    def reply(self, number: int, datagram: bytes) -> str | None:
        """The text of the reply to a number, if the datagram is that; 425 has a key of its own."""
        header, box = datagram[:21], datagram[21:]
        for key, is_move in (self.to_client, False), (self.moves, True):
            text = unseal_text(key, number, header, box) if header == self.header(number) else None
            if text and text.startswith("425\t") == is_move:
                return text

    def ticket(self, ticket: str) -> tuple[float, str, int, str] | None:
        """Expiry in ms of the index's clock, id, size and downloader, if the ticket is for us."""
        data = from_base64url(ticket)
        key = hkdf(self.tickets, data[:16], "BitTrickle 2 issuer", 32)
        text = unseal(key, int.from_bytes(data[16:24], "big"), b"BT2/ticket", data[24:])
        if text and to_base64url(data) == ticket:
            expiry, file_id, size = struct.unpack(">d32sd", text[:48])
            return expiry, file_id.hex(), int(size), text[48:].decode()
