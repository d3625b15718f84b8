"""What stands inside a backup: frames of MessagePack, packed, one after the other."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec

from hub.keeping.backup.errors import BackupError

_MAX_FRAME: Final = 1 << 30


class File(msgspec.Struct, frozen=True, tag="file"):
    """A file of the hub's folder by its path in it, such as keys/vault.key."""

    name: str
    content: bytes

    def __repr__(self) -> str:
        return f"File({self.name})"


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """Rows of one table, in the order of its columns. Rows of a table come together."""

    table: str
    columns: list[str]
    rows: list[list[Any]]

    def __repr__(self) -> str:
        return f"Rows({self.table}, {len(self.rows)})"


class End(msgspec.Struct, frozen=True, tag="end"):
    """The list of what should have come: rows by table, files, how far journals are held, the end of the trail.

    `began_at` is the moment whose state the backup holds; `journals` are [terminal id, journal id in hex, sequence].
    """

    began_at: datetime
    tables: dict[str, int]
    files: list[str]
    journals: list[tuple[int, str, int]]
    trail: tuple[int, str]


Frame = File | Rows | End
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Frame)


class Sink(Protocol):
    """Where packed frames go."""

    def write(self, plain: bytes) -> None: ...


def put(sink: Sink, frame: Frame) -> None:
    """Write one frame."""
    packed = zlib.compress(_ENCODER.encode(frame), 1)
    sink.write(len(packed).to_bytes(4, "big") + packed)


def frames(chunks: Iterable[bytes]) -> Iterator[Frame]:
    """The frames that chunks hold; BackupError unless the last one is the End and all it lists came."""
    held, tables, files, end = bytearray(), dict[str, int](), list[str](), None
    for chunk in chunks:
        held += chunk
        while (frame := _next(held)) is not None:
            if end is not None:
                raise _odd()
            if isinstance(frame, Rows):
                tables[frame.table] = tables.get(frame.table, 0) + len(frame.rows)
            elif isinstance(frame, File):
                files.append(frame.name)
            else:
                end = frame
            yield frame
    if held or end is None or end.tables != tables or end.files != files:
        raise _odd()


def _next(held: bytearray) -> Frame | None:
    if len(held) < 4:
        return None
    length = int.from_bytes(held[:4], "big")
    if length > _MAX_FRAME:
        raise _odd()
    if len(held) < 4 + length:
        return None
    try:
        frame: Frame = _DECODER.decode(zlib.decompress(bytes(held[4 : 4 + length])))
    except (zlib.error, msgspec.DecodeError):
        raise _odd() from None
    del held[: 4 + length]
    return frame


def _odd() -> BackupError:
    return BackupError("incomplete", "The backup does not hold what it lists. Use another one.")
