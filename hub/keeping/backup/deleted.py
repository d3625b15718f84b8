"""What was deleted by law, remembered so that no older backup brings it back: sealed to the recovery key.

The list lies in the hub's folder, in every backup and beside the backups. Only who can open a backup can read it;
a restore leaves out what it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.frames import Rows
from hub.keeping.retention.records import RetentionItem
from hub.keeping.retention.things import BLANKED, PARTS, Part, Thing
from hub.settings import sync_folder
from wire.errors import WireError
from wire.keys import OpeningKey, SealingKey
from wire.sealing import seal, unseal

FILE: Final = "deleted.sealed"
_CONTEXT: Final = "deleted by law"


class Deleted(msgspec.Struct, frozen=True):
    """A thing of a person that was deleted at a time."""

    person_id: int
    thing: str
    deleted_at: datetime


def deleted_so_far(session: Session) -> list[Deleted]:
    """Everything that was deleted by law, by the database."""
    rows = session.execute(
        select(RetentionItem.person_id, RetentionItem.thing, RetentionItem.done_at)
        .where(RetentionItem.result == "deleted")
        .order_by(RetentionItem.id)
    )
    return [Deleted(person, thing, at) for person, thing, at in rows if at is not None]


def write_deleted(folders: Iterable[Path], found: list[Deleted], receiver: SealingKey) -> None:
    """Replace the list in each of the folders; OSError when one cannot be written."""
    sealed = seal(msgspec.msgpack.encode(found), receiver, _CONTEXT)
    for folder in folders:
        fresh = folder / f".{FILE}.new"
        fresh.write_bytes(sealed)
        fresh.chmod(0o600)
        fresh.replace(folder / FILE)
        sync_folder(folder)


def read_deleted(path: Path, key: OpeningKey) -> list[Deleted]:
    """The list in a file, empty where there is none; BackupError when it is there and cannot be opened."""
    try:
        return open_deleted(path.read_bytes(), key)
    except FileNotFoundError:
        return []
    except (WireError, msgspec.DecodeError, OSError) as error:
        raise BackupError(
            "deleted_unread",
            f"{path}, the list of what was deleted by law, cannot be opened with this recovery key. "
            "Restore the newest copy of it; without it deleted people would come back.",
        ) from error


def open_deleted(sealed: bytes, key: OpeningKey) -> list[Deleted]:
    """The list as it was sealed."""
    return msgspec.msgpack.decode(unseal(sealed, key, _CONTEXT), type=list[Deleted])


@dataclass
class Sieve:
    """Takes rows of deleted things out of a backup that began at `began_at`; `left_out` counts them by table."""

    things: Mapping[str, frozenset[int]]
    left_out: dict[str, int] = field(default_factory=dict)
    _gone: dict[str, set[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Deleted], began_at: datetime) -> Sieve:
        """Only deletions after the backup began count: what came later is somebody who came back."""
        things: dict[str, set[int]] = {}
        for one in found:
            if one.deleted_at > began_at:
                things.setdefault(one.thing, set()).add(one.person_id)
        return cls({thing: frozenset(ids) for thing, ids in things.items()})

    def sift(self, rows: Rows) -> Rows:
        """The rows that may come back, with the names of deleted files blanked."""
        kept = [row for row in rows.rows if not self._is_gone(rows, row)]
        self.left_out[rows.table] = self.left_out.get(rows.table, 0) + len(rows.rows) - len(kept)
        if rows.table == BLANKED.table:
            kept = [self._blank(rows.columns, row) for row in kept]
        return Rows(rows.table, rows.columns, kept)

    def _is_gone(self, rows: Rows, row: list[Any]) -> bool:
        value = dict(zip(rows.columns, row, strict=True))
        for thing, parts in PARTS.items():
            for part in parts:
                if part.table == rows.table and value.get(part.column) in self._owners(thing, part):
                    self._gone.setdefault(rows.table, set()).add(value.get("id"))
                    return True
        return False

    def _owners(self, thing: Thing, part: Part) -> AbstractSet[Any]:
        if part.of:
            return self._gone.get(part.of, frozenset())
        owners = self.things.get(thing.value, frozenset())
        if part.table == "person_keys":
            # An older backup holds scans under the key that they had then: with them still kept, so is the key.
            return owners & (self._of(Thing.DOCUMENTS) | self._of(Thing.FILE))
        return owners

    def _of(self, thing: Thing) -> frozenset[int]:
        return self.things.get(thing.value, frozenset())

    def _blank(self, columns: list[str], row: list[Any]) -> list[Any]:
        value = dict(zip(columns, row, strict=True))
        if value["id"] in self.things.get(Thing.FILE.value, frozenset()):
            value |= {name: blank for name, blank in BLANKED.values.items() if name in value}
        return [value[name] for name in columns]
