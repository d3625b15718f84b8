"""The log on pages: searched, taken out as a table, and told to the person whom it is about."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from hub.sharing.catalogue import Way
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.gate import NotAgreedError, note_receipt, refusals_noted, share, share_list

from .sharing_world import (
    FIRST,
    KINDS,
    SharingWorld,
    agree,
    grants_of,
    open_agencies,
    sharing_world,
    somebody,
    terms_of,
)
from .site_world import World


@pytest.fixture
def who(world: World) -> SharingWorld:
    return sharing_world(world)


def tell(
    world: World, who: SharingWorld, exchange: str = "admission_notice", purpose: str = "custody_notice"
) -> int:
    noted = refusals_noted(world.sessions, at=world.at, actor=FIRST, way=Way.PUSH, reference="=1+1")
    with noted, session_scope(world.sessions) as session:
        shared = share(
            session, agency="police", exchange=exchange, purpose=purpose, person=who.person, at=world.at,
            actor=FIRST, way=Way.PUSH, reference="=1+1",
        )  # fmt: skip
        note_receipt(session, shared.disclosure_id, "delivered", at=world.at)
    return shared.disclosure_id


def looks(world: World, act: str) -> list[str]:
    with session_scope(world.sessions, writes=False) as session:
        return [row.subject for row in session.query(AuditEntry).filter_by(act=act).order_by(AuditEntry.id)]


def test_the_log_is_searched_and_the_look_is_written_down(world: World, who: SharingWorld) -> None:
    tell(world, who)
    with pytest.raises(NotAgreedError):
        tell(world, who, purpose="investigation")
    rita = world.browser("rita")
    page = rita.get("/disclosures", query_string={"person": who.number}).text
    assert "Notice of an admission" in page
    assert "delivered" in page
    assert "purpose not agreed" in page
    assert "Novelo" not in page.split("<main")[1]
    assert looks(world, "disclosures.look") == [who.number]
    assert "delivered" not in rita.get("/disclosures", query_string={"refused": "1"}).text
    assert "Nothing fits" in rita.get("/disclosures", query_string={"agency": "courts"}).text
    assert rita.get("/disclosures", query_string={"first_on": "soon"}).status_code == 400
    yesterday = (world.at - timedelta(days=1)).date().isoformat()
    assert "Nothing fits" in rita.get("/disclosures", query_string={"known": yesterday}).text


def test_the_table_holds_every_row_and_no_formula(world: World, who: SharingWorld) -> None:
    tell(world, who)
    answer = world.browser("rita").get("/disclosures.csv", query_string={"agency": "police"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["person"] for row in rows] == [who.number]
    assert rows[0]["reference"] == "'=1+1"
    assert looks(world, "disclosures.export") == [""]


def test_a_person_reads_who_was_told_what_in_words(world: World, who: SharingWorld) -> None:
    tell(world, who)
    abel = world.browser("abel", Role.AUDITOR)
    page = abel.get(f"/people/{who.number}/disclosures").text
    for word in ("The police", "Notice of an admission", "Surname", "Act for tests, section 1", "365 days"):
        assert word in page
    assert "They may not pass it on" in page
    assert looks(world, "disclosures.report") == [who.number]
    spanish = abel.get(f"/people/{who.number}/disclosures", headers={"Accept-Language": "es"}).text
    assert "Aviso de ingreso" in spanish
    assert abel.get("/people/P-999999/disclosures").status_code == 404
    assert world.browser("otto", Role.OFFICER).get(f"/people/{who.number}/disclosures").status_code == 403


def test_what_a_law_withholds_is_not_told_to_the_person(world: World) -> None:
    open_agencies(world)
    terms = terms_of(world, *grants_of(KINDS["police"]))
    hidden = type(terms)(
        **{name: getattr(terms, name) for name in terms.__struct_fields__}
        | {"withheld": ("admission_notice",), "withheld_basis": "Act for tests, section 2"}
    )
    agree(world, "police", "p-1", hidden)
    who = somebody(world)
    tell(world, who)
    tell(world, who, "release_notice")
    page = world.browser("abel", Role.AUDITOR).get(f"/people/{who.number}/disclosures").text
    assert "Notice of an admission" not in page
    assert "Notice of a release" in page
    assert "may be missing here" in page


def test_the_file_shows_who_was_told(world: World, who: SharingWorld) -> None:
    rita = world.browser("rita")
    assert "Told to other agencies" not in rita.get(f"/people/{who.number}").text
    tell(world, who)
    assert "Told to other agencies" in rita.get(f"/people/{who.number}").text
    sam = world.browser("sam", Role.SHIFT_SUPERVISOR)
    assert "Told to other agencies" not in sam.get(f"/people/{who.number}").text


def test_the_log_outlives_the_file_with_the_number_alone(world: World, who: SharingWorld) -> None:
    tell(world, who)
    with session_scope(world.sessions, writes=False) as session:
        row = session.query(Disclosure).filter_by(receipt_of=None).one()
        assert row.person == who.number
        assert {
            key.target_fullname for column in Disclosure.__table__.columns for key in column.foreign_keys
        } == set()


def test_the_report_has_every_way_and_none_of_anybody_else(world: World, who: SharingWorld) -> None:
    other = somebody(world, "Chan", "Luis")
    with session_scope(world.sessions) as session:
        share_list(
            session, agency="courts", exchange="census_list", purpose="mutual_census",
            people=[who.person, other.person], at=world.at, actor=FIRST, way=Way.PULL,
        )  # fmt: skip
        share(
            session, agency="police", exchange="release_notice", purpose="custody_notice", person=other.person,
            at=world.at, actor=FIRST, way=Way.EXPORT,
        )  # fmt: skip
        share(
            session, agency="police", exchange="escape_notice", purpose="public_protection",
            person=who.person, at=world.at, actor=FIRST, way=Way.PUSH, wanted=(),
        )  # fmt: skip
    rita = world.browser("rita")
    page = rita.get(f"/people/{who.number}/disclosures").text
    assert "List of everybody held, for comparing" in page
    assert "Alert of an escape" in page
    assert "that something happened, and no fact about it" in page
    assert "Notice of a release" not in page
    assert "Notice of a release" in rita.get(f"/people/{other.number}/disclosures").text


def test_what_is_no_longer_known_by_name_is_told_by_its_code(world: World, who: SharingWorld) -> None:
    with session_scope(world.sessions) as session:
        session.add(
            Disclosure(
                at=world.at, agency="customs", agreement="gone-1", version=3, exchange="old_notice",
                purpose="old_purpose", person=who.number, fields="old:Field", way="push", actor="x",
                reference="", refused="", receipt_of=None, receipt="",
            )
        )  # fmt: skip
    page = world.browser("rita").get(f"/people/{who.number}/disclosures").text
    for code in ("customs", "gone-1", "old_notice", "old_purpose", "old:Field"):
        assert code in page
