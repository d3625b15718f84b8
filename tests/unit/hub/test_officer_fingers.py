"""Officers' fingers: by consent alone, taken by another, at terminals that need them, gone at the end of duty."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hub.accounts.actions import find_account
from hub.accounts.administering import close_account
from hub.accounts.audit import OPERATOR, Actor
from hub.accounts.permissions import Role
from hub.accounts.pins import set_pin
from hub.accounts.records import AuditEntry
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import PreparedFinger, prepare_impression
from hub.biometrics.officer_records import OfficerFinger, OfficerKey
from hub.biometrics.officers import consent, end_of_duty, enrol_officer, officer_templates, remove_officer
from hub.biometrics.vault import Vault
from hub.database import session_scope
from hub.movements.posts import set_post
from hub.roll.rosters import OfficerBook
from hub.roll.rules import chunks
from hub.sentences import RefusedError
from matching import Template
from wire.codec import MAX_MESSAGE_BYTES, encode
from wire.errors import WireError
from wire.roll import RollFinger, RollOfficer

from .site_world import World, post, token_of

SUE, LUZ = Actor("sue", "10.0.0.1"), Actor("luz", "10.0.0.2")
Prints = dict[tuple[int, int], bytes]


def finger(prints: Prints, seed: int, position: int) -> PreparedFinger:
    return PreparedFinger(position, (prepare_impression(prints[seed, 1]),))


@pytest.fixture
def staffed(world: World) -> World:
    world.site()
    world.account("luz", Role.OFFICER)
    world.account("tom", Role.OFFICER)
    world.account("sue", Role.SHIFT_SUPERVISOR)
    with session_scope(world.sessions) as session:
        for login in ("luz", "tom"):
            set_pin(session, login, "$argon2id$x", name=login.title(), actor=OPERATOR, at=world.at)
    return world


def enrol(world: World, *fingers: PreparedFinger, login: str = "luz", actor: Actor = SUE) -> None:
    search = DuplicateSearch(world.vault, world.sessions)
    with session_scope(world.sessions) as session:
        enrol_officer(session, world.vault, search, login, fingers, actor=actor, at=world.at)


def agree(world: World, login: str = "luz") -> None:
    with session_scope(world.sessions) as session:
        consent(session, login, actor=Actor(login, ""), at=world.at)


def templates(world: World) -> dict[str, list[tuple[int, bytes]]]:
    with session_scope(world.sessions, writes=False) as session:
        return officer_templates(session, world.vault)


def test_nothing_is_kept_without_the_officers_own_consent_or_by_their_own_hand(
    staffed: World, prints: Prints
) -> None:
    two = [finger(prints, 1, 2), finger(prints, 2, 7)]
    with pytest.raises(RefusedError, match="agree first"):
        enrol(staffed, *two)
    with session_scope(staffed.sessions) as session, pytest.raises(RefusedError, match="Only the officer"):
        consent(session, "luz", actor=SUE, at=staffed.at)
    agree(staffed)
    with pytest.raises(RefusedError, match="Another officer"):
        enrol(staffed, *two, actor=LUZ)
    for wrong in ([two[0]], [two[0], two[0]], [finger(prints, 1, place) for place in range(1, 6)]):
        with pytest.raises(RefusedError, match="two to four"):
            enrol(staffed, *wrong)
    assert templates(staffed) == {}


def test_a_finger_of_somebody_else_here_is_refused(staffed: World, prints: Prints) -> None:
    agree(staffed)
    agree(staffed, "tom")
    enrol(staffed, finger(prints, 1, 2), finger(prints, 2, 7))
    with pytest.raises(RefusedError, match="another officer"):
        enrol(
            staffed, PreparedFinger(3, (prepare_impression(prints[1, 2]),)), finger(prints, 3, 7), login="tom"
        )
    assert sorted(templates(staffed)) == ["luz"]


def test_kept_are_two_locked_templates_and_the_newest_ones_alone(staffed: World, prints: Prints) -> None:
    agree(staffed)
    enrol(staffed, finger(prints, 1, 2), finger(prints, 2, 7))
    enrol(staffed, finger(prints, 3, 2), finger(prints, 4, 8))
    held = templates(staffed)["luz"]
    assert [position for position, _record in held] == [2, 8]
    assert Template.from_iso(held[0][1]) == prepare_impression(prints[3, 1]).template
    with session_scope(staffed.sessions, writes=False) as session:
        sealed = session.scalars(select(OfficerFinger.sealed_template)).all()
        with pytest.raises(WireError):
            officer_templates(session, Vault(b"w" * 32))
    assert all(b"FMR" not in one for one in sealed)
    assert len(set(OfficerFinger.__table__.columns.keys()) & {"sealed_image", "image"}) == 0


@pytest.mark.parametrize("how", ["own word", "account closed", "other role"])
def test_when_it_ends_the_fingers_are_gone_and_cannot_be_read_from_a_backup(
    staffed: World, prints: Prints, how: str
) -> None:
    agree(staffed)
    enrol(staffed, finger(prints, 1, 2), finger(prints, 2, 7))
    with session_scope(staffed.sessions) as session:
        account = find_account(session, "luz")
        if how == "own word":
            remove_officer(session, "luz", actor=LUZ, at=staffed.at)
        elif how == "account closed":
            close_account(session, account, actor=OPERATOR, at=staffed.at)
        else:
            account.role = Role.RECORDS_OFFICER
    assert templates(staffed) == {}
    with session_scope(staffed.sessions) as session:
        assert end_of_duty(session, actor=OPERATOR, at=staffed.at) == (how != "own word")
        assert end_of_duty(session, actor=OPERATOR, at=staffed.at) == 0
        for table in (OfficerFinger, OfficerKey):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        forgotten = select(func.count()).where(AuditEntry.act == "officer.forget")
        assert session.scalar(forgotten) == 1


def test_a_page_has_all_a_protected_gate_fingers_alone_and_an_open_card_those_with_a_post(
    staffed: World, prints: Prints
) -> None:
    agree(staffed)
    enrol(staffed, finger(prints, 1, 2), finger(prints, 2, 7))
    book = OfficerBook(staffed.vault)
    with session_scope(staffed.sessions) as session:
        book.look(session, staffed.at)
        page = book.of_page(session)
        assert [(one.login, one.name, len(one.fingers)) for one in page.officers] == [
            ("luz", "Luz", 2),
            ("tom", "Tom", 0),
        ]
        gate = book.of_gate(None)
        assert [(one.login, one.name, one.pin, len(one.fingers)) for one in gate.officers] == [
            ("luz", "", "", 2)
        ]
        assert book.of_gate("a-in").officers == ()
        begins = staffed.at + timedelta(hours=20)
        set_post(session, "luz", "a-in", begins, begins + timedelta(hours=8), actor=SUE, at=staffed.at)
        book.look(session, staffed.at)
        assert book.of_gate("a-in") == gate
        assert book.of_gate("w-in").officers == ()
        assert book.of_page(session) is page, "read anew only when an officer changed"


def test_fingers_of_hundreds_of_officers_go_in_parts_that_fit_and_nobody_is_lost() -> None:
    many = [
        RollOfficer(
            login=f"officer-{number:03d}",
            name="",
            pin="",
            fingers=[RollFinger(position=position, template=bytes(2_000)) for position in (2, 3, 7, 8)],
        )
        for number in range(300)
    ]
    parts = chunks([], [], many)
    assert [one for part in parts for one in part.officers or []] == many
    assert max(len(encode(part)) for part in parts) < MAX_MESSAGE_BYTES / 2
    assert [part.officers for part in chunks([], ["P-000001"], [])] == [[], None]


def test_on_the_pages_the_officer_agrees_and_the_supervisor_takes_them(
    staffed: World, prints: Prints
) -> None:
    officer = staffed.browser("ivy", Role.OFFICER)
    supervisor = staffed.browser("una", Role.SHIFT_SUPERVISOR)
    address = "/officers/fingers/ivy"
    assert "has not agreed yet" in supervisor.get(address).text
    assert officer.get("/officers/fingers").status_code == 403
    assert post(officer, "/my-fingers", {"act": "agree"}).status_code == 303

    def take(second: bytes) -> int:
        form = {
            "csrf_token": token_of(supervisor.get(address)),
            "position_0": "2",
            "image_0": (io.BytesIO(prints[1, 1]), "a.png"),
            "position_1": "7",
            "image_1": (io.BytesIO(second), "b.png"),
        }
        return supervisor.post(address, data=form).status_code

    assert take(b"no image") == 400
    assert take(prints[2, 1]) == 303
    assert "2 fingers are kept" in officer.get("/my-fingers").text
    assert post(officer, "/my-fingers", {"act": "take_back"}).status_code == 303
    assert templates(staffed) == {}
    assert supervisor.get("/officers/fingers/nobody").status_code == 404
