"""Extended data of a finger view: a chain of blocks, each of a type (ISO/IEC 19794-2:2005, clause 7.5).

A block is its type code and its length, 2 bytes each and big-endian, and its content. Codes below 0x0100 belong to
the standard (`matching.standard_blocks`), those of two bytes that are not zero to whoever makes the extractor; the
rest is reserved. A code nobody here knows is kept as it stands.

The length counts the block's own 4 bytes, as NIST's readers of these records take it and as it is written here. Some
makers count the content alone: a chain that does not come out even the first way is read the second.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from matching.errors import TemplateError

MAX_BLOCKS: Final = 16
"""The standard has three types and a maker some of its own; more are not read, so that reading stays quick."""
MAX_CONTENT_BYTES: Final = 0xFFFF - 4

_HEADER: Final = struct.Struct(">HH")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: `code` 0 to 0xFFFF, `content` of at most MAX_CONTENT_BYTES; TemplateError otherwise."""

    code: int
    content: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.code <= 0xFFFF:
            raise TemplateError("The type code of an extended data block must be from 0 to 65535.")
        if len(self.content) > MAX_CONTENT_BYTES:
            raise TemplateError(f"An extended data block holds at most {MAX_CONTENT_BYTES} bytes.")

    def __repr__(self) -> str:
        """Nothing of the content: it may be as good as a fingerprint."""
        return f"<Block 0x{self.code:04X} of {len(self.content)} bytes>"


def read_blocks(extended: bytes) -> tuple[Block, ...]:
    """All blocks in their order; TemplateError with the reason when the bytes are no chain of blocks."""
    reasons = []
    for counted in (_HEADER.size, 0):
        try:
            return _chain(extended, counted)
        except TemplateError as reason:
            reasons.append(reason)
    raise reasons[0]


def write_blocks(blocks: Iterable[Block]) -> bytes:
    """The chain of these blocks; `read_blocks` gives them back."""
    return b"".join(
        _HEADER.pack(block.code, _HEADER.size + len(block.content)) + block.content for block in blocks
    )


def find(extended: bytes, code: int) -> bytes | None:
    """Content of the first block of that type, None where there is none."""
    return next((block.content for block in read_blocks(extended) if block.code == code), None)


def with_block(extended: bytes, code: int, content: bytes) -> bytes:
    """The chain with this block in place of any others of its type; the other blocks stay."""
    return write_blocks([*_others(extended, code), Block(code, content)])


def without_block(extended: bytes, code: int) -> bytes:
    """The chain without blocks of that type."""
    return write_blocks(_others(extended, code))


def _others(extended: bytes, code: int) -> list[Block]:
    return [block for block in read_blocks(extended) if block.code != code]


def _chain(extended: bytes, counted: int) -> tuple[Block, ...]:
    """`counted` is how many bytes of a block's header its length includes."""
    blocks: list[Block] = []
    at = 0
    while at < len(extended):
        if len(blocks) == MAX_BLOCKS:
            raise TemplateError(f"The record's extended data has more than {MAX_BLOCKS} blocks.")
        if len(extended) - at < _HEADER.size:
            raise TemplateError("The record's extended data ends inside the header of a block.")
        code, length = _HEADER.unpack_from(extended, at)
        begin, end = at + _HEADER.size, at + _HEADER.size - counted + length
        if not begin <= end <= len(extended):
            raise TemplateError("A block of the record's extended data has a length that cannot be.")
        blocks.append(Block(code, extended[begin:end]))
        at = end
    return tuple(blocks)
