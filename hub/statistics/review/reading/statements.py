"""What was stated, corrected and withdrawn in the year: by kind of fact and by where it came from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.custody.facts.records import Act, Fact
from hub.reception.blackout.records import PaperBatch
from hub.sharing.agreements.records import Agency
from hub.sharing.catalogue import PartnerKind
from hub.sharing.inbox.records import InboundMessage, InboxFact
from hub.statistics.review.evidence import Delay, Source, Span
from hub.statistics.review.reading.delays import delay_of, hours_between

TIMELY: Final = (
    "admission", "release", "legal_status", "order", "charge", "hearing", "sentence", "at_large", "home",
    "injury", "death", "incident_part", "sanction", "complaint",
)  # fmt: skip
"""Kinds that tell of something that happened at a time: how late others are recorded says nothing."""
_F: Final = Fact.__table__.c
_IMPORTED: Final = re.compile(r", import \d+ row \d+\Z")
_KINDS: Final = {PartnerKind.POLICE.value: Source.POLICE, PartnerKind.COURTS.value: Source.COURTS}


class Sources:
    """Says where a fact came from."""

    def __init__(self, session: Session) -> None:
        self._messages: dict[int, Source] = {}
        told = (
            select(InboxFact.fact_id, Agency.kind)
            .join(InboundMessage, InboundMessage.id == InboxFact.message_id)
            .join(Agency, Agency.code == InboundMessage.agency)
        )
        for fact_id, kind in session.execute(told):
            self._messages[fact_id] = _KINDS.get(kind, Source.OFFICERS)
        self._papers = set(session.scalars(select(PaperBatch.paper).distinct())) - {""}

    def of(self, fact_id: int, source: str) -> Source:
        """By the fact's number and what it names as its source."""
        if fact_id in self._messages:
            return self._messages[fact_id]
        if _IMPORTED.search(source):
            return Source.IMPORT
        return Source.PAPER if source in self._papers else Source.OFFICERS


@dataclass
class Statements:
    """Counts of the year's statements by source, delays by source and by kind, and what was put right by both."""

    many: Counter[Source] = field(default_factory=Counter)
    delays: dict[Source, Delay | None] = field(default_factory=dict)
    delays_by_kind: dict[str, Delay] = field(default_factory=dict)
    corrected: Counter[Source] = field(default_factory=Counter)
    withdrawn: Counter[Source] = field(default_factory=Counter)
    corrected_by_kind: Counter[str] = field(default_factory=Counter)
    withdrawn_by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def corrections(self) -> Mapping[str, tuple[int, int]]:
        """By kind of fact: corrected and withdrawn in the year."""
        kinds = sorted({*self.corrected_by_kind, *self.withdrawn_by_kind})
        return {kind: (self.corrected_by_kind[kind], self.withdrawn_by_kind[kind]) for kind in kinds}


def statements_of(session: Session, span: Span, sources: Sources) -> Statements:
    """Of facts recorded in the span and known then; corrected are those of them that a later one took the place of."""
    found = Statements()
    until = min(span.period.ends_at, span.known_at)
    by_source: dict[Source, list[float]] = defaultdict(list)
    by_kind: dict[str, list[float]] = defaultdict(list)
    for number, kind, act, source, happened_at, recorded_at, corrects in _recorded(
        session, span.period.begins_at, until
    ):
        if act != Act.STATES.value or corrects is not None:
            continue
        where = sources.of(number, source)
        found.many[where] += 1
        # What was brought in from an old register is late by its nature.
        if kind in TIMELY and where is not Source.IMPORT:
            hours = hours_between(happened_at, recorded_at)
            by_source[where].append(hours)
            by_kind[kind].append(hours)
    _put_right(session, span.period.begins_at, until, sources, found)
    found.delays = {where: delay_of(hours) for where, hours in by_source.items()}
    for kind in sorted(by_kind):
        delay = delay_of(by_kind[kind])
        if delay is not None:
            found.delays_by_kind[kind] = delay
    return found


def _recorded(session: Session, since: datetime, until: datetime) -> Iterable[tuple[Any, ...]]:
    wanted = select(_F.id, _F.kind, _F.act, _F.source, _F.effective_at, _F.recorded_at, _F.corrects_id).where(
        _F.recorded_at >= since, _F.recorded_at <= until
    )
    return cast(Iterable[tuple[Any, ...]], session.connection().execute(wanted))


def _put_right(
    session: Session, since: datetime, until: datetime, sources: Sources, found: Statements
) -> None:
    """Facts that a row of the year corrects or withdraws, each once, by where they came from."""
    old = Fact.__table__.alias().c
    wanted = (
        select(old.id, old.kind, old.source, _F.act)
        .join_from(Fact.__table__, old.id.table, _F.corrects_id == old.id)
        .where(_F.recorded_at >= since, _F.recorded_at <= until)
        .order_by(_F.id)
    )
    for _number, (kind, where, withdrawn) in {
        number: (kind, sources.of(number, source), act == Act.WITHDRAWS.value)
        for number, kind, source, act in session.connection().execute(wanted)
    }.items():
        by_source = found.withdrawn if withdrawn else found.corrected
        by_kind = found.withdrawn_by_kind if withdrawn else found.corrected_by_kind
        by_source[where] += 1
        by_kind[kind] += 1
