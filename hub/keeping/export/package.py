"""Where an export goes: a folder in the clear, or one ZIP that is locked as it is written. Each file is hashed."""

from __future__ import annotations

import csv
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from hub.errors import HubError
from hub.keeping.export.age import Locking, Out

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
_TELL_EVERY: Final = 2_000
_PACKED_LEVEL: Final = 3

Opened = Callable[[str], AbstractContextManager[Out]]
"""Name of a file of the export -> where its bytes go."""


class ExportError(HubError):
    """The export cannot be written there; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__("export", sentence)


@dataclass(frozen=True)
class Written:
    """One file of the export."""

    name: str
    rows: int
    sha256: str
    size_bytes: int


@dataclass
class Package:
    """Takes the files of an export, one after the other. `told` hears how many rows are written in all."""

    opened: Opened
    told: Callable[[int], None]
    written: list[Written] = field(default_factory=list)
    rows: int = 0
    _told: int = 0

    def table(self, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """CSV that no spreadsheet carries out."""
        with self._file(name) as out:
            writer = csv.writer(out, lineterminator="\r\n")
            writer.writerow(head)
            for row in rows:
                writer.writerow([guarded(cell) if isinstance(cell, str) else text_of(cell) for cell in row])
                self._count(out)

    def lines(self, name: str, rows: Iterable[Mapping[str, object]]) -> None:
        """JSON, a line each."""
        encoder = msgspec.json.Encoder()
        with self._file(name) as out:
            for row in rows:
                out.bytes(encoder.encode(row) + b"\n")
                self._count(out)

    def plain(self, name: str, raw: bytes) -> None:
        """A file as it is."""
        with self._file(name) as out:
            out.bytes(raw)
            self._count(out)

    def _count(self, out: _Hashed) -> None:
        out.rows += 1
        self.rows += 1
        if self.rows - self._told >= _TELL_EVERY:
            self._told = self.rows
            self.told(self.rows)

    @contextmanager
    def _file(self, name: str) -> Iterator[_Hashed]:
        with self.opened(name) as out:
            hashed = _Hashed(out)
            yield hashed
        self.written.append(Written(name, hashed.rows, hashed.digest.hexdigest(), hashed.size))


class _Hashed:
    def __init__(self, out: Out) -> None:
        self._out = out
        self.digest = hashlib.sha256()
        self.size = 0
        self.rows = 0

    def write(self, text: str) -> int:
        """Text, as the csv module gives it."""
        self.bytes(text.encode())
        return len(text)

    def bytes(self, raw: bytes) -> None:
        self.digest.update(raw)
        self.size += len(raw)
        self._out.write(raw)


def into_folder(folder: Path) -> Opened:
    """Files in the clear in a new folder; ExportError when it is in use."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ExportError(f"{folder} is not empty. Choose a new folder.")
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror}. Choose another folder.") from error

    @contextmanager
    def opened(name: str) -> Iterator[BinaryIO]:
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file

    return opened


@contextmanager
def into_locked(out: BinaryIO, passphrase: str, at: datetime) -> Iterator[Opened]:
    """One ZIP, locked with the passphrase as it is written: nothing in the clear reaches a disk."""
    locking = Locking(out, passphrase)
    with zipfile.ZipFile(locking, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED_LEVEL) as packed:
        yield lambda name: packed.open(_entry(name, at), "w", force_zip64=True)
    locking.close()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet carries it out."""
    return f"'{cell}" if cell.startswith(_DANGEROUS) else cell


def text_of(value: object) -> str:
    """A value as a cell."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return msgspec.json.encode(value).decode()
    return value.isoformat() if isinstance(value, date) else str(value)
