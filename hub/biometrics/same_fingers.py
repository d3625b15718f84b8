"""Fingers that two persons have: each finger enrolled is looked for once among all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

import matching
from hub.biometrics.damaged import opened
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.records import Finger, PersonKey
from hub.biometrics.vault import Vault


@dataclass(frozen=True)
class Searched:
    """How far fingers were searched, and the pairs of persons (the enrolled one, another) who have one in common."""

    until_id: int
    pairs: Sequence[tuple[int, int]]


def same_fingers(
    session: Session, vault: Vault, search: DuplicateSearch, after_id: int, most: int
) -> Searched:
    """Search the next `most` fingers after `after_id`; `until_id` is `after_id` where there are none."""
    rows = session.scalars(select(Finger).where(Finger.id > after_id).order_by(Finger.id).limit(most)).all()
    pairs: set[tuple[int, int]] = set()
    for row in rows:
        key = session.get(PersonKey, row.person_id)
        if key is None:
            continue  # the templates of this person can never be read again
        lock = vault.open_key(key)
        record = opened(lock, row.sealed_template, row.id, "template", row.position, row.impression)
        if record is not None:
            template = matching.Template.from_iso(record)
            pairs |= {(row.person_id, other) for other in _others(search, template, row)}
    return Searched(rows[-1].id if rows else after_id, sorted(pairs))


def _others(search: DuplicateSearch, template: matching.Template, row: Finger) -> list[int]:
    hit = search.find(template, besides=row.person_id)
    if hit is None:
        return []
    if hit.person_id is not None:
        return [hit.person_id]
    return [other for other in search.alike(template) if other != row.person_id]
