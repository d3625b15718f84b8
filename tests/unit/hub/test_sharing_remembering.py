"""What the gate keeps of agreements is what the tables hold, whoever changed them and whether it lasted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.database import make_sessions, session_scope
from hub.sharing import remembering
from hub.sharing.agreements import actions
from hub.sharing.agreements.reading import agency_by_code, standings
from hub.sharing.agreements.records import AgreementAct, AgreementVersion
from hub.sharing.agreements.terms import Terms, read_terms, write_terms
from hub.sharing.remembering import standings_of
from hub.sharing.ruling import Rules

from .agency_api_world import ApiWorld, api_world
from .sharing_world import COURTS, FIRST, KINDS, SECOND, WRITER, grants_of, narrow, terms_of
from .site_world import World

CODE = f"{COURTS}-2026"
GRANTS = grants_of(KINDS[COURTS])


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


@contextmanager
def asked(engine: Engine) -> Iterator[list[str]]:
    """Statements that name the terms of agreements."""
    found: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "agreement_versions.terms" in statement:
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_it_says_what_reading_all_of_it_says(hub: ApiWorld) -> None:
    narrow(hub.world, COURTS, {"custody_status": ("nc:PersonSurName",)})
    for at in (hub.at, hub.at - timedelta(days=1), hub.at + timedelta(days=4000)):
        for agency in (COURTS, "police", "nobody"):
            with session_scope(hub.world.sessions, writes=False) as session:
                known, read = standings_of(session, at, agency), standings(session, at, agency)
                assert [one.state for one in known] == [one.state for one in read]
                for one, other in zip(known, read, strict=True):
                    assert (one.agency.code, one.agreement.id) == (other.agency.code, other.agreement.id)
                    for mine, its in zip(one.versions, other.versions, strict=True):
                        columns = [column.name for column in AgreementVersion.__table__.columns]
                        assert [getattr(mine, c) for c in columns] == [getattr(its, c) for c in columns]
                    for act, its_act in zip(one.acts, other.acts, strict=True):
                        columns = [column.name for column in AgreementAct.__table__.columns]
                        assert [getattr(act, c) for c in columns] == [getattr(its_act, c) for c in columns]


def test_terms_are_read_once_and_a_suspension_by_another_process_holds_from_the_next_call(
    hub: ApiWorld,
) -> None:
    courts = hub.program(COURTS).signed_in()
    address = f"/v1/custody/{hub.about.number}"
    assert courts.get(address).status_code == 200
    with asked(hub.world.engine) as terms:
        assert courts.get(address).status_code == 200
    assert terms == []
    # Connections of its own, as another process has them.
    other = make_sessions(hub.world.engine.execution_options(of="another"))
    with session_scope(other) as session:
        actions.suspend(session, CODE, "a breach", actor=FIRST, at=hub.at)
    answer = courts.get(address)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "suspended")
    for one in (FIRST, SECOND):
        with session_scope(other) as session:
            actions.lift(session, CODE, "mended", actor=one, at=hub.at)
    assert courts.get(address).status_code == 200
    with session_scope(other) as session:
        agency = agency_by_code(session, COURTS)
        assert agency is not None
        actions.set_active(session, agency, False, actor=FIRST, at=hub.at)
    assert courts.get(address).status_code == 403


def test_what_was_rolled_back_never_counts_though_its_numbers_are_given_again(hub: ApiWorld) -> None:
    """Seen inside the transaction that wrote it, gone with it, and another row has its number afterwards."""
    wide = terms_of(hub.world, *GRANTS)
    less = terms_of(hub.world, *(one for one in GRANTS if one.exchange != "custody_status"))

    def exchanges(session: Session, terms: Terms, signers: tuple[Actor, ...]) -> bool:
        row = actions.write_version(session, CODE, terms, seen=1, actor=WRITER, at=hub.at)
        for signer in signers:
            actions.sign(session, CODE, row.number, row.digest, actor=signer, at=hub.at)
        return bool(Rules(session, hub.at).purposes_in_force(COURTS, "custody_status"))

    with hub.world.sessions() as session:
        assert exchanges(session, wide, (FIRST, SECOND))
        session.rollback()
    with session_scope(hub.world.sessions) as session:
        assert not exchanges(session, less, (FIRST, SECOND))
    with session_scope(hub.world.sessions, writes=False) as session:
        assert not Rules(session, hub.at).purposes_in_force(COURTS, "custody_status")


def test_terms_that_are_not_those_of_their_digest_are_not_kept(
    hub: ApiWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "digest_of", lambda _raw: "another")
    monkeypatch.setattr(remembering, "_MEMORY", remembering._Memory())
    for _ in range(2):
        with asked(hub.world.engine) as terms, session_scope(hub.world.sessions, writes=False) as session:
            [one] = standings_of(session, hub.at, COURTS)
            assert write_terms(read_terms(one.versions[0].terms)) == one.versions[0].terms
        assert len(terms) == 1
