"""What provisioning found out and needs again: `provisioning.json`. Losing it costs a second look at the sensor."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
from tinydb import TinyDB

from edge.errors import SettingsError
from edge.provisioning import Folder
from edge.storage import AtomicStorage
from wire.codec import Strict

T = TypeVar("T")


class SensorRecord(Strict, frozen=True):
    """The sensor as it was found; None is not known."""

    port: str
    baud: int
    kind: str
    seconds_an_image: float | None


class Record(Strict, frozen=True):
    """Everything is optional: each step adds what it found out."""

    sensor: SensorRecord | None = None
    without_sensor: bool = False
    hub: str = ""
    kernels_s: float | None = None


def record_path(folder: Folder) -> Path:
    """Where the record lies."""
    return folder.root / "provisioning.json"


def read_record(folder: Folder) -> Record:
    """What was noted; an empty record when nothing was, or when the file is damaged."""
    path = record_path(folder)
    if not path.exists():
        return Record()
    try:
        with TinyDB(path, storage=AtomicStorage) as database:
            documents = [dict(document) for document in database.table("record")]
        return msgspec.convert(documents[0] if documents else {}, Record)
    except (SettingsError, msgspec.ValidationError, TypeError, ValueError, AttributeError):
        path.replace(path.with_suffix(".damaged"))
        return Record()


def note(folder: Folder, **found: Any) -> Record:
    """Add to the record, durably; gives the whole."""
    record = msgspec.structs.replace(read_record(folder), **found)
    with TinyDB(record_path(folder), storage=AtomicStorage) as database:
        table = database.table("record")
        table.truncate()
        table.insert(msgspec.to_builtins(record))
    return record
