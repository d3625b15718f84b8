"""The last headcount of an invented prison: everybody was seen where they live."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub.movements.site.tree import load
from hub.movements.whereabouts.proofs import Key, NewProof, Source
from hub.movements.whereabouts.prove import take

_COUNT: Final = b"invented count.."
"""In the place of a journal: sixteen bytes of its own."""


def count(session: Session, homes: Iterable[tuple[int, str]], at: datetime) -> None:
    """Prove of people (person, code of the zone) that they were at home at `at`."""
    tree = load(session)
    proofs = [
        NewProof(
            person_id,
            zone.id,
            Source.COUNT,
            at,
            Key("hub", _COUNT, person_id),
            evidence="standing count",
        )
        for person_id, code in homes
        if (zone := tree.by_code(code)) is not None
    ]
    take(session, proofs, at)
