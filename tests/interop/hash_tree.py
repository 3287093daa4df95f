"""The hash tree of BEP 52: what names a content, and proves its pieces."""

import hashlib
from typing import NamedTuple

BLOCK, PIECE, HASH = 1 << 14, 1 << 20, 32
NO_BLOCK = bytes(HASH)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def cut(data, length: int) -> list:
    return [data[at:at + length] for at in range(0, len(data), length)]


def root(leaves: list[bytes], count: int, filler: bytes) -> bytes:
    """The root over `leaves`, filled up to `count`, which is a power of two."""
    row = leaves + [filler] * (count - len(leaves))
    while len(row) > 1:
        row = [sha256(left + right) for left, right in zip(row[::2], row[1::2])]
    return row[0]


def power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()


def id_of(layer: list[bytes]) -> str:
    no_piece = root([], PIECE // BLOCK, NO_BLOCK)
    return (root(layer, power_of_two(len(layer)), no_piece) if layer else NO_BLOCK).hex()


class Content(NamedTuple):
    """An id and a size."""

    id: str
    size: int

    def __str__(self) -> str:
        return f"{self.id}:{self.size}"

    @property
    def pieces(self) -> int:
        return -(-self.size // PIECE)

    def piece_bytes(self, piece: int) -> int:
        return min(PIECE, self.size - piece * PIECE)

    def hash_piece(self, piece: bytes) -> bytes:
        """What stands for a piece in the layer."""
        blocks = [sha256(block) for block in cut(piece, BLOCK)]
        count = power_of_two(len(blocks)) if self.pieces == 1 else PIECE // BLOCK
        return root(blocks, count, NO_BLOCK)


def hash_file(file, size: int) -> tuple[Content, list[bytes]]:
    """The content of a file, and its layer."""
    unnamed = Content("", size)
    layer = [unnamed.hash_piece(file.read(PIECE)) for _ in range(unnamed.pieces)]
    return Content(id_of(layer), size), layer
