"""What spoke against each proof when it was the last one: the same rules as on the live screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from hub.control_room.replay.proofs import is_withdrawn
from hub.movements.whereabouts.confidence import doubts_of
from hub.movements.whereabouts.fold import Held, add
from hub.movements.whereabouts.places import Judging
from hub.movements.whereabouts.prove import proven_row_of
from hub.movements.whereabouts.records import ProofRow


def doubts(
    rows: Iterable[ProofRow],
    leads: Mapping[int, int],
    judging: Judging,
    resets: Mapping[int, datetime],
    known_at: datetime | None = None,
) -> dict[int, tuple[str, ...]]:
    """Codes by the id of the proof, for those against which something speaks. Rows come oldest first.

    A proof that was taken back speaks against none.
    """
    held: dict[int, Held] = {}
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        if is_withdrawn(row, known_at):
            continue
        person_id = leads.get(row.person_id, row.person_id)
        now = held[person_id] = add(held.get(person_id), proven_row_of(row))
        spoken = doubts_of(now, judging.limits, judging.nested, judging.fastest, resets.get(row.zone_id))
        if spoken:
            found[row.id] = tuple(one.code.value for one in spoken)
    return found
