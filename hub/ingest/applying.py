"""Applying authentic entries: read them, find people and places, record passages, tell the feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from hub.ingest import telling
from hub.ingest.clocks import Moment, boot_began_by, reckon
from hub.ingest.happened import take
from hub.ingest.reading import Site, Trouble, find_site, place_of, read, trouble_of, understand
from hub.ingest.records import Boot
from hub.ingest.storing import Arrived, Extension
from hub.ingest.taking_back import take_back
from hub.ingest.writing import Judged, write
from hub.movements import feed
from hub.movements.at_gates import kept_apart
from hub.movements.crossing import cross
from hub.movements.passages import Passage
from hub.movements.rules import Proof
from hub.terminals.actions import TerminalKeys, stood_at
from wire import happenings
from wire.happenings import Happening


@dataclass(frozen=True)
class _Read:
    """An entry, when it happened and what it says in the hub's terms."""

    one: Arrived
    moment: Moment
    said: Happening | Passage | Trouble


def apply(session: Session, extensions: Sequence[Extension], now: datetime, *, trusting: bool = True) -> None:
    """Write and apply everything that `extend` found, and tell the feed.

    With `trusting` false nothing is applied: every entry is put into quarantine as FAILED. That is for entries
    whose applying broke in a way nobody foresaw, so that they do not hold up their terminal.
    """
    arrived = [one for extension in extensions for one in extension.applicable]
    all_read = _read_all(session, arrived, trusting=trusting)
    judged: dict[tuple[int, bytes], dict[tuple[int, bytes], Judged]] = {}
    for read_one in all_read:
        one, said = read_one.one, read_one.said
        journal = judged.setdefault((one.keys.terminal_id, one.journal_id), {})
        journal[one.key] = Judged(read_one.moment, said if isinstance(said, Trouble) else None)
    alarms: list[feed.Line] = []
    for extension in extensions:
        key = extension.keys.terminal_id, extension.journal.journal_id
        conflicts = write(session, extension, judged.get(key, {}), now)
        alarms += telling.forks(extension, conflicts, now)
        take_back(session, extension, now)
    feed.append(session, [*_tell(session, all_read, now), *alarms])


def _read_all(session: Session, arrived: list[Arrived], *, trusting: bool) -> list[_Read]:
    if not trusting:
        return [_Read(one, Moment(one.received_at, False), Trouble.FAILED) for one in arrived]
    began = _boots(session, arrived)
    said = [read(one.linked.entry) for one in arrived]
    site = find_site(session, said)
    return [_in_our_terms(session, one, what, site, began) for one, what in zip(arrived, said, strict=True)]


def _in_our_terms(
    session: Session,
    one: Arrived,
    said: Happening | Trouble,
    site: Site,
    began: dict[tuple[int, str], Boot],
) -> _Read:
    entry = one.linked.entry
    boot = began.get((one.keys.terminal_id, entry.boot_id))
    moment = reckon(
        entry,
        one.received_at,
        None if boot is None else boot.began_by_at,
        historical=one.historical,
        began_after=None if boot is None else boot.began_after_at,
    )
    if isinstance(said, happenings.Attestation):
        there = _stood_there(session, one.keys, said, site) if said.checkpoint in site.checkpoints else True
        return _Read(one, moment, trouble_of(said, site) or (said if there else Trouble.OTHER_PLACE))
    if not isinstance(said, happenings.Passage):
        return _Read(one, moment, said)
    proof = Proof(
        one.keys.name,
        one.journal_id,
        entry.sequence,
        moment.at,
        moment.sure,
        one.linked.link,
        moment.earliest_at,
        moment.latest_at,
    )
    found = understand(said, site, proof, late=one.historical)
    if isinstance(found, Passage) and not _stood_there(session, one.keys, said, site):
        return _Read(one, moment, Trouble.OTHER_PLACE)
    return _Read(one, moment, found)


def _stood_there(
    session: Session, keys: TerminalKeys, said: happenings.Passage | happenings.Attestation, site: Site
) -> bool:
    """A terminal speaks of its own checkpoint only: one in bad hands must not move people all over the site."""
    told = place_of(said)
    own = told.checkpoint == keys.checkpoint and told == site.checkpoints[told.checkpoint]
    return own or stood_at(session, keys.name, told)


def _tell(session: Session, all_read: list[_Read], now: datetime) -> list[feed.Line]:
    """Feed lines in the order things happened, as far as that is known."""
    in_order = sorted(all_read, key=lambda read_one: read_one.moment.at)
    passages = [read_one.said for read_one in in_order if isinstance(read_one.said, Passage)]
    passage_lines = iter(cross(session, passages, at=now))
    lines: list[feed.Line] = kept_apart(session, passages, now)
    for read_one in in_order:
        if isinstance(read_one.said, Passage):
            lines.append(next(passage_lines))
        else:
            lines += telling.happening(read_one.one, read_one.moment, read_one.said, now)
            if not isinstance(read_one.said, Trouble):
                lines += take(session, read_one.one, read_one.moment, read_one.said, now)
    # What is left of them tells of contradictions.
    return [*lines, *passage_lines]


def _boots(session: Session, arrived: list[Arrived]) -> dict[tuple[int, str], Boot]:
    """When each boot began, with what these entries add to that knowledge written down."""
    heard: dict[tuple[int, str], datetime] = {}
    for one in arrived:
        began_by = boot_began_by(one.linked.entry, one.received_at)
        if began_by is not None:
            key = (one.keys.terminal_id, one.linked.entry.boot_id)
            heard[key] = min(began_by, heard.get(key, began_by))
    wanted = tuple_(Boot.terminal_id, Boot.boot_id).in_(sorted(heard))
    known = {(row.terminal_id, row.boot_id): row for row in session.scalars(select(Boot).where(wanted))}
    for (terminal_id, boot_id), began_by in heard.items():
        row = known.get((terminal_id, boot_id))
        if row is None:
            row = Boot(terminal_id=terminal_id, boot_id=boot_id, began_by_at=began_by)
            session.add(row)
            known[terminal_id, boot_id] = row
        row.began_by_at = min(row.began_by_at, began_by)
    session.flush()
    return known
