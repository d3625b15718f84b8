"""The agencies' interface under four programs at once: how long the server works for one call, about 1,200 people."""

from __future__ import annotations

import itertools
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from sqlalchemy import select

from hub.accounts.audit import OPERATOR, Actor
from hub.custody.records import Booking
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.migrations import upgrade
from hub.reception.seed.making import Order, make
from hub.sharing.agreements.actions import open_agency, sign, write_agreement
from hub.sharing.agreements.terms import Grant, Terms
from hub.sharing.api.buckets import Buckets
from hub.sharing.api.door import Interface
from hub.sharing.catalogue import PartnerKind, exchanges_with
from hub.sharing.inbox.api import EXAMPLES
from hub.sharing.partners.actions import add_client, issue
from hub.sharing.partners.authority import prepare_agencies
from hub.web.collecting import collect_seldom
from hub.website.agency_app import create_agency_app
from simulation.progress import Progress
from simulation.report import percentiles

PEOPLE: Final = 1_200
CALLS: Final = 100
"""Of each of the four programs."""
EVERY_S: Final = 0.2
"""Each program calls five times a second, twice what its pace allows for long; then all call as fast as they can."""
WARM: Final = 10
_SHOWN: Final = "pims.bench.certificate"
_ADDRESS: Final = "https://hub.example"


@dataclass
class Program:
    """A program of an agency that calls the application as the server would."""

    kind: PartnerKind
    app: Flask
    certificate: bytes
    stays: list[str]
    token: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    taken: dict[str, list[float]] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=itertools.count)

    def call(self, name: str, method: str, address: str, **more: Any) -> Any:
        """One call; the time of the server's work for it is kept under `name`."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        if method == "POST":
            headers["Idempotency-Key"] = f"{self.kind}-{next(self._keys):08d}"
        client = self.app.test_client(use_cookies=False)
        begun = time.perf_counter()
        answer = client.open(
            address,
            method=method,
            headers=headers,
            base_url=_ADDRESS,
            environ_overrides={_SHOWN: self.certificate},
            **more,
        )
        self.taken.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
        if answer.status_code >= 400:
            raise SystemExit(f"{method} {address} was answered {answer.status_code}: {answer.text[:300]}")
        return answer

    def ask_token(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": f"{self.kind}-bench"}
        self.token = self.call("token", "POST", "/v1/token", data=form).get_json()["access_token"]

    def work(self, calls: int, every_s: float = 0.0) -> None:
        """What a program of this kind does all day; a late call does not put off those behind it."""
        acts, begun = _ACTS[self.kind], time.perf_counter()
        for number in range(calls):
            time.sleep(max(0.0, begun + number * every_s - time.perf_counter()))
            acts[number % len(acts)](self, number)


def measure(progress: Progress) -> dict[str, Any]:
    """`api_ms` over all calls of four programs at their pace, and by kind of call, in ms of the server's time."""
    with tempfile.TemporaryDirectory() as folder:
        sessions, programs = _prepared(Path(folder), progress)
        for program in programs:
            program.ask_token()
            program.work(WARM)
        progress(f"  {CALLS} calls of each of four programs, one every {EVERY_S} s")
        paced, _ = _at_once(programs, EVERY_S)
        progress("  the same as fast as they can")
        worked = time.process_time()
        flat_out, took = _at_once(programs, 0.0)
        worked = time.process_time() - worked
        sessions.kw["bind"].dispose()
    calls = sum(map(len, flat_out.values()))
    return {
        "api_ms": percentiles([one for taken in paced.values() for one in taken]),
        "api_by_call_ms": {name: percentiles(taken) for name, taken in sorted(paced.items())},
        "api_flat_out": {
            "ms": percentiles([one for taken in flat_out.values() for one in taken]),
            "calls_per_s": round(calls / took, 1),
            "cpu_ms_a_call": round(worked / calls * 1000, 1),
        },
    }


def _at_once(programs: list[Program], every_s: float) -> tuple[dict[str, list[float]], float]:
    """Times by kind of call, and how long all took together."""
    for program in programs:
        program.taken.clear()
    threads = [threading.Thread(target=program.work, args=(CALLS, every_s)) for program in programs]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    together: dict[str, list[float]] = {}
    for program in programs:
        for name, taken in program.taken.items():
            together.setdefault(name, []).extend(taken)
    if sum(map(len, together.values())) < 4 * CALLS:
        raise SystemExit("a program ended early; its figures would mean nothing")
    return together, took


def _prepared(folder: Path, progress: Progress) -> tuple[Sessions, list[Program]]:
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    sessions, at = make_sessions(engine), datetime.now(UTC)
    progress(f"  inventing {PEOPLE:,} people")
    make(sessions, Order(PEOPLE, 3, 1, at.date()), lambda _done, _of_all: None)
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    authority = prepare_agencies(keys, at=at)
    interface = Interface(
        sessions, lambda: datetime.now(UTC), lambda environ: environ.get(_SHOWN), Buckets(calls=10**9)
    )
    app = create_agency_app(interface, keys)
    collect_seldom()  # as the serving process does
    programs = []
    for kind in PartnerKind:
        with session_scope(sessions) as session:
            _agree(session, kind, at)
            add_client(
                session, agency=kind.value, client_id=f"{kind}-bench", about="bench", actor=OPERATOR, at=at
            )
            session.flush()
            made = issue(
                session, authority, client_id=f"{kind}-bench", request_pem=_request(), actor=OPERATOR, at=at
            )
            wanted = select(Booking.number).where(Booking.released_at.is_(None)).order_by(Booking.id)
            stays = list(session.scalars(wanted))
        der = x509.load_pem_x509_certificate(made.pem.encode()).public_bytes(Encoding.DER)
        programs.append(Program(kind, app, der, stays))
    return sessions, programs


def _agree(session: Any, kind: PartnerKind, at: datetime) -> None:
    today = at.date()
    open_agency(session, code=kind.value, kind=kind, name=kind.value, contact="", actor=OPERATOR, at=at)
    terms = _terms(kind, today - timedelta(days=1))
    code = f"{kind}-bench"
    row = write_agreement(session, agency=kind.value, code=code, terms=terms, actor=OPERATOR, at=at)
    for signer in ("one", "two"):
        sign(session, code, row.number, row.digest, actor=Actor(signer, "bench"), at=at)


def _terms(kind: PartnerKind, today: date) -> Terms:
    grants = tuple(Grant(one.name, "correction", one.names) for one in exchanges_with(kind))
    return Terms(
        title="Measurement",
        our_party="Prison",
        their_party=kind.value,
        legal_basis="Measurement",
        grants=grants,
        retention_days=1,
        correction_route="none",
        security="none",
        breach_hours=24,
        starts_on=today,
        review_on=today + timedelta(days=365),
    )


def _request() -> str:
    key = generate_private_key(SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, SHA256())
    return made.public_bytes(Encoding.PEM).decode()


def _custody(program: Program, number: int) -> None:
    stay = program.stays[number * 7 % len(program.stays)]
    address = f"/v1/custody/{stay}"
    held = {"If-None-Match": program.tags[stay]} if stay in program.tags else {}
    program.tags[stay] = program.call("custody", "GET", address, headers=held).headers["ETag"]


def _list(rule: str) -> Callable[[Program, int], None]:
    def ask(program: Program, _number: int) -> None:
        address = f"/v1/lists/{rule}?limit=50"
        cursor = program.tags.get(rule)
        found = program.call(f"{rule}, 50 people", "GET", f"{address}&cursor={cursor}" if cursor else address)
        program.tags[rule] = found.get_json()["next"] or ""

    return ask


def _events(program: Program, _number: int) -> None:
    program.call("events", "GET", "/v1/events?limit=100")


def _me(program: Program, _number: int) -> None:
    program.call("agreements", "GET", "/v1/agreements")


def _send(exchange: str) -> Callable[[Program, int], None]:
    example: Mapping[str, Any] = msgspec.to_builtins(EXAMPLES[exchange][0].body)

    def send(program: Program, number: int) -> None:
        name = f"{exchange}-{len(program.taken.get(exchange, ()))}-{number}"
        program.call(
            exchange, "POST", f"/v1/{exchange}s", json={**example, "nc:DocumentIdentification": name}
        )

    return send


_ACTS: Final[Mapping[PartnerKind, tuple[Callable[[Program, int], None], ...]]] = {
    PartnerKind.COURTS: (_custody, _custody, _list("remand-ageing"), _send("order"), _custody, _events),
    PartnerKind.POLICE: (_events, _send("arrest"), _list("census"), _send("charge"), _events),
    PartnerKind.FORENSIC: (_me, _events),
    PartnerKind.OBSERVATORY: (_me, _events),
}
