"""The search: one box for number, name, alias, cell and status."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, select

from hub.accounts.audit import OPERATOR
from hub.custody.actions import assign_home, open_booking_of, register_person
from hub.custody.facts.actions import Statement, correct, state, withdraw
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import LEGAL_STATUS, LegalStatus, Status
from hub.custody.records import Person
from hub.custody.rules import PersonFacts, Sex
from hub.custody.search.finding import Hit, Why, find, sounding_like
from hub.custody.search.projection import is_missing, rebuild, refresh
from hub.custody.search.records import SearchEntry, SearchKey, SearchPosting
from hub.custody.search.sounds import fold, name_words, same_sound, words_of
from hub.database import session_scope

from .site_world import World


def _outside(world: World, surname: str, given: str) -> Person:
    with session_scope(world.sessions) as session:
        facts = PersonFacts(surname, given, date(1985, 3, 4), Sex.MALE)
        return register_person(session, facts, actor=OPERATOR, at=world.at)


def _found(world: World, text: str, limit: int = 20) -> list[Hit]:
    with session_scope(world.sessions, writes=False) as session:
        return find(session, text, limit)


def _names(world: World, text: str) -> list[str]:
    return [f"{hit.surname} {hit.given}" for hit in _found(world, text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vasquez", "basques"),
        ("jimenez", "ximenez"),
        ("gimenez", "jimenez"),
        ("hernandez", "ernandes"),
        ("gonzalez", "gonsales"),
        ("castillo", "castiyo"),
        ("novello", "nobelo"),
        ("xol", "shol"),
        ("kaal", "caal"),
        ("ycal", "ical"),
        ("tzib", "tsib"),
        ("smith", "smyth"),
        ("philip", "filip"),
        ("arthur", "artur"),
        ("cayetano", "kayetano"),
        ("quiroz", "kiros"),
    ],
)
def test_spellings_of_one_name_sound_alike(one: str, other: str) -> None:
    assert same_sound(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("smith", "jones"), ("nunez", "arana"), ("12", "13"), ("cal", "coc")]
)
def test_other_names_do_not(one: str, other: str) -> None:
    assert not same_sound(one, other)


def test_a_name_is_folded_to_plain_small_letters() -> None:
    assert fold("Núñez PEÑA") == "nunez pena"
    assert words_of("O'Neil-Ch’oc, María") == ["oneil", "choc", "maria"]
    assert name_words("de la Cruz") == ["cruz", "delacruz"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Vásquez Íñigo", Why.NAME),
        ("vasquez", Why.NAME),
        ("inigo VASQUEZ", Why.NAME),
        ("vasq ini", Why.NAME),
        ("basques", Why.SOUND),
        ("vasqeuz", Why.SOUND),
        ("vasnquez", Why.SLIP),
        ("P-000001", Why.NUMBER),
        ("p1", Why.NUMBER),
    ],
)
def test_one_person_is_found_however_it_is_typed(world: World, typed: str, why: Why) -> None:
    world.person("Vásquez", "Íñigo")
    hits = _found(world, typed)
    assert [(hit.number, hit.why) for hit in hits] == [("P-000001", why)]


@pytest.mark.parametrize("typed", ["", "  ", "%", "vasquez jones", "zzzz", "P-999999", "\u200b", "'; DROP"])
def test_what_fits_nobody_finds_nobody(world: World, typed: str) -> None:
    world.person("Vásquez", "Íñigo")
    assert _found(world, typed) == []


def test_a_stay_is_found_by_its_number(world: World) -> None:
    _outside(world, "Other", "One")
    world.person("Novelo", "Ana")
    assert [(hit.number, hit.why) for hit in _found(world, "B-000001")] == [("P-000002", Why.BOOKING)]
    assert {hit.number for hit in _found(world, "1")} == {"P-000001", "P-000002"}


def test_those_in_custody_come_first_and_the_very_name_before_what_only_sounds_like_it(world: World) -> None:
    _outside(world, "Chaves", "Abel")
    _outside(world, "Chavez", "Abel")
    world.person("Chavez", "Zoe")
    world.person("Chabes", "Ada")
    assert _names(world, "chavez") == ["Chavez Zoe", "Chavez Abel", "Chabes Ada", "Chaves Abel"]


def test_cell_and_status_are_searched_with_the_name(world: World) -> None:
    world.site()
    for surname, zone, cell, status in (
        ("Coc", "block-b", "b-12", LegalStatus.REMAND),
        ("Pop", "block-b", "b-13", LegalStatus.SENTENCED),
        ("Cal", "block-a", "a-1", LegalStatus.REMAND),
    ):
        person = world.person(surname, "Juan")
        with session_scope(world.sessions) as session:
            booking = open_booking_of(session, person.id)
            assert booking is not None
            assign_home(
                session, booking, zone, effective_at=world.at, recorded_at=world.at, actor=OPERATOR, cell=cell
            )
            fact = Statement(LEGAL_STATUS, Status(status=status), world.at, "order", booking_id=booking.id)
            state(session, person.id, fact, actor=OPERATOR, at=world.at)
    assert _names(world, "remand block b") == ["Coc Juan"]
    assert _names(world, "preventiva bloque b") == ["Coc Juan"]
    assert _names(world, "b-13") == ["Pop Juan"]
    assert sorted(_names(world, "juan block b")) == ["Coc Juan", "Pop Juan"]
    assert [(hit.place, hit.status) for hit in _found(world, "coc")] == [("b-12", "REMAND")]


def test_a_corrected_name_is_found_and_the_wrong_one_no_more(world: World) -> None:
    person = world.person("Novelo", "Ana")
    with session_scope(world.sessions) as session:
        wrong = session.scalars(select(Fact).where(Fact.kind == "identity")).one()
        right = Statement(IDENTITY, Identity(surname="Requena", given="Ana"), world.at)
        correct(session, wrong, right, reason="misread", actor=OPERATOR, at=world.at)
    assert _names(world, "requena") == ["Requena Ana"]
    assert _names(world, "novelo") == []
    with session_scope(world.sessions) as session:
        newest = session.scalars(select(Fact).where(Fact.kind == "identity").order_by(Fact.id.desc())).first()
        assert newest is not None
        withdraw(session, newest, IDENTITY, reason="it was right", actor=OPERATOR, at=world.at)
    assert [hit.person_id for hit in _found(world, "novelo")] == [person.id]


def test_somebody_released_is_found_after_those_inside(world: World) -> None:
    first, second = world.person("Tut", "Ana"), world.person("Tut", "Bea")
    with session_scope(world.sessions) as session:
        booking = open_booking_of(session, first.id)
        assert booking is not None
        booking.released_at = world.at
        refresh(session, [first.id])
    hits = _found(world, "tut")
    assert [(hit.number, hit.in_custody) for hit in hits] == [(second.number, True), (first.number, False)]


def test_name_twins_are_heard(world: World) -> None:
    world.person("Velásquez", "José")
    world.person("Belasques", "Hose")
    world.person("Velasco", "José")
    with session_scope(world.sessions, writes=False) as session:
        twins = sounding_like(session, "Velasquez", "Jose")
    assert [hit.surname for hit in twins] == ["Velásquez", "Belasques"]


def test_made_again_from_the_facts_it_is_the_same(world: World) -> None:
    world.person("De la Cruz", "María José")
    _outside(world, "Núñez", "Ix Chel")
    with session_scope(world.sessions) as session:
        tables = (SearchEntry.__table__, SearchPosting.__table__, SearchKey.__table__)
        before = [sorted(map(tuple, session.execute(select(table)))) for table in tables]
        assert rebuild(session) == 2
        assert [sorted(map(tuple, session.execute(select(table)))) for table in tables] == before
        assert not is_missing(session)
        session.execute(delete(SearchPosting))
        session.execute(delete(SearchEntry))
        assert is_missing(session)


def test_a_word_that_begins_like_the_last_of_all_words_and_a_single_letter_find_theirs(world: World) -> None:
    world.person("Zzul", "Ana")
    world.person("Zul", "Ana")
    assert _names(world, "zz") == ["Zzul Ana"]
    assert _names(world, "z ana") == [], "one letter is a word by itself, as of a block"


def test_what_thousands_have_is_no_slip_of_another_word(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person("Gongora", "Ana")
    world.person("Gongara", "Eva")
    assert len(_found(world, "gongora")) == 2
    monkeypatch.setattr("hub.custody.search.finding._COMMON", 1)
    assert _names(world, "gongora") == ["Gongora Ana"]
