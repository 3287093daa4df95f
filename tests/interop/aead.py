"""ChaCha20-Poly1305 (RFC 8439), slow and short: a reference for tests, and for nothing else."""

import hmac
import struct

MASK = 0xFFFFFFFF
PRIME = (1 << 130) - 5
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF


def seal(key: bytes, number: int, header: bytes, text: bytes) -> bytes:
    """The box of a text; its nonce is a number that no other box of this key has."""
    nonce = number.to_bytes(12, "big")
    ciphertext = _xor(key, nonce, text)
    return ciphertext + _tag(key, nonce, header, ciphertext)


def unseal(key: bytes, number: int, header: bytes, box: bytes) -> bytes | None:
    """The text in a box, or nothing if it is not exactly what was sealed."""
    nonce = number.to_bytes(12, "big")
    ciphertext, tag = box[:-16], box[-16:]
    is_true = hmac.compare_digest(tag, _tag(key, nonce, header, ciphertext))
    return _xor(key, nonce, ciphertext) if is_true else None


def _quarter(x: list[int], a: int, b: int, c: int, d: int) -> None:
    for first, second, third, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        x[first] = (x[first] + x[second]) & MASK
        mixed = x[third] ^ x[first]
        x[third] = (mixed << bits | mixed >> (32 - bits)) & MASK


def _block(key: bytes, counter: int, nonce: bytes) -> bytes:
    start = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key), counter,
             *struct.unpack("<3I", nonce)]
    x = start.copy()
    for _ in range(10):
        for i in range(4):
            _quarter(x, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            _quarter(x, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(x, start)))


def _xor(key: bytes, nonce: bytes, text: bytes) -> bytes:
    stream = b"".join(_block(key, 1 + i, nonce) for i in range((len(text) + 63) // 64))
    return bytes(a ^ b for a, b in zip(text, stream))


def _tag(key: bytes, nonce: bytes, header: bytes, ciphertext: bytes) -> bytes:
    one_time = _block(key, 0, nonce)
    r = int.from_bytes(one_time[:16], "little") & CLAMP
    s = int.from_bytes(one_time[16:32], "little")
    message = _padded(header) + _padded(ciphertext) + struct.pack("<QQ", len(header), len(ciphertext))
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at:at + 16] + b"\1", "little")) * r % PRIME
    return ((total + s) & ((1 << 128) - 1)).to_bytes(16, "little")


def _padded(text: bytes) -> bytes:
    return text + bytes(-len(text) % 16)
