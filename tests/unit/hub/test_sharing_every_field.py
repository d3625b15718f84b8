"""Every field of every exchange, against agreements that name it and agreements that do not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hub.accounts.audit import Actor
from hub.sharing.agreements.actions import sign, write_agreement
from hub.sharing.agreements.terms import Grant
from hub.sharing.catalogue import EXCHANGES, About, Direction, Exchange, Way
from hub.sharing.catalogue.reading import Reading
from hub.sharing.gate import NotAgreedError, Shared, share

from .sharing_world import FIRST, SECOND, WRITER, SharingWorld, open_agencies, somebody, terms_of
from .site_world import World

CLIENT = Actor("agency:anybody", "10.1.0.1")
OUTGOING = [name for name, one in EXCHANGES.items() if one.direction is Direction.OUT]
BROUGHT: dict[str, Any] = {
    "pims:RequestReference": "r-1", "pims:LaboratoryCaseID": "l-1", "pims:IdentityOutcomeCode": "identified",
    "pims:MessageID": "m-1", "pims:ReceiptID": "R-1", "pims:ReceiptStateCode": "refused",
    "pims:FingerprintRecord": "AAAA", "pims:FingerPositionCode": [1], "pims:CorrectedFieldName": ["SEX"],
}  # fmt: skip


@pytest.fixture
def who(world: World) -> SharingWorld:
    open_agencies(world)
    return somebody(world)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_only_what_is_agreed_is_read_and_leaves(world: World, who: SharingWorld, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch, world.sessions() as session:
        called = spied(patch)
        for name in OUTGOING:
            exchange = EXCHANGES[name]
            agreed = data.draw(st.sets(st.sampled_from(exchange.names), min_size=1), label=name)
            called.clear()
            shared = shared_under(world, session, exchange, agreed, who)
            assert set(called) == agreed, "agreed fields are read, no others"
            assert set(shared.fields) <= agreed
            if exchange.about is not About.FIGURES:
                places = {EXCHANGES[name].by_name[one].place for one in shared.fields}
                assert leaves(shared.document["data"]) == places
        session.rollback()


def test_each_field_alone_is_refused_under_an_agreement_that_names_all_others(
    world: World, who: SharingWorld
) -> None:
    walked = 0
    with pytest.MonkeyPatch.context() as patch, world.sessions() as session:
        called = spied(patch)
        for name in OUTGOING:
            exchange = EXCHANGES[name]
            for wanted in exchange.names:
                others = set(exchange.names) - {wanted}
                called.clear()
                inner = session.begin_nested()
                with pytest.raises(NotAgreedError) as caught:
                    shared_under(world, session, exchange, others, who, wanted=(wanted,))
                inner.rollback()
                assert (caught.value.code, caught.value.fields) == ("field_not_agreed", (wanted,))
                assert called == []
                walked += 1
        session.rollback()
    assert walked == sum(len(EXCHANGES[name].fields) for name in OUTGOING)


def shared_under(
    world: World,
    session: Session,
    exchange: Exchange,
    agreed: Collection[str],
    who: SharingWorld,
    wanted: Collection[str] | None = None,
) -> Shared:
    """What leaves under an agreement that names these fields of this exchange and nothing else."""
    agency = min(exchange.partners).value
    world.sequence += 1
    code = f"walk-{world.sequence}"
    grant = Grant(exchange.name, "investigation", tuple(sorted(agreed)))
    row = write_agreement(
        session, agency=agency, code=code, terms=terms_of(world, grant), actor=WRITER, at=world.at
    )
    for signer in (FIRST, SECOND):
        sign(session, code, row.number, row.digest, actor=signer, at=world.at)
    figures = {"observations": [dict.fromkeys(exchange.names, "1")]}
    shared = share(
        session, agency=agency, exchange=exchange.name, purpose="investigation", person=who.person, at=world.at,
        actor=CLIENT, way=Way.PULL, wanted=wanted,
        given=figures if exchange.about is About.FIGURES else BROUGHT,
    )  # fmt: skip
    assert shared.agreement == code
    return shared


def spied(patch: pytest.MonkeyPatch) -> list[str]:
    """Names of fields whose reader was called, from now on."""
    called: list[str] = []
    for exchange in list(EXCHANGES.values()):
        watched = tuple(replace(one, read=_watched(one.name, one.read, called)) for one in exchange.fields)
        patch.setitem(EXCHANGES, exchange.name, replace(exchange, fields=watched))
    return called


def _watched(name: str, read: Callable[[Reading], Any], called: list[str]) -> Callable[[Reading], Any]:
    def reading(one: Reading) -> Any:
        called.append(name)
        return read(one)

    return reading


def leaves(data: Any, way: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Places of values in a document's data, down to where a field ends."""
    ends = {one.place for exchange in EXCHANGES.values() for one in exchange.fields}
    if way in ends or not isinstance(data, dict):
        return {way}
    return {place for key, value in data.items() for place in leaves(value, (*way, key))}
