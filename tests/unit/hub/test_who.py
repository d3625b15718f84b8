"""What is known of somebody besides name and law: what cannot be, what is missing, how old, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import Form, Kind, write_value
from hub.custody.facts.records import Act, Fact
from hub.custody.who.age import age_on, is_juvenile
from hub.custody.who.contacts import CHILD, CONTACT, Child, Contact
from hub.custody.who.countries import countries, is_country
from hub.custody.who.course import ASKABLE, ASKED, Answer, Asked
from hub.custody.who.identifiers import IDENTIFIER, Identifier, IdentifierSort
from hub.custody.who.origin import CONSULATE, NATIONALITY, Consulate, LanguageSkill, Nationality, Told
from hub.custody.who.rules_7_and_8 import ITEMS, missing
from hub.reception.file.values import read, typed_of
from hub.web.language import say_in

TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 18, tzinfo=UTC)


def faults(kind: Kind[Form], value: Form) -> list[str]:
    assert kind.check is not None
    return sorted(kind.check(value, TODAY))


@pytest.mark.parametrize(
    ("sort", "number", "country", "wrong"),
    [
        (IdentifierSort.PASSPORT, "P 0123456", "BZ", []),
        (IdentifierSort.PASSPORT, "12345", "BZ", ["number"]),
        (IdentifierSort.PASSPORT, "A1234567890", "GT", ["number"]),
        (IdentifierSort.PASSPORT, "A1234567", "", ["country"]),
        (IdentifierSort.PASSPORT, "A1234567", "XX", ["country"]),
        (IdentifierSort.SOCIAL_SECURITY, "000-123-456", "", []),
        (IdentifierSort.SOCIAL_SECURITY, "12345678", "", ["number"]),
        (IdentifierSort.POLICE, "CR 7/26", "", []),
    ],
)
def test_numbers_of_other_agencies_have_the_form_that_is_known(
    sort: IdentifierSort, number: str, country: str, wrong: list[str]
) -> None:
    assert faults(IDENTIFIER, Identifier(sort=sort, number=number, country=country)) == wrong  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        (Consulate(country="GT"), []),
        (Consulate(country="GT", told=Told.YES), ["notified_at", "notified_by"]),
        (Consulate(country="GT", told=Told.REFUSED_BY_PERSON, notified_at=AT), ["notified_by"]),
        (Consulate(country="GT", told=Told.YES, notified_at=AT, notified_by="rita"), []),
        (Consulate(country="GT", answered_on=date(2027, 1, 1)), ["answered_on"]),
    ],
)
def test_word_to_the_consulate_says_when_and_who_and_so_does_a_refusal(
    value: Consulate, wrong: list[str]
) -> None:
    assert faults(CONSULATE, value) == wrong  # type: ignore[arg-type]


def test_a_child_is_born_on_a_day_that_can_be_and_an_emergency_can_be_called() -> None:
    assert faults(CHILD, Child(name="Eva", born_on=date(2030, 1, 1), age_years=-1)) == [
        "age_years",
        "born_on",
    ]  # type: ignore[arg-type]
    assert faults(CONTACT, Contact(name="Rosa", relation="mother", emergency=True)) == ["phone"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 11, 22), TODAY, 18),
        (date(2008, 11, 23), TODAY, 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_eighteen_begins_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
    assert is_juvenile(born, day) is (age < 18)
    assert not is_juvenile(None, day)


def test_every_item_of_the_rules_stands_in_a_kind_that_exists() -> None:
    for item in ITEMS:
        assert set(item.kinds) <= set(KINDS), item.code
        if item.field:
            assert item.field in KINDS[item.kinds[0]].form.__struct_fields__, item.code
    assert {item.asked for item in ITEMS} - {""} <= set(ASKABLE)
    assert {item.rule[0] + item.rule[-1] for item in ITEMS} == {f"7{x}" for x in "abcdefg"} | {
        f"8{x}" for x in "abcdef"
    }


def fact(number: int, kind: str, value: object, *, booking: int | None = None, act: Act = Act.STATES) -> Fact:
    raw = write_value(value) if isinstance(value, Form) else str(value)
    return Fact(
        id=number, person_id=1, booking_id=booking, kind=kind, item=None, act=act.value, value=raw,
        effective_at=AT, recorded_at=AT, recorded_by="x", source="", document_id=None, reason="", corrects_id=None,
    )  # fmt: skip


def gaps(*rows: Fact, booking: int = 7) -> set[str]:
    return {gap.item.code for gap in missing(rows, booking_id=booking)}


def test_an_answer_that_there_is_none_fills_the_item_for_its_stay_alone() -> None:
    none = fact(1, "asked", Asked(about="children", answer=Answer.NONE), booking=7)
    assert "children" not in gaps(none)
    assert "children" in gaps(none, booking=8)
    assert {"property", "nationality", "authority", "arrest_time"} <= gaps(none)


def test_an_empty_field_is_missing_and_a_withdrawn_fact_does_not_count() -> None:
    admission = fact(1, "admission", '{"admitted_at":"2026-11-22T18:00:00Z","injuries":" "}', booking=7)
    assert "injuries" in gaps(admission)
    assert "admitted" not in gaps(admission)
    nation = fact(2, "nationality", Nationality(country="BZ"))
    back = fact(3, "nationality", Nationality(country="BZ"), act=Act.WITHDRAWS)
    back.item, back.corrects_id = 2, 2
    assert "nationality" not in gaps(nation)
    assert "nationality" in gaps(nation, back)


def test_who_waits_for_a_court_needs_a_date_and_who_died_a_cause() -> None:
    remand = fact(1, "legal_status", '{"status":"REMAND"}', booking=7)
    assert "hearings" in gaps(remand)
    died = fact(2, "release", '{"reason":"died"}', booking=7)
    assert {"death", "remains"} <= gaps(remand, died)
    assert "hearings" not in gaps(remand, died)


def test_countries_have_their_names_in_both_languages() -> None:
    assert countries("es")["DE"] == "Alemania"
    assert countries("en")["DE"] == "Germany"
    assert not is_country("ZZ")
    assert say_in("es", NATIONALITY.say(Nationality(country="DE"))) == "Alemania"


def test_sentences_within_sentences_and_days_are_said_in_the_same_language() -> None:
    said = CHILD.say(Child(name="Eva", born_on=date(2019, 4, 2)))
    assert say_in("es", said).startswith("Eva, nacimiento 2 abr 2019: ")
    assert say_in("en", said) == "Eva, born 2 Apr 2019: Not known"


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.by_hand and kind.fields])
def test_what_a_form_shows_of_a_value_reads_back_as_the_same_value(name: str) -> None:
    kind = KINDS[name]
    filled: Mapping[str, str] = {}
    for field in kind.fields:
        filled = {**filled, **_typed(field.name, str(field.input), list(field.options))}
    value, wrong = read(kind, filled)
    assert wrong == {}, wrong
    assert read(kind, typed_of(kind, value), value) == (value, {})


def _typed(name: str, sort: str, options: list[str]) -> dict[str, str]:
    if sort == "term":
        return {f"{name}_years": "2", f"{name}_days": "3"}
    plain = {
        "date": "2020-02-29", "time": "2020-02-29T23:30", "number": "3", "yes_no": "yes", "item": "4",
        "money": "1,200.05", "country": "BZ", "zone": "block-a", "offence": "0502",
    }  # fmt: skip
    return {name: options[-1] if options else plain.get(sort, "text")}


@pytest.mark.parametrize(
    ("written", "english", "spanish"),
    [
        ("es", "Spanish", "español"),
        (" EN ", "English", "inglés"),
        ("cab", "Garifuna", "garífuna"),
        ("Kriol", "Kriol", "Kriol"),
        ("not-one", "not-one", "not-one"),
    ],
)
def test_a_language_is_a_word_also_where_a_code_was_written(written: str, english: str, spanish: str) -> None:
    said = KINDS["language"].say(LanguageSkill(written))
    assert (say_in("en", said), say_in("es", said)) == (english, spanish)


def test_nobody_was_asked_is_not_the_same_as_no() -> None:
    kind = KINDS["language"]
    value, _ = read(kind, {"language": "Kriol", "speaks": "", "reads": "no"})
    assert value is not None
    assert (value.speaks, value.reads) == (None, False)


def test_an_answer_can_be_asked_about_what_may_be_empty_alone() -> None:
    assert faults(ASKED, Asked(about="name", answer=Answer.NONE)) == ["about"]  # type: ignore[arg-type]
