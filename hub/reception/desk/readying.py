"""What of a finger that a desk sent can be stored, and the note of where each impression is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hub.biometrics.enrolment import Impression, PreparedFinger, prepare_impression
from hub.biometrics.packed_images import png_of
from hub.reception.desk.asking import TaskLine
from hub.reception.desk.records import Taking
from hub.sentences import RefusedError
from wire.enrolment import Impression as SentImpression
from wire.enrolment import TakenFinger

KEPT_WITH_FILE: Final = "with_file"


@dataclass(frozen=True)
class Ready:
    """A finger that may be stored, with where each impression is from."""

    taken: TakenFinger
    finger: PreparedFinger
    sources: tuple[SentImpression, ...]


def prepare(taken: TakenFinger) -> Ready:
    """The impressions that the engine can use; RefusedError of the last when it can use none."""
    kept: list[Impression] = []
    sources: list[SentImpression] = []
    refused: RefusedError | None = None
    for sent in taken.impressions:
        try:
            kept.append(prepare_impression(png_of(sent), dpi=sent.dpi, can_be_retaken=False))
            sources.append(sent)
        except RefusedError as error:
            refused = error
    if not kept:
        assert refused is not None
        raise refused
    return Ready(taken, PreparedFinger(taken.position, tuple(kept)), tuple(sources))


def taking_of(found: TaskLine, taken: TakenFinger, finger_id: int, source: SentImpression) -> Taking:
    """Where an impression that was stored is from."""
    return Taking(
        finger_id=finger_id,
        task_id=found.row.id,
        terminal=found.terminal,
        sensor=source.sensor,
        dpi=source.dpi,
        captured_at=source.captured_at,
        operator=taken.operator,
        below=taken.below,
        keep=KEPT_WITH_FILE,
    )
