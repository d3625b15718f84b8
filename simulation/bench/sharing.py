"""How many events a minute reach four agencies, with nothing lost and nothing out of order for any person.

Four receivers in processes of their own, over TLS, check every signature; the hub's own `exchange` process carries.
What counts is what stands in the receivers' files, compared with the database.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import settings
from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import write_value
from hub.custody.facts.records import Act as FactAct
from hub.custody.facts.records import Fact
from hub.custody.records import Booking, Person
from hub.custody.stays import ADMISSION, Admission
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.rows import insert_rows
from hub.sharing.agreements.records import Act, Agency, Agreement, AgreementAct, AgreementVersion
from hub.sharing.agreements.terms import Grant, Terms, digest_of, write_terms
from hub.sharing.catalogue import EXCHANGES
from hub.sharing.outbox import keys
from hub.sharing.outbox.cursor import begin
from hub.sharing.outbox.records import Delivery, SharingEvent
from hub.sharing.partners.records import Webhook
from simulation.bench.sharing_receiver import FORGED, GOT
from simulation.processes import run
from simulation.progress import Progress

PEOPLE: Final = 1_200
EVENTS: Final = 10_000
AGENCIES: Final = {
    "police-a": ("police", "admission_notice"),
    "police-b": ("police", "admission_notice"),
    "courts-a": ("courts", "custody_status"),
    "courts-b": ("courts", "custody_status"),
}
PATIENCE_S: Final = 300.0
_AT_ONCE: Final = 250


@dataclass
class _Told:
    """What one receiver wrote down: numbers by id as they first came, and how many came again."""

    first: dict[str, tuple[int, str]]
    again: int
    out_of_order: int


def events_figures(progress: Progress) -> dict[str, Any]:
    """events_per_min (each to four agencies), lost, out_of_order, and what lies behind them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pims-sharing-")))
        run("pims-hub", "init", "--data", str(folder / "hub"), "--broker", "amqtt", "--admin-password-file",
            str(folder / "password"))  # fmt: skip
        found = settings.load(folder / "hub")
        engine = make_engine(found.database)
        stack.callback(engine.dispose)
        sessions = make_sessions(engine)
        at = datetime.now(UTC)
        keys.prepare(found.keys, at)
        stays = _people(sessions, at)
        for code, (kind, exchange) in AGENCIES.items():
            url, pin = stack.enter_context(_receiver(folder / code, found.keys / keys.PUBLIC))
            _agree(sessions, code, kind, exchange, url, pin, at)
        with session_scope(sessions) as session:
            begin(session)
        stack.enter_context(_exchange(folder / "hub"))
        progress(f"{EVENTS} events, each to {len(AGENCIES)} agencies")
        begun = time.monotonic()
        _happen(sessions, stays)
        told = _wait(sessions, folder)
        took_s = time.monotonic() - begun
        return _figures(sessions, folder, told, took_s)


def _people(sessions: Sessions, at: datetime) -> list[tuple[int, int]]:
    with session_scope(sessions) as session:
        insert_rows(
            session,
            Person,
            [
                {
                    "number": f"P-{n:06d}",
                    "surname": "Nobody",
                    "given": "N",
                    "born_on": None,
                    "sex": "M",
                    "created_at": at,
                }
                for n in range(1, PEOPLE + 1)
            ],
        )
        ids = list(session.scalars(select(Person.id).order_by(Person.id)))
        insert_rows(
            session,
            Booking,
            [
                {
                    "number": f"B-{n:06d}",
                    "person_id": person,
                    "admitted_at": at,
                    "recorded_at": at,
                    "recorded_by": "bench",
                    "released_at": None,
                }
                for n, person in enumerate(ids, 1)
            ],
        )
        return [(row[0], row[1]) for row in session.execute(select(Booking.person_id, Booking.id))]


def _agree(sessions: Sessions, code: str, kind: str, exchange: str, url: str, pin: str, at: datetime) -> None:
    first = (at - timedelta(days=30)).date()
    terms = Terms(
        title="Bench",
        our_party="The prison",
        their_party=code,
        legal_basis="An Act",
        grants=(Grant(exchange, "custody_notice", EXCHANGES[exchange].names, ("pims.custody.admitted",)),),
        retention_days=30,
        correction_route="By letter",
        security="Locked",
        breach_hours=24,
        starts_on=first,
        review_on=first + timedelta(days=300),
    )
    raw = write_terms(terms)
    with session_scope(sessions) as session:
        agency = Agency(
            code=code, kind=kind, name=code, contact="", active=True, opened_at=at, opened_by="bench"
        )
        session.add(agency)
        session.flush()
        agreement = Agreement(code=f"{code}-1", agency_id=agency.id, opened_at=at, opened_by="bench")
        session.add(agreement)
        session.flush()
        version = AgreementVersion(
            agreement_id=agreement.id, number=1, terms=raw, digest=digest_of(raw), starts_on=first,
            review_on=terms.review_on, ends_on=None, made_at=at, made_by="bench",
        )  # fmt: skip
        session.add(version)
        session.flush()
        for login in ("one", "two"):
            session.add(
                AgreementAct(
                    agreement_id=agreement.id, version_id=version.id, act=Act.SIGNED.value, by=login, at=at,
                    reason="", digest=version.digest,
                )
            )  # fmt: skip
        session.add(Webhook(agency=code, url=url, batch=True, ca_pem="", pin=pin, set_at=at, set_by="bench"))


@contextmanager
def _receiver(folder: Path, published: Path) -> Iterator[tuple[str, str]]:
    words = [sys.executable, "-m", "simulation.bench.sharing_receiver", str(folder), str(published)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            url, pin = child.stdout.readline().split()
            yield url, pin
        finally:
            child.kill()


@contextmanager
def _exchange(data: Path) -> Iterator[None]:
    words = [sys.executable, "-m", "hub", "exchange", "--data", str(data)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "Exchange ready\n"
            yield
        finally:
            child.terminate()
            child.wait(60)


def _happen(sessions: Sessions, stays: list[tuple[int, int]]) -> None:
    """Facts as officers would record them, some hundred in a transaction, each person several times."""
    kind = KINDS[ADMISSION.name]
    for start in range(0, EVENTS, _AT_ONCE):
        now = datetime.now(UTC)
        value = write_value(Admission(admitted_at=now))
        rows = []
        for number in range(start, min(EVENTS, start + _AT_ONCE)):
            person, booking = stays[number % len(stays)]
            rows.append(
                {
                    "person_id": person, "booking_id": booking, "kind": kind.name, "item": None,
                    "act": FactAct.STATES.value, "value": value, "effective_at": now, "recorded_at": now,
                    "recorded_by": "bench", "source": "bench", "document_id": None, "reason": "",
                    "corrects_id": None,
                }
            )  # fmt: skip
        with session_scope(sessions) as session:
            insert_rows(session, Fact, rows)


def _wait(sessions: Sessions, folder: Path) -> dict[str, _Told]:
    until = time.monotonic() + PATIENCE_S
    wanted = EVENTS * len(AGENCIES)
    while time.monotonic() < until:
        if sum(_lines(folder / code / GOT) for code in AGENCIES) >= wanted:
            break
        time.sleep(0.2)
    return {code: _read(folder / code / GOT) for code in AGENCIES}


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _read(path: Path) -> _Told:
    first: dict[str, tuple[int, str]] = {}
    newest: dict[str, int] = {}
    again = out_of_order = 0
    for line in path.read_text().splitlines():
        number, subject, uid = line.split(" ")
        if uid in first:
            again += 1
            continue
        first[uid] = (int(number), subject)
        out_of_order += int(number) < newest.get(subject, 0)
        newest[subject] = max(newest.get(subject, 0), int(number))
    return _Told(first, again, out_of_order)


def _figures(sessions: Sessions, folder: Path, told: dict[str, _Told], took_s: float) -> dict[str, Any]:
    with session_scope(sessions, writes=False) as session:
        lost = sum(len(_ids(session, code) - set(one.first)) for code, one in told.items())
        unmade = EVENTS * len(AGENCIES) - (session.scalar(select(func.count()).select_from(Delivery)) or 0)
    return {
        "events": EVENTS,
        "agencies": len(AGENCIES),
        "seconds": round(took_s, 2),
        "events_per_min": round(EVENTS / took_s * 60),
        "deliveries_per_min": round(EVENTS * len(AGENCIES) / took_s * 60),
        "lost": lost + unmade,
        "out_of_order": sum(one.out_of_order for one in told.values()),
        "received_again": sum(one.again for one in told.values()),
        "forged": sum((folder / code / FORGED).exists() for code in told),
    }


def _ids(session: Session, agency: str) -> set[str]:
    wanted = select(SharingEvent.uid).join(Delivery, Delivery.event_id == SharingEvent.id)
    return set(session.scalars(wanted.where(Delivery.agency == agency)))
