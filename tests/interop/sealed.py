"""Keys, boxes and signatures of protocol 2."""

import base64
import hashlib
import hmac

from aead import seal, unseal
from ed25519 import verifies

STEP = 64


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf(secret: bytes, salt: bytes, info: str, length: int) -> bytes:
    """RFC 5869 with SHA-256, for one block of output."""
    assert length <= 32
    key = hmac.digest(salt or bytes(32), secret, hashlib.sha256)
    return hmac.digest(key, info.encode() + b"\1", hashlib.sha256)[:length]


def seal_text(key: bytes, number: int, header: bytes, text: str) -> bytes:
    """The box of a text that is padded."""
    data = text.encode()
    return seal(key, number, header, data + bytes(-len(data) % STEP))


def unseal_text(key: bytes, number: int, header: bytes, box: bytes) -> str | None:
    """The text in a box, or nothing if it does not open or is not padded as it has to be."""
    padded = unseal(key, number, header, box) if len(box) >= 16 else None
    if padded is None:
        return None
    data = padded.rstrip(b"\0")
    is_padded = data and len(padded) == len(data) + -len(data) % STEP
    return data.decode() if is_padded else None


def echo_of(ke1: str) -> str:
    return to_base64url(hashlib.sha256(from_base64url(ke1)).digest()[:8])


def is_signed(key: str, text: str, signature: str) -> bool:
    return verifies(from_base64url(key), text.encode(), from_base64url(signature))


def login_key(session_key: str) -> bytes:
    return hkdf(from_base64url(session_key), b"", "BitTrickle 2 login", 32)


class Keys:
    """What both sides of a session derive from OPAQUE's session key and the salt of the welcome."""

    def __init__(self, session_key: str, salt: bytes) -> None:
        def derive(purpose: str, length: int) -> bytes:
            return hkdf(from_base64url(session_key), salt, f"BitTrickle 2 {purpose}", length)

        self.salt = salt
        self.session = derive("session name", 8)
        self.to_index = derive("client to index", 32)
        self.to_client = derive("index to client", 32)
        self.moves = derive("moves", 32)
        self.tickets = derive("tickets", 32)

    def header(self, number: int) -> bytes:
        return b"BT2/m" + self.session + number.to_bytes(8, "big")

    def message(self, number: int, text: str) -> bytes:
        header = self.header(number)
        return header + seal_text(self.to_index, number, header, text)

    def reply(self, number: int, datagram: bytes) -> str | None:
        """The text of the reply to a number, if the datagram is that."""
        header = self.header(number)
        if not datagram.startswith(header):
            return None
        box = datagram[len(header):]
        text = unseal_text(self.to_client, number, header, box)
        return unseal_text(self.moves, number, header, box) if text is None else text


def welcome(session_key: str, datagram: bytes) -> tuple[Keys, str] | None:
    """The keys of the new session and what the index says, if the datagram answers the login."""
    if not datagram.startswith(b"BT2/w") or len(datagram) < 29 + 16:
        return None
    keys, header = Keys(session_key, datagram[5:21]), datagram[:29]
    if header != b"BT2/w" + keys.salt + keys.session:
        return None
    text = unseal_text(keys.to_client, 0, header, datagram[29:])
    return None if text is None else (keys, text)
