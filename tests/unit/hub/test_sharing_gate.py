"""Nothing leaves that no agreement in force names, whichever way it is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.accounts.audit import Actor
from hub.database import session_scope
from hub.sharing.agreements.actions import end, lift, set_active, suspend, write_agreement
from hub.sharing.agreements.reading import agency_by_code, triggers_of
from hub.sharing.agreements.terms import Grant
from hub.sharing.catalogue import Way
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.gate import (
    Ask,
    NotAgreedError,
    Shared,
    accept_from,
    refusals_noted,
    share,
    share_list,
    share_many,
)

from .sharing_world import (
    FIRST,
    SECOND,
    WRITER,
    SharingWorld,
    agree,
    open_agencies,
    sharing_world,
    somebody,
    terms_of,
)
from .site_world import World

CLIENT = Actor("agency:police", "10.1.0.1")
NOTICE = ("police", "admission_notice", "custody_notice")


def ask(world: World, who: SharingWorld, wanted: tuple[str, ...] | None = None) -> Shared:
    agency, exchange, purpose = NOTICE
    with (
        refusals_noted(world.sessions, at=world.at, actor=CLIENT, way=Way.PULL),
        session_scope(world.sessions) as session,
    ):
        return share(
            session, agency=agency, exchange=exchange, purpose=purpose, person=who.person, at=world.at,
            actor=CLIENT, way=Way.PULL, wanted=wanted, reference="case 7",
        )  # fmt: skip


def rows(world: World) -> list[Disclosure]:
    with session_scope(world.sessions, writes=False) as session:
        return session.query(Disclosure).order_by(Disclosure.id).all()


def test_what_is_agreed_leaves_with_the_terms_it_leaves_on(world: World) -> None:
    who = sharing_world(world)
    shared = ask(world, who)
    booking = shared.document["data"]["j:Booking"]
    assert booking["j:BookingSubject"]["j:SubjectIdentification"]["nc:IdentificationID"] == who.number
    name = booking["j:BookingSubject"]["nc:RoleOfPerson"]["nc:PersonName"]
    assert name == {"nc:PersonSurName": "Novelo", "nc:PersonGivenName": "Ana"}
    assert shared.document["data"]["j:Arrest"]["j:ArrestCharge"][0]["j:ChargeDescriptionText"] == "Robbery"
    agreement = shared.document["agreement"]
    assert (agreement["code"], agreement["version"], agreement["purpose"]) == (
        "police-2026",
        1,
        "custody_notice",
    )
    assert (agreement["retentionDays"], agreement["onwardSharing"]) == (365, False)
    [row] = rows(world)
    assert (row.id, row.person, row.way, row.reference) == (
        shared.disclosure_id,
        who.number,
        "pull",
        "case 7",
    )
    assert row.fields == ",".join(shared.fields)
    assert "Novelo" not in repr(shared) + row.fields


def test_one_field_too_many_refuses_all_and_is_written_down(world: World) -> None:
    who = sharing_world(world)
    with pytest.raises(NotAgreedError) as caught:
        ask(world, who, ("nc:PersonSurName", "nc:PersonPhysicalFeature"))
    assert caught.value.code == "field_not_agreed"
    assert caught.value.fields == ("nc:PersonPhysicalFeature",)
    [row] = rows(world)
    assert (row.refused, row.fields, row.person) == (
        "field_not_agreed",
        "nc:PersonPhysicalFeature",
        who.number,
    )


@pytest.mark.parametrize(
    ("agency", "exchange", "purpose", "code"),
    [
        ("nobody", "admission_notice", "custody_notice", "unknown_agency"),
        ("courts", "admission_notice", "custody_notice", "exchange_not_agreed"),
        ("police", "admission_notice", "investigation", "purpose_not_agreed"),
        ("police", "arrest", "investigation", "exchange_not_agreed"),
        ("police", "nothing", "investigation", "exchange_not_agreed"),
    ],
)  # fmt: skip
def test_what_no_agreement_names_is_refused(
    world: World, agency: str, exchange: str, purpose: str, code: str
) -> None:
    who = sharing_world(world)
    with session_scope(world.sessions) as session, pytest.raises(NotAgreedError) as caught:
        share(
            session, agency=agency, exchange=exchange, purpose=purpose, person=who.person, at=world.at,
            actor=CLIENT, way=Way.SCREEN,
        )  # fmt: skip
    assert caught.value.code == code


def test_without_an_agreement_and_before_two_signed_it_nothing_leaves(world: World) -> None:
    open_agencies(world)
    who = somebody(world)
    _refused(world, who, "no_agreement")
    grant = Grant("admission_notice", "custody_notice", ("nc:PersonSurName",))
    with session_scope(world.sessions) as session:
        write_agreement(
            session, agency="police", code="p-1", terms=terms_of(world, grant), actor=WRITER, at=world.at
        )
    _refused(world, who, "not_signed")


def test_an_agreement_that_runs_out_between_two_pages_stops_the_second(world: World) -> None:
    open_agencies(world)
    who = somebody(world)
    grant = Grant("admission_notice", "custody_notice", ("nc:PersonSurName",))
    today = world.at.date()
    agree(world, "police", "p-1", terms_of(world, grant, starts_on=today, ends_on=today))
    assert ask(world, who).fields == ("nc:PersonSurName",)
    world.later(days=1)
    _refused(world, who, "expired")


def test_one_person_suspends_and_two_lift(world: World) -> None:
    who = sharing_world(world)
    with session_scope(world.sessions) as session:
        suspend(session, "police-2026", "a leak", actor=FIRST, at=world.at)
    _refused(world, who, "suspended")
    world.later(minutes=1)
    with session_scope(world.sessions) as session:
        assert not lift(session, "police-2026", "mended", actor=FIRST, at=world.at)
    _refused(world, who, "suspended")
    with session_scope(world.sessions) as session:
        assert lift(session, "police-2026", "mended", actor=SECOND, at=world.at)
    assert ask(world, who).fields
    with session_scope(world.sessions) as session:
        assert not end(session, "police-2026", "over", actor=SECOND, at=world.at)
        assert end(session, "police-2026", "over", actor=FIRST, at=world.at)
    _refused(world, who, "ended")


def test_a_closed_agency_gets_nothing(world: World) -> None:
    who = sharing_world(world)
    with session_scope(world.sessions) as session:
        agency = agency_by_code(session, "police")
        assert agency is not None
        set_active(session, agency, False, actor=FIRST, at=world.at)
    _refused(world, who, "agency_closed")


def test_many_at_once_come_back_in_order_with_refusals_among_them(world: World) -> None:
    who = sharing_world(world)
    agency, exchange, purpose = NOTICE
    good = Ask(agency, exchange, purpose, who.person)
    asks = [good, replace(good, purpose="investigation"), replace(good, agency="courts"), good]
    with session_scope(world.sessions) as session:
        found = share_many(session, asks, at=world.at, actor=CLIENT, way=Way.PUSH)
    assert [isinstance(one, Shared) for one in found] == [True, False, False, True]
    assert [row.refused for row in rows(world)] == ["", "purpose_not_agreed", "exchange_not_agreed", ""]
    first, last = found[0], found[-1]
    assert isinstance(first, Shared)
    assert isinstance(last, Shared)
    assert first.disclosure_id < last.disclosure_id


def test_a_list_is_one_document_and_a_disclosure_for_each_person(world: World) -> None:
    who = sharing_world(world)
    other = somebody(world, "Cal", "Rosa")
    with session_scope(world.sessions) as session:
        found = share_list(
            session, agency="courts", exchange="remand_ageing", purpose="remand_review",
            people=[who.person, other.person], at=world.at, actor=CLIENT, way=Way.EXPORT,
        )  # fmt: skip
    assert len(found.document["data"]) == 2
    assert [row.person for row in rows(world)] == [who.number, other.number]
    assert found.document["data"][0]["j:Detention"]["pims:RemandDayQuantity"] == 0


def test_figures_leave_in_agreed_columns_alone(world: World) -> None:
    open_agencies(world)
    agree(
        world,
        "observatory",
        "o-1",
        terms_of(world, Grant("indicators", "crime_statistics", ("SEX", "OBS_VALUE"))),
    )
    with session_scope(world.sessions) as session:
        shared = share(
            session, agency="observatory", exchange="indicators", purpose="crime_statistics", person=None,
            at=world.at, actor=CLIENT, way=Way.PULL,
            given={"observations": [{"SEX": "F", "OBS_VALUE": 31, "AGE": "18-20", "name": "Novelo"}]},
        )  # fmt: skip
    assert shared.document["data"] == {"observations": [{"SEX": "F", "OBS_VALUE": 31}]}


def test_what_comes_in_needs_an_agreement_too(world: World) -> None:
    sharing_world(world)
    with session_scope(world.sessions) as session:
        under = accept_from(
            session, agency="courts", exchange="order", purpose=None, fields=("j:CourtName",), at=world.at
        )
        assert under.code == "courts-2026"
        with pytest.raises(NotAgreedError) as caught:
            accept_from(
                session, agency="police", exchange="order", purpose=None, fields=("j:CourtName",), at=world.at
            )
        assert caught.value.code == "exchange_not_agreed"
        with pytest.raises(NotAgreedError) as caught:
            accept_from(
                session, agency="courts", exchange="order", purpose=None, fields=("poison",), at=world.at
            )
        assert caught.value.code == "field_not_agreed"


def test_events_send_what_is_agreed_on_them(world: World) -> None:
    sharing_world(world)
    with session_scope(world.sessions, writes=False) as session:
        police = triggers_of(session, "police", world.at)
        assert [one.exchange for one in police["pims.custody.admitted"]] == ["admission_notice"]
        assert "pims.custody.admitted" not in triggers_of(session, "observatory", world.at)
        assert triggers_of(session, "police", world.at - timedelta(days=1)) == {}


def _refused(world: World, who: SharingWorld, code: str) -> None:
    with pytest.raises(NotAgreedError) as caught:
        ask(world, who)
    assert caught.value.code == code
    assert rows(world)[-1].refused == code
