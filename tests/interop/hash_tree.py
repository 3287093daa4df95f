"""The hash tree of BEP 52: what names a content, and proves its pieces."""

import hashlib
from typing import NamedTuple

BLOCK, PIECE, BLOCKS, HASH, NO_BLOCK = 1 << 14, 1 << 20, 64, 32, bytes(32)


def cut(data, length: int) -> list:
    return [data[at:at + length] for at in range(0, len(data), length)]


def root(leaves: list[bytes], filler: bytes, least: int = 1) -> bytes:
    """The root over `leaves`, filled up to a power of two, and to the `least` number of them."""
    count = max(least, 1 << (len(leaves) - 1).bit_length())
    row = leaves + [filler] * (count - len(leaves))
    while len(row) > 1:
        row = [hashlib.sha256(left + right).digest() for left, right in zip(row[::2], row[1::2])]
    return row[0]


def id_of(layer: list[bytes]) -> str:
    return (root(layer, root([], NO_BLOCK, BLOCKS)) if layer else NO_BLOCK).hex()


class Content(NamedTuple):
    """An id and a size."""

    id: str
    size: int

    def __str__(self) -> str:
        return f"{self.id}:{self.size}"

    @property
    def pieces(self) -> int:
        return -(-self.size // PIECE)

    def read(self, file, piece: int) -> bytes:
        """The bytes of a piece, as a file has them."""
        file.seek(piece * PIECE)
        return file.read(min(PIECE, self.size - piece * PIECE))

    def hash_piece(self, piece: bytes) -> bytes:
        """What stands for a piece in the layer."""
        blocks = [hashlib.sha256(block).digest() for block in cut(piece, BLOCK)]
        return root(blocks, NO_BLOCK, 1 if self.pieces == 1 else BLOCKS)


def hash_file(file, size: int) -> tuple[Content, list[bytes]]:
    """The content of a file, and its layer."""
    unnamed = Content("", size)
    layer = [unnamed.hash_piece(unnamed.read(file, piece)) for piece in range(unnamed.pieces)]
    return Content(id_of(layer), size), layer
