"""The hub with 100,000 people inside and ten years of facts: a file, a name, a finger, the docket, an import.

Before that, on hubs of their own, where everybody is: see `simulation.bench.moving`.
"""

from __future__ import annotations

import random
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.accounts.actions import add_account, change_password
from hub.accounts.audit import OPERATOR
from hub.accounts.factors.sealing import FactorSeal
from hub.accounts.passwords import Passwords
from hub.accounts.permissions import Role
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.vault import Vault
from hub.custody.records import Booking, Person
from hub.database import Sessions, make_engine, make_sessions, session_scope
from hub.docket.runs import run_all
from hub.migrations import upgrade
from hub.reception.register import actions
from hub.reception.register.actions import Decision
from hub.reception.register.bringing_in import bring_in
from hub.reception.register.duplicates import Why
from hub.reception.register.records import RegisterImport
from hub.reception.seed.making import Order, make
from hub.web.collecting import collect_seldom
from hub.website.app import Parts, create_app
from simulation.bench.measuring import Row, milliseconds, print_table, resident_bytes
from simulation.bench.moving import moving_figures
from simulation.bench.population import later_touch
from simulation.bench.vault import Batches, drawn_beside, fill_vault
from simulation.progress import Progress

PEOPLE: Final = 100_000
FINGERS: Final = 100_000
YEARS: Final = 10
PAST: Final = 0.1
IMPORTED: Final = 5_000
PAGES: Final = 200
WARM: Final = 20
SEARCHES: Final = 100
FINGER_SEARCHES: Final = 40
_VAULT_KEY: Final = bytes(range(32))
LIMITS: Final = {"file": 60.0, "name": 100.0, "finger": 1000.0, "docket": 60.0, "import": 120.0}


def hub_section(progress: Progress) -> dict[str, Any]:
    """One database for all that is about files, on this machine's disk; first what is about places."""
    moving = moving_figures(progress)
    with (
        tempfile.TemporaryDirectory(prefix="pims-bench-") as folder,
        _hub(Path(folder)) as sessions,
        drawn_beside(FINGERS) as drawn,
    ):
        figures = _invented(sessions, drawn, progress)
        client = _signed_in(sessions)
        progress(f"  {PAGES} files")
        figures["file_page_ms"] = _files(sessions, client)
        progress(f"  {SEARCHES} searches by name")
        figures["name_search_ms"] = _names(sessions, client)
        progress("  the docket of everybody")
        figures |= _docket(sessions)
        progress(f"  a register of {IMPORTED:,}")
        figures["import_5000_s"] = _import(sessions)
        progress(f"  {FINGER_SEARCHES} searches by finger among {FINGERS:,}")
        figures |= _fingers(sessions)
    print_table(_rows(figures))
    return moving | figures


def _invented(sessions: Sessions, drawn: Batches, progress: Progress) -> dict[str, Any]:
    """People with their fingers. All processors are busy with it, so nothing else is measured until it is done."""
    progress(f"  inventing {PEOPLE:,} people with {YEARS} years of facts, drawing {FINGERS:,} fingers beside")
    begun, told = time.perf_counter(), _Told(progress)
    make(
        sessions,
        Order(PEOPLE, YEARS, 1, datetime.now(UTC).date(), PAST),
        lambda done, of_all: told("people", done, of_all),
    )
    invented_s = round(time.perf_counter() - begun, 1)
    fill_vault(
        sessions, Vault(_VAULT_KEY), FINGERS, drawn, lambda done: told("fingers in the vault", done, FINGERS)
    )
    return {
        "people": PEOPLE,
        "years": YEARS,
        "seed_s": invented_s,
        "fingers_after_s": round(time.perf_counter() - begun - invented_s, 1),
    }


class _Told:
    """Says every tenth of something that counts up, where there is no console whose line could be written again."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tenths: dict[str, int] = {}

    def __call__(self, what: str, done: int, of_all: int) -> None:
        line = f"    {done:,} of {of_all:,} {what}"
        tenth = 10 * done // of_all
        if tenth > self._tenths.get(what, 0):
            self._tenths[what] = tenth
            self._progress(line)
        else:
            self._progress.counting(line)


@contextmanager
def _hub(folder: Path) -> Iterator[Sessions]:
    engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
    upgrade(engine)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()


def _signed_in(sessions: Sessions) -> FlaskClient:
    passwords, login, at = Passwords(), "bench", datetime.now(UTC)
    with session_scope(sessions) as session:
        add_account(session, login, Role.RECORDS_OFFICER, passwords=passwords, actor=OPERATOR, at=at)
        word = secrets.token_hex(16)
        change_password(session, login, word, passwords=passwords, actor=OPERATOR, at=at)
    vault, seal = Vault(_VAULT_KEY), FactorSeal(bytes(range(32)))
    app = create_app(
        Parts(sessions, vault, bytes(32), lambda: datetime.now(UTC), False, passwords, seal=seal)
    )
    collect_seldom()  # as the serving process does
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token is not None
    answer = client.post("/login", data={"csrf_token": token[1], "login": login, "password": word})
    if answer.status_code != 303:
        raise SystemExit("the measurement could not sign in; its figures would mean nothing")
    return client


def _files(sessions: Sessions, client: FlaskClient) -> dict[str, float | None]:
    with session_scope(sessions, writes=False) as session:
        numbers = session.scalars(
            select(Person.number).join(Booking).where(Booking.released_at.is_(None))
        ).all()
    chosen = random.Random(1).sample(numbers, PAGES + WARM)
    return _pages(client, [f"/people/{number}" for number in chosen])


def _names(sessions: Sessions, client: FlaskClient) -> dict[str, float | None]:
    """Whole and begun names, with a slip in every third; cells and legal status among them."""
    rng = random.Random(2)
    with session_scope(sessions, writes=False) as session:
        people = session.execute(select(Person.surname, Person.given).limit(20_000)).all()
    asked = ["remand block a", "sentenced block b", "remand 1", "P-000123"]
    for number, one in enumerate(rng.sample(people, SEARCHES + WARM - len(asked))):
        words = f"{one.surname} {one.given.split()[0]}" if number % 2 else one.surname
        place = rng.randrange(len(words))
        asked.append(words[:place] + words[place + 1 :] if number % 3 == 0 else words)
    rng.shuffle(asked)
    return _pages(client, [f"/search/suggest?q={words}" for words in asked])


def _pages(client: FlaskClient, addresses: list[str]) -> dict[str, float | None]:
    def open_page(place: int) -> None:
        answer = client.get(addresses[place])
        if answer.status_code != 200:
            raise SystemExit(f"a page answered {answer.status_code}; its figures would mean nothing")

    for place in range(WARM):
        open_page(place)
    return milliseconds(lambda place: open_page(place + WARM), len(addresses) - WARM)


def _docket(sessions: Sessions) -> dict[str, float]:
    """The first run, which writes every finding, and one when they are there; the longer of the two is what counts."""
    first, again = (_seconds(lambda: run_all(sessions, datetime.now(UTC))) for _ in range(2))
    return {"docket_s": max(first, again), "docket_first_s": first, "docket_again_s": again}


def _import(sessions: Sessions) -> float:
    return _seconds(lambda: _bring_in(sessions))


def _bring_in(sessions: Sessions) -> None:
    at = datetime.now(UTC)
    with session_scope(sessions) as session:
        number = actions.hand_in(session, "bench.csv", _register(), actor=OPERATOR, at=at).id
    with session_scope(sessions) as session:
        found = session.get_one(RegisterImport, number)
        actions.check(session, found, actions.chosen_of(found), actor=OPERATOR, at=at)
        for why in Why:
            actions.decide_all(session, found, why.value, Decision.NEW)
        actions.start(session, found, actor=OPERATOR, at=at)
    bring_in(sessions, number, actor=OPERATOR, clock=lambda: datetime.now(UTC))


def _register() -> bytes:
    rng = random.Random(3)
    syllables = ("ba", "co", "lu", "mi", "ne", "po", "ra", "se", "ti", "vo", "xa", "zu")
    lines = ["No,Surname,Given,DOB,Sex,Status,Date admitted,Warrant,Sentence,Date sentenced"]
    for number in range(IMPORTED):
        surname, given = ("".join(rng.choices(syllables, k=3)).title() for _ in range(2))
        born = f"{rng.randint(1, 28)}/{rng.randint(1, 12)}/{rng.randint(1955, 2005)}"
        lines.append(
            f"{number},{surname},{given},{born},M,Remand,01/02/2025,W {number}/25,3 years,10/02/2025"
        )
    return "\n".join(lines).encode()


def _fingers(sessions: Sessions) -> dict[str, Any]:
    """By the search that admission uses: out of the vault once, as after a restart, and from then on in memory."""
    search, before = DuplicateSearch(Vault(_VAULT_KEY), sessions), resident_bytes()
    begun = time.perf_counter()
    search.refresh()
    loaded_s = round(time.perf_counter() - begun, 1)
    rng = np.random.default_rng(4)
    probes = [later_touch(int(number), rng) for number in rng.integers(0, FINGERS, FINGER_SEARCHES)]
    search.find(probes[0])
    took = milliseconds(lambda place: search.find(probes[place]), FINGER_SEARCHES)
    return {
        "finger_search_ms": took,
        "fingers": len(search),
        "finger_load_s": loaded_s,
        "finger_memory_mb": round((resident_bytes() - before) / 1e6),
    }


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return round(time.perf_counter() - begun, 2)


def _rows(figures: dict[str, Any]) -> list[Row]:
    file, name, finger = (figures[f"{key}_ms"] for key in ("file_page", "name_search", "finger_search"))
    return [
        Row("a person's file, p50", file["p50"], "ms"),
        Row("a person's file, p95", file["p95"], "ms", most=LIMITS["file"]),
        Row("suggestions for a name, p50", name["p50"], "ms"),
        Row("suggestions for a name, p95", name["p95"], "ms", most=LIMITS["name"]),
        Row(f"a finger among {FINGERS:,}, p50", finger["p50"], "ms"),
        Row(f"a finger among {FINGERS:,}, p95", finger["p95"], "ms", most=LIMITS["finger"]),
        Row("fingers read after a restart", figures["finger_load_s"], "s"),
        Row("memory of the fingers", figures["finger_memory_mb"], "MB"),
        Row(f"docket of {PEOPLE:,} people", figures["docket_s"], "s", most=LIMITS["docket"]),
        Row(
            f"a register of {IMPORTED:,} tried and brought in",
            figures["import_5000_s"],
            "s",
            most=LIMITS["import"],
        ),
        Row(f"{PEOPLE:,} people invented", figures["seed_s"], "s"),
    ]
