"""Who was held at the end of a day, in figures: made from the facts, and compared with what was kept. Pure reading."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import msgspec
import numpy as np
from sqlalchemy.orm import Session

from hub.statistics.cuts import CUTS
from hub.statistics.indicators.world import World, world_at
from hub.statistics.periods import Period
from hub.statistics.reading.timelines import Bools, Ints, micros

BY: Final = ("SEX", "AGE", "JUVENILE", "CITIZENSHIP", "DISTRICT", "LEGAL_STATUS", "ICCS")


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of a day: how many people, and how many of each category of each cut."""

    total: int
    cuts: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Roll:
    """The roll at the end of a day, as known at a time. The arrays have a place for each stay of the world."""

    day: date
    body: Body
    world: World = field(repr=False)
    held: Bools = field(repr=False)
    codes: Mapping[str, Ints] = field(repr=False)


def roll_on(session: Session, day: date, known_at: datetime) -> Roll:
    """The roll of `day`, as known at `known_at`. The same numbers come out whenever it is asked for."""
    period = Period(day, day)
    world = world_at(session, (), at=known_at, known_at=known_at)
    moment = micros(period.ends_at)
    held, codes = world.stays.held(moment), world.codes_at(moment, day)
    counted = {by: np.bincount(codes[by][held], minlength=len(CUTS[by].categories)) for by in BY}
    cuts = {by: dict(zip(CUTS[by].codes(), map(int, counted[by]), strict=True)) for by in BY}
    people = int(np.count_nonzero(np.bincount(world.stays.persons[held])))
    return Roll(day, Body(people, cuts), world, held, codes)


def written(body: Body) -> str:
    """The body as it is kept; the same text for the same numbers."""
    return msgspec.json.encode(body, order="deterministic").decode()


def digest_of(previous: str, day: date, known_at: datetime, body: str) -> str:
    """The seal of a kept roll onto the one before."""
    whole = f"{previous} {day.isoformat()} {known_at.astimezone(UTC).isoformat()} {body}"
    return hashlib.sha256(whole.encode()).hexdigest()
