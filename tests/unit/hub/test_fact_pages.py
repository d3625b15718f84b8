"""Recording facts through the pages: nothing typed is lost, nothing is overwritten, two clerks both keep their work."""

from __future__ import annotations

import hashlib
import html
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from hub.accounts.audit import Actor, write_down
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.catalogue import KINDS
from hub.custody.facts.kinds import Input, read_value
from hub.custody.facts.reading import current, one
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.custody.legal import CHARGE, LEGAL_STATUS
from hub.custody.records import Person
from hub.custody.sentencing.forms import SENTENCE
from hub.custody.who.contacts import CHILD
from hub.custody.who.naming import ALIAS
from hub.database import session_scope
from hub.keeping.oversight.words import known_act

from .site_world import World, post, sign_in

TODAY = "2026-11-22"
NEW = "/people/P-000001/facts/new"


@pytest.fixture
def rita(world: World) -> FlaskClient:
    world.site()
    world.person()
    return world.browser("rita", Role.RECORDS_OFFICER)


def send(client: FlaskClient, address: str, **form: object) -> TestResponse:
    return post(client, address, {"effective": TODAY, **form})


def row_of(world: World, kind: str) -> Fact:
    with session_scope(world.sessions, writes=False) as session:
        return (
            session.scalars(select(Fact).where(Fact.kind == kind).order_by(Fact.id.desc())).first() or Fact()
        )


def rows(world: World, kind: str) -> int:
    with session_scope(world.sessions, writes=False) as session:
        return len(session.scalars(select(Fact.id).where(Fact.kind == kind)).all())


def typed(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def test_what_cannot_be_is_said_at_its_field_and_nothing_typed_is_lost(
    world: World, rita: FlaskClient
) -> None:
    answer = send(
        rita, f"{NEW}/child", f_name="Eva <b>", f_born_on="2031-02-30", f_age_years="x", source="mother"
    )
    assert answer.status_code == 400
    assert 'id="f_born_on-fault"' in answer.text
    assert "There is no such day" in answer.text
    assert "Write a whole number." in answer.text
    assert 'id="f_guardianship-fault"' in answer.text
    assert typed(answer.text, "f_name") == "Eva <b>"
    assert typed(answer.text, "source") == "mother"
    assert rows(world, CHILD.name) == 0


@pytest.mark.parametrize("day", ["", "2026-02-30", "1066-10-14", "9999-01-01", "22/11/2026"])
def test_a_day_of_effect_that_cannot_be_is_refused(world: World, rita: FlaskClient, day: str) -> None:
    answer = send(rita, f"{NEW}/alias", f_surname="Chiclera", effective=day)
    assert answer.status_code == 400
    assert 'id="effective-fault"' in answer.text
    assert rows(world, ALIAS.name) == 0


@pytest.mark.parametrize(
    ("day", "words"), [("2027-01-05", "has not come yet"), ("2016-11-22", "more than a year ago")]
)
def test_a_day_far_off_is_asked_about_once_and_then_recorded(
    world: World, rita: FlaskClient, day: str, words: str
) -> None:
    first = send(rita, f"{NEW}/alias", f_surname="Chiclera", effective=day)
    assert first.status_code == 400
    assert words in first.text
    assert typed(first.text, "f_surname") == "Chiclera"
    assert rows(world, ALIAS.name) == 0
    assert send(rita, f"{NEW}/alias", f_surname="Chiclera", effective=day, sure=day).status_code == 303
    other = send(rita, f"{NEW}/alias", f_surname="Chico", effective="2028-01-01", sure=day)
    assert "has not come yet" in other.text


def test_a_legal_fact_asks_for_its_paper(world: World, rita: FlaskClient) -> None:
    bare = send(rita, f"{NEW}/legal_status", f_status="REMAND")
    assert bare.status_code == 400
    assert "Say which paper this comes from" in bare.text
    assert send(rita, f"{NEW}/legal_status", f_status="REMAND", source="Order 7").status_code == 303
    assert row_of(world, LEGAL_STATUS.name).source == "Order 7"


def test_a_scan_that_came_with_a_faulty_form_stays_chosen(world: World, rita: FlaskClient) -> None:
    scan = (io.BytesIO(b"%PDF-1.7 order\n%%EOF\n"), "order.pdf")
    first = send(rita, f"{NEW}/legal_status", f_status="", scan=scan)
    assert first.status_code == 400
    chosen = re.search(r'<option value="(\d+)" selected>', first.text)
    assert chosen is not None
    assert send(rita, f"{NEW}/legal_status", f_status="REMAND", document=chosen[1]).status_code == 303
    assert row_of(world, LEGAL_STATUS.name).document_id == int(chosen[1])


def test_a_scan_of_another_file_is_no_source(world: World, rita: FlaskClient) -> None:
    world.person("Bol", "Eva")
    scan = (io.BytesIO(b"%PDF-1.7 letter\n%%EOF\n"), "x.pdf")
    send(rita, "/people/P-000002/documents/new", title="Letter", sort="letter", scan=scan)
    answer = send(rita, f"{NEW}/legal_status", f_status="REMAND", document="1")
    assert answer.status_code == 400
    assert "Say which paper this comes from" in answer.text


def test_terms_and_money_are_read_as_people_write_them(world: World, rita: FlaskClient) -> None:
    answer = send(
        rita,
        f"{NEW}/sentence",
        f_type="fine_in_default",
        f_imposed_on="2026-11-20",
        f_term_months="6",
        f_fine_cents="1,250.50",
        source="Order S 9",
    )
    assert answer.status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        held = one(current(session, SENTENCE, person_id=1))
    assert held is not None
    assert (held.value.term.months, held.value.fine_cents) == (6, 125_050)
    again = rita.get(f"/people/P-000001/facts/{held.row.id}/correct").text
    assert typed(again, "f_fine_cents") == "1250.50"
    assert typed(again, "f_term_months") == "6"


def test_pressing_twice_records_once(world: World, rita: FlaskClient) -> None:
    for _ in range(2):
        assert send(rita, f"{NEW}/alias", f_surname="Chiclera").status_code == 303
    assert rows(world, ALIAS.name) == 1


def test_a_correction_needs_its_reason_and_takes_the_row_s_place(world: World, rita: FlaskClient) -> None:
    row = row_of(world, IDENTITY.name)
    address = f"/people/P-000001/facts/{row.id}/correct"
    form = {"f_surname": "Nobelo", "f_given": "Ana", "f_sex": "F", "f_born_on": "1990-05-01"}
    bare = send(rita, address, **form)
    assert bare.status_code == 400
    assert 'id="reason-fault"' in bare.text
    assert send(rita, address, **form, reason="passport").status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        person = session.get_one(Person, 1)
        assert person.surname == "Nobelo"
        assert session.get_one(Fact, row.id).value == row.value
    proof = rita.get(f"/people/P-000001/facts/{row.id}").text
    assert "no longer counts" in proof
    assert "passport" in proof


def test_two_clerks_who_correct_one_fact_both_keep_their_work(world: World, rita: FlaskClient) -> None:
    row = row_of(world, IDENTITY.name)
    address = f"/people/P-000001/facts/{row.id}/correct"
    sam = world.browser("sam", Role.RECORDS_OFFICER)
    base = {"f_given": "Ana", "f_sex": "F", "f_born_on": "1990-05-01"}
    assert send(sam, address, **base, f_surname="Novello", reason="birth paper").status_code == 303
    late = send(rita, address, **base, f_surname="Nobelo", reason="passport")
    assert late.status_code == 409
    assert "Novello" in late.text
    assert typed(late.text, "f_surname") == "Nobelo"
    assert typed(late.text, "reason") == "passport"
    action = re.search(r'action="(/people/P-000001/facts/\d+/correct)"', late.text)
    assert action is not None
    assert send(rita, action[1], **base, f_surname="Nobelo", reason="passport").status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        assert session.get_one(Person, 1).surname == "Nobelo"
        assert len(session.scalars(select(Fact).where(Fact.kind == "identity")).all()) == 3


def test_two_clerks_who_change_one_fact_see_both(world: World, rita: FlaskClient) -> None:
    form = {"f_status": "REMAND", "source": "Order 7"}
    send(rita, f"{NEW}/legal_status", **form)
    opened = typed(rita.get(f"{NEW}/legal_status").text, "seen")
    sam = world.browser("sam", Role.RECORDS_OFFICER)
    send(sam, f"{NEW}/legal_status", f_status="SENTENCED", source="Order 8", seen=opened)
    late = send(rita, f"{NEW}/legal_status", f_status="RECALL", source="Order 9", seen=opened)
    assert late.status_code == 409
    assert "Sentenced" in late.text
    assert typed(late.text, "source") == "Order 9"
    assert "Record mine over it" in late.text
    over = send(
        rita, f"{NEW}/legal_status", f_status="RECALL", source="Order 9", seen=typed(late.text, "seen")
    )
    assert over.status_code == 303


def test_one_takes_back_one_s_own_last_change_and_no_other(world: World, rita: FlaskClient) -> None:
    send(rita, f"{NEW}/alias", f_surname="Chiclera")
    row = row_of(world, ALIAS.name)
    undo = f"/people/P-000001/facts/{row.id}/undo"
    assert f'action="{undo}"' in rita.get("/people/P-000001").text
    sam = world.browser("sam", Role.RECORDS_OFFICER)
    assert "Take it back" not in sam.get("/people/P-000001").text
    refused = post(sam, undo, {"reason": "mine"}, page=NEW + "/alias")
    assert refused.status_code == 409
    assert post(rita, undo, {"reason": ""}, page="/people/P-000001").status_code == 409
    assert post(rita, undo, {"reason": "wrong file"}, page="/people/P-000001").status_code == 303
    page = rita.get("/people/P-000001").text
    assert "<s>Chiclera" in page
    assert "rita: wrong file" in page
    assert "Also known as" not in page


def test_a_name_is_never_taken_back_only_corrected(world: World, rita: FlaskClient) -> None:
    row = row_of(world, IDENTITY.name)
    assert rita.get(f"/people/P-000001/facts/{row.id}/withdraw").status_code == 404


def test_a_fact_of_another_file_is_not_found_under_this_number(world: World, rita: FlaskClient) -> None:
    other = world.person("Bol", "Eva")
    theirs = row_of(world, IDENTITY.name)
    assert theirs.person_id == other.id
    for ending in ("", "/correct", "/change", "/withdraw"):
        assert rita.get(f"/people/P-000001/facts/{theirs.id}{ending}").status_code == 404
    assert (
        post(
            rita, f"/people/P-000001/facts/{theirs.id}/undo", {"reason": "x"}, page=f"{NEW}/alias"
        ).status_code
        == 409
    )


def test_who_may_not_record_is_refused_at_form_and_at_sending(world: World, rita: FlaskClient) -> None:
    director = world.browser("dora", Role.DIRECTOR)
    token = typed(director.get("/people/P-000001").text, "csrf_token")
    assert director.get(f"{NEW}/alias").status_code == 403
    assert director.post(f"{NEW}/alias", data={"csrf_token": token, "f_surname": "X"}).status_code == 403
    assert rita.get(f"{NEW}/release").status_code == 404
    assert rita.get(f"{NEW}/nothing").status_code == 404


def test_every_kind_that_is_written_by_hand_has_a_form_that_opens(world: World, rita: FlaskClient) -> None:
    nora = world.browser("nora", Role.HEALTH)
    opened = 0
    for kind in KINDS.values():
        if not kind.by_hand or not kind.fields or kind.name.endswith("document"):
            continue
        page = (nora if kind.record == "record_health" else rita).get(f"{NEW}/{kind.name}")
        assert page.status_code in (200, 403), kind.name
        if page.status_code == 200:
            opened += 1
            for field in kind.fields:
                name = f"f_{field.name}_years" if field.input is Input.TERM else f"f_{field.name}"
                assert f'name="{name}"' in page.text, (kind.name, field.name)
    assert opened > 25


def test_a_form_left_open_over_night_leads_to_the_door(world: World, rita: FlaskClient) -> None:
    page = rita.get(f"{NEW}/alias")
    world.later(days=2)
    token = typed(page.text, "csrf_token")
    answer = rita.post(f"{NEW}/alias", data={"csrf_token": token, "f_surname": "X", "effective": TODAY})
    assert answer.status_code == 401
    assert sign_in(rita, "rita").status_code == 303
    assert rows(world, ALIAS.name) == 0


@pytest.mark.parametrize(
    ("address", "act"),
    [
        ("/people/P-000001/facts/new/alias", "fact.form"),
        ("/people/P-000001/facts/1/correct", "fact.form"),
        ("/people/P-000001/documents/new", "document.form"),
        ("/people/P-000001/photo/new", "photo.form"),
    ],
)
def test_a_form_shows_the_file_so_it_is_a_look_like_any_other(
    world: World, rita: FlaskClient, address: str, act: str
) -> None:
    assert "NOVELO" in rita.get(address).text
    with session_scope(world.sessions, writes=False) as session:
        line = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert line is not None
    assert (line.actor, line.act, line.subject) == ("rita", act, "P-000001")
    assert known_act(line) is not None


def test_an_offence_is_named_by_a_word_and_what_stands_on_what_is_said_in_words(
    world: World, rita: FlaskClient
) -> None:
    form = rita.get(f"{NEW}/charge").text
    assert '<option value="0401 Robbery">' in form
    unclear = send(
        rita, f"{NEW}/charge", f_iccs="acts", f_offence="Taking a bicycle", source="Charge sheet 1"
    )
    assert unclear.status_code == 400
    assert "Choose the offence&#39;s class from the list." in unclear.text
    assert 'value="acts"' in unclear.text
    send(rita, f"{NEW}/charge", f_iccs="robbery", f_offence="Taking a bicycle", source="Charge sheet 1")
    charge = row_of(world, "charge")
    assert read_value(CHARGE, charge.value).iccs == "0401"
    assert "0401 Robbery" in rita.get(f"/people/P-000001/facts/{charge.id}").text
    dates = rita.get(f"{NEW}/hearing").text
    assert f'<option value="{charge.id}">Taking a bicycle (Charge sheet 1)</option>' in dates
    send(
        rita,
        f"{NEW}/hearing",
        f_court="Court 2",
        f_hearing_at="2026-12-01T09:00",
        f_purpose="Mention",
        f_charge=charge.id,
        source="Notice 2",
    )
    evidence = rita.get(f"/people/P-000001/facts/{row_of(world, 'hearing').id}").text
    assert "<dt>Charge</dt><dd>Taking a bicycle</dd>" in evidence


def said_in_trail(world: World, row: Fact) -> str:
    with session_scope(world.sessions, writes=False) as session:
        wanted = select(AuditEntry.detail).where(AuditEntry.detail.like(f"{row.kind} {row.id} item %"))
        return session.scalars(wanted).one()


def change_by_hand(world: World, row: int, column: str, value: str | None) -> None:
    """As whoever administers the database could, past every guard."""
    with world.engine.begin() as connection:
        if world.engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE facts DISABLE TRIGGER USER"))
        else:
            for (name,) in connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'facts'")
            ).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(f"UPDATE facts SET {column} = :to WHERE id = :id"), {"to": value, "id": row})


def test_the_trail_gives_no_value_away_to_whoever_tries_them_all(world: World, rita: FlaskClient) -> None:
    send(rita, f"{NEW}/alias", f_surname="Pérez", f_given="Juan", source="Passport")
    send(rita, f"{NEW}/alias", f_surname="Pérez", f_given="Juan", source="Another passport")
    with session_scope(world.sessions, writes=False) as session:
        first, second = session.scalars(select(Fact).where(Fact.kind == "alias").order_by(Fact.id))
        assert (first.value, first.effective_at) == (second.value, second.effective_at)
    told = [said_in_trail(world, row).split()[-1] for row in (first, second)]
    assert told[0] != told[1]
    guessed = hashlib.sha256(f"{first.effective_at.isoformat()} {first.value}".encode()).hexdigest()
    assert guessed[:16] not in said_in_trail(world, first)
    assert not any(digest == guessed[: len(digest)] for digest in told)


def test_evidence_says_whether_a_row_is_as_the_trail_has_it(world: World, rita: FlaskClient) -> None:
    send(rita, f"{NEW}/alias", f_surname="Pérez", f_given="Juan", source="Passport")
    row = row_of(world, "alias")
    address = f"/people/P-000001/facts/{row.id}"
    page = rita.get(address).text
    assert said_in_trail(world, row).split()[-1] in page
    assert "as the trail has it" in page
    change_by_hand(world, row.id, "value", row.value.replace("Juan", "José"))
    assert "not as the trail has it: tell the auditor" in rita.get(address).text


def test_a_row_from_before_there_were_secrets_is_still_shown(world: World, rita: FlaskClient) -> None:
    send(rita, f"{NEW}/alias", f_surname="Pérez", f_given="Juan", source="Passport")
    row = row_of(world, "alias")
    change_by_hand(world, row.id, "salt", None)
    page = rita.get(f"/people/P-000001/facts/{row.id}")
    assert page.status_code == 200
    assert "recorded before the trail kept digests in this form" in page.text


def test_a_row_without_digest_in_the_trail_says_where_it_came_from(world: World, rita: FlaskClient) -> None:
    at = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    operator = Actor("operator", "")
    with session_scope(world.sessions) as session:
        fact = {
            "person_id": 1, "booking_id": None, "kind": "alias", "item": None, "act": "states",
            "value": '{"surname":"Cal"}', "effective_at": at, "recorded_by": "operator", "source": "", "reason": "",
        }  # fmt: skip
        for hours in (0, 1, 72):
            session.add(Fact(**fact, recorded_at=at + timedelta(hours=hours)))
        detail = "import 3 row 5"
        write_down(session, at=at, actor=operator, act="person.import", subject="P-000001", detail=detail)
        write_down(session, at=at + timedelta(hours=1), actor=operator, act="register.seed")
        session.flush()
        numbers = session.scalars(select(Fact.id).where(Fact.kind == "alias").order_by(Fact.id)).all()
    brought, seeded, slipped_in = (rita.get(f"/people/P-000001/facts/{number}").text for number in numbers)
    assert "import 3, row 5" in brought
    assert "made together with the invented prison" in seeded
    assert "ask the auditor what vouches for it" in slipped_in, "what nobody brought in is not excused"
