"""A terminal's unit without sensor, hub and socket: the real verbs over a picture that the test makes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from argon2 import PasswordHasher
from PIL import Image

from edge.attestation.forms import Home, Nothing, Signed, SignInQuestion
from edge.attestation.forms import Officer as KnownOfficer
from edge.attestation.guard import PinGuard
from edge.attestation.officers import Officers
from edge.clock import Reading
from edge.decision import NO_ORDERS, InForce
from edge.desk.server import Verb
from edge.ports import Finding, RollFacts
from edge.unit.doings import Doings
from edge.unit.picture import Known
from edge.unit.scanning import CountStation
from edge.unit.verbs import UnitVerbs
from wire.codec import decode, encode
from wire.happenings import CountKind, EntryReference, Happening, Outcome
from wire.journal import Clock as Confidence
from wire.roll import RollOfficer, RollPerson
from wire.unit import (
    CountPhase,
    OpenCount,
    OutCountShown,
    UnitAlarm,
    UnitCell,
    UnitPerson,
    UnitPicture,
    UnitShift,
    ZoneName,
)
from wire.versions import Version

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNIT, OTHER = "block-a", "workshop"
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PIN, SECOND_PIN = "481526", "739184"
LUZ = RollOfficer(login="gomez", name="GOMEZ, Luz", pin=HASHER.hash(PIN))
TOM = RollOfficer(login="tillett", name="TILLETT, Tom", pin=HASHER.hash(SECOND_PIN))
ZONES = [
    ZoneName(code=UNIT, name="Block A", unit=UNIT, proof_s=3_600),
    ZoneName(code="block-a-yard", name="Block A > Yard", unit=UNIT, proof_s=3_600),
    ZoneName(code=OTHER, name="Workshop", proof_s=3_600),
    ZoneName(code="clinic", name="Clinic", proof_s=3_600),
]
NAMES = (
    "ARANA, Ana",
    "BOL, Beto",
    "CHÁN, Cira",
    "DUBON, Dan",
    "EK, Eva",
    "FLORES, Fito",
    "GILL, Gus",
    "HO, Hal",
)
T = TypeVar("T")


def number(nth: int) -> str:
    return f"P-{nth:06d}"


def somebody(nth: int, zone: str | None = UNIT, ago_s: int = 60, **more: Any) -> UnitPerson:
    """The `nth` person, from 1, of the unit."""
    facts: dict[str, Any] = {"sure": zone is not None, "assigned": True, "home": UNIT, "cell": f"A-{nth:02d}"}
    return UnitPerson(
        person=number(nth),
        zone=zone,
        source=None if zone is None else "scan",
        proven_at=None if zone is None else NOON - timedelta(seconds=ago_s),
        name=NAMES[(nth - 1) % len(NAMES)],
        **{**facts, **more},
    )


def announced(**more: Any) -> OpenCount:
    facts: dict[str, Any] = {
        "session": 7,
        "kind": CountKind.STANDING,
        "phase": CountPhase.COUNTING,
        "announced_at": NOON - timedelta(seconds=600),
        "freeze_at": NOON - timedelta(seconds=60),
        "blind": True,
        "slips": 0,
        "unit": UNIT,
    }
    return OpenCount(**{**facts, **more})


def picture(people: Sequence[UnitPerson] = (), **more: Any) -> UnitPicture:
    facts: dict[str, Any] = {
        "units": [UNIT],
        "people": list(people) or [somebody(nth) for nth in range(1, 9)],
        "counts": [],
        "out_counts": [],
        "alarms": [],
        "calls": [],
        "zones": ZONES,
        "cells": [UnitCell(unit=UNIT, cell=f"A-{nth:02d}", beds=2) for nth in range(1, 15)],
        "shifts": [
            UnitShift(unit=UNIT, officer="tillett", name="TILLETT, Tom", since_at=NOON - timedelta(hours=7))
        ],
    }
    return UnitPicture(**{**facts, **more})


def out_count(nth: int, place: str = "Workshop", zone: str = OTHER, **more: Any) -> OutCountShown:
    facts: dict[str, Any] = {"session": 7, "from_unit": UNIT, "declared_by": "gomez"}
    return OutCountShown(person=number(nth), place=place, place_zone=zone, **{**facts, **more})


def alarm(number_: int = 3, rank: int = 1, **more: Any) -> UnitAlarm:
    words = {"en": "Call for help", "es": "Pedido de ayuda"}
    return UnitAlarm(
        number=number_,
        code="call",
        at=NOON - timedelta(seconds=30),
        place="Block A",
        rank=rank,
        words=words,
        **more,
    )


def face(shade: int) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (72, 90), (shade, 120, 160)).save(held, "JPEG", quality=40)
    return held.getvalue()


@dataclass
class UnitWorld:
    """Clock, journal, copies and officers of one terminal; `ask` goes through the forms as the socket does."""

    checkpoint = "block-a-in"

    picture: UnitPicture = field(default_factory=picture)
    now_s: float = 0.0
    kept: list[Happening] = field(default_factory=list)
    officers: tuple[RollOfficer, ...] = (LUZ, TOM)
    committed: int = 0
    faces: dict[str, RollPerson] = field(default_factory=dict)
    orders: InForce = NO_ORDERS
    finger: str | None = None
    connected: bool = True

    def __post_init__(self) -> None:
        self.doings = Doings()
        self.signing = Officers(
            lambda: self.officers,
            self,
            self.checkpoint,
            now=lambda: self.now_s,
            new_token=iter(f"token-{nth}" for nth in range(1_000)).__next__,
            guard=PinGuard(),
        )
        self.station = CountStation(cast(Any, self), self.known, lambda: self.orders, lambda: self.now_s)
        self.unit = UnitVerbs(
            self.checkpoint, self.known, self.signing, self, self, lambda: self.committed, self.station
        )
        self.verbs: dict[str, Verb] = {
            **self.unit.verbs(),
            "home": Verb(Nothing, lambda _asked: self.home()),
            "officers": Verb(Nothing, lambda _asked: self.signing.known()),
            "sign_in": Verb(SignInQuestion, lambda asked: self.signing.sign_in(asked.login, asked.pin)),
            "sign_out": Verb(Signed, lambda asked: self.signing.sign_out(asked.token)),
            "who": Verb(Signed, self._who),
        }

    def known(self) -> Known:
        return Known(self.picture, NOON, int(self.now_s), self.read(), self.doings, self.faces)

    def home(self) -> Home:
        return Home(
            terminal="block-a-1",
            model="cell_block",
            checkpoint=self.checkpoint,
            from_zone="yard",
            to_zone=UNIT,
            connected=self.connected,
            sensor="ok",
            in_service=True,
            roll_version="1.5",
            roll_age_s=12,
            rules_version=None,
            rules_age_s=None,
            people=None if self.unit.showing.any_blind() else 8,
            officers=2,
            queue=0,
            clock_sure=True,
        )

    def sign_in(self, login: str = "gomez", pin: str = PIN) -> str:
        return self.signing.sign_in(login, pin).token

    def act(self, verb: str, question: Any) -> Any:
        """The verb's answer as it is; the forms are checked by `ask`."""
        return self.verbs[verb].act(question)

    # as `edge.desk.client.Desk`
    def ask(self, verb: str, question: Any, answer: type[T]) -> T:
        asked = self.verbs[verb]
        return decode(encode(asked.act(decode(encode(question), asked.form))), answer)

    # the clock
    def read(self) -> Reading:
        return Reading(
            "b" * 32, int(self.now_s * 1000), NOON + timedelta(seconds=self.now_s), Confidence.SYNCHRONISED
        )

    # the journal
    def record(self, happening: Happening) -> EntryReference:
        self.kept.append(happening)
        reference = EntryReference(terminal="block-a-1", journal_id=bytes(16), sequence=len(self.kept))
        self.doings.note(reference, self.read(), happening)
        return reference

    def has_room(self) -> bool:
        return True

    # the identifier
    def identify(self, _capture: Any, *_more: Any) -> tuple[Finding, RollFacts]:
        outcome = Outcome.MATCH if self.finger else Outcome.NO_MATCH
        found = Finding(outcome, self.finger, 60, "", 9.0, 1.0, 8, 8)
        return found, RollFacts(Version(1, 5), 1, {})

    def touch(self, person: str | None) -> Any:
        """A finger on the glass while a count has it; None when the gate has it."""
        self.finger = person
        return self.station.finger(cast(Any, SimpleNamespace()), 0.0) if self.station.wants_finger() else None

    def _who(self, asked: Signed) -> KnownOfficer:
        officer = self.signing.officer(asked.token, active=asked.active)
        return KnownOfficer(login=officer.login, name=officer.name)
