"""What may no longer be kept: by rules that two persons agreed on, deleted only after two persons said so."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.__main__ import main
from hub.accounts.audit import Actor
from hub.accounts.records import AuditEntry
from hub.biometrics.documents.actions import open_document
from hub.biometrics.documents.records import Document
from hub.biometrics.records import Finger, PersonKey, Photo
from hub.custody.facts.actions import Statement, end, state
from hub.custody.facts.records import Fact
from hub.custody.legal import ReleaseReason
from hub.custody.life.records import FactLink, Slip
from hub.custody.records import Booking, Person, PersonChange
from hub.custody.retention_hold import RETENTION_HOLD, RetentionHold
from hub.custody.stays import RELEASE, Release
from hub.database import session_scope
from hub.keeping.deleting import Deleting
from hub.keeping.retention.actions import (
    RuleDraft,
    confirm_run,
    decide_rule,
    give_up_run,
    make_run,
    propose_rule,
)
from hub.keeping.retention.deleting import apply_some
from hub.keeping.retention.reading import open_run, outlook
from hub.keeping.retention.records import RetentionItem, RetentionRule, RetentionRun
from hub.keeping.retention.rules import JUVENILE, OTHER, Stay, binding, due
from hub.keeping.retention.things import PARTS, Thing
from hub.reception.desk.records import FingerTask, Taking
from hub.sentences import RefusedError
from hub.terminals.records import Status, Terminal

from ...databases import chosen
from .site_world import World

ANA, BEN = Actor("ana", "10.0.0.1"), Actor("ben", "10.0.0.2")
JOB = Actor("retention", "hub")
RAW = b"%PDF-1.4 invented"


def rule(
    outcome: str, days: int | None, *, thing: Thing = Thing.BIOMETRICS, on: date = date(2026, 1, 1)
) -> RetentionRule:
    return RetentionRule(id=len(outcome), outcome=outcome, thing=thing.value, keep_days=days, effective_on=on)


def approve(world: World, outcome: str, thing: Thing, days: int | None) -> int:
    with session_scope(world.sessions) as session:
        draft = RuleDraft(outcome, thing.value, days, "Act 45", date(2020, 1, 1))
        number = propose_rule(session, draft, actor=ANA, at=world.at).id
        decide_rule(session, number, approve=True, actor=BEN, at=world.at)
    return number


def left(world: World, reason: ReleaseReason, *, surname: str = "Novelo", scan: bool = False) -> Person:
    """Somebody with a finger, a photo and facts who left 40 days ago."""
    person = world.person(surname)
    out = world.at - timedelta(days=40)
    with session_scope(world.sessions) as session:
        booking = session.scalars(select(Booking).where(Booking.person_id == person.id)).one()
        value = Release(
            released_at=out, reason=reason, reference="R 1", by="ana", second="ben", identity="finger"
        )
        statement = Statement(RELEASE, value, out, "R 1", booking_id=booking.id)
        state(session, person.id, statement, actor=ANA, at=world.at)
        booking.released_at = out
        lock = world.vault.make_person_key(session, person.id, at=world.at)
        session.add(
            Finger(
                person_id=person.id,
                position=2,
                impression=1,
                quality=80,
                sealed_template=lock.lock(b"t", "template", 2, 1),
                sealed_image=lock.lock(b"i", "image", 2, 1),
                enrolled_at=world.at,
                enrolled_by="ana",
            )
        )
        session.flush()
        _taken_at_a_desk(session, world, person)
        session.add(
            Photo(
                person_id=person.id,
                number=1,
                sealed_page=b"p",
                sealed_small=b"s",
                taken_at=world.at,
                recorded_at=world.at,
                recorded_by="ana",
            )
        )
        if scan:
            from hashlib import sha256

            session.add(
                Document(
                    person_id=person.id,
                    media_type="application/pdf",
                    size_bytes=len(RAW),
                    sha256=sha256(RAW).hexdigest(),
                    sealed=lock.lock(RAW, "document", 0, 0),
                    see="see_people",
                    recorded_at=world.at,
                    recorded_by="ana",
                )
            )
    return person


def _taken_at_a_desk(session: Session, world: World, person: Person) -> None:
    """The record of how the finger was taken: it cannot be changed, nor deleted otherwise."""
    finger = session.scalars(select(Finger).where(Finger.person_id == person.id)).one()
    task = FingerTask(
        task=f"{person.id:032d}",
        person_id=person.id,
        terminal_id=_desk(session, world),
        positions="2",
        impressions=1,
        reason="ENROLMENT",
        created_at=world.at,
        created_by="ana",
        expires_at=world.at,
        status="STORED",
        parts="2",
        stage="",
        done=1,
        now_impressions=0,
    )
    session.add(task)
    session.flush()
    taking = Taking(
        finger_id=finger.id,
        task_id=task.id,
        terminal="desk-1",
        sensor="s",
        dpi=500.0,
        captured_at=world.at,
        operator="ana",
        below=False,
        keep="with_file",
    )
    session.add(taking)
    session.flush()


def _desk(session: Session, world: World) -> int:
    found = session.scalars(select(Terminal.id).where(Terminal.name == "desk-1")).first()
    if found is not None:
        return found
    desk = Terminal(
        name="desk-1",
        checkpoint_code="desk",
        verifying_key=bytes(32),
        sealing_key=bytes(32),
        certificate_fingerprint="0" * 64,
        certificate_until_at=world.at + timedelta(days=300),
        granted_at=world.at,
        status=Status.ACTIVE,
    )
    session.add(desk)
    session.flush()
    return desk.id


def count(world: World, table: type, person: Person) -> int:  # type: ignore[type-arg]
    with session_scope(world.sessions, writes=False) as session:
        wanted = select(func.count()).select_from(table).where(table.person_id == person.id)  # type: ignore[attr-defined]
        return session.scalar(wanted) or 0


def hold(world: World, person: Person) -> None:
    with session_scope(world.sessions) as session:
        value = RetentionHold(authority="Supreme Court", reason="Claim 4 of 2026")
        statement = Statement(RETENTION_HOLD, value, world.at, "Letter")
        state(session, person.id, statement, actor=ANA, at=world.at)


def confirmed(world: World) -> int:
    with session_scope(world.sessions) as session:
        number = make_run(session, actor=ANA, at=world.at).id
        confirm_run(session, number, actor=BEN, at=world.at)
    return number


def apply(world: World, most: int = 100) -> int:
    return apply_some(world.sessions, world.vault, most=most, actor=JOB, clock=lambda: world.at)


# Rules.


def test_without_a_rule_nothing_is_ever_due() -> None:
    stays = [Stay(date(2000, 1, 1), "acquitted", date(1999, 1, 1), None)]
    assert due(stays, {}, Thing.BIOMETRICS) is None
    assert due(stays, binding([rule("died", 1)], date(2026, 1, 1)), Thing.BIOMETRICS) is None
    assert due(stays, binding([rule("acquitted", None)], date(2026, 1, 1)), Thing.BIOMETRICS) is None


def test_the_longest_of_several_stays_counts_and_one_kept_for_ever_keeps_all() -> None:
    first = Stay(date(2020, 1, 1), "acquitted", date(2019, 1, 1), None)
    second = Stay(date(2021, 1, 1), "sentence_served", date(2020, 6, 1), None)
    in_force = binding([rule("acquitted", 30), rule("sentence_served", 1000)], date(2026, 1, 1))
    found = due([first, second], in_force, Thing.BIOMETRICS)
    assert found is not None
    assert found.on == date(2021, 1, 1) + timedelta(days=1000)
    for_ever = binding([rule("acquitted", 30), rule("sentence_served", None)], date(2026, 1, 1))
    assert due([first, second], for_ever, Thing.BIOMETRICS) is None


def test_a_juvenile_is_one_by_the_day_of_admission() -> None:
    born = date(2008, 5, 2)
    assert Stay(date(2030, 1, 1), "acquitted", date(2026, 5, 1), born).outcome == JUVENILE
    assert Stay(date(2030, 1, 1), "acquitted", date(2026, 5, 2), born).outcome == "acquitted"
    assert Stay(date(2030, 1, 1), "unheard of", date(2026, 5, 2), None).outcome == OTHER


def test_the_latest_rule_that_took_effect_binds() -> None:
    old, new = rule("acquitted", 30), rule("acquitted", 10, on=date(2026, 6, 1))
    assert binding([new, old], date(2026, 5, 31))["acquitted", "biometrics"] is old
    assert binding([new, old], date(2026, 6, 1))["acquitted", "biometrics"] is new


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (RuleDraft("escaped", "biometrics", 30, "Act", date(2026, 1, 1)), "no_rule"),
        (RuleDraft("acquitted", "everything", 30, "Act", date(2026, 1, 1)), "no_rule"),
        (RuleDraft("acquitted", "biometrics", -1, "Act", date(2026, 1, 1)), "keep_days"),
        (RuleDraft("acquitted", "biometrics", 10**6, "Act", date(2026, 1, 1)), "keep_days"),
        (RuleDraft("acquitted", "biometrics", 30, "  ", date(2026, 1, 1)), "no_authority"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(world: World, draft: RuleDraft, code: str) -> None:
    with pytest.raises(RefusedError) as refused, session_scope(world.sessions) as session:
        propose_rule(session, draft, actor=ANA, at=world.at)
    assert refused.value.code == code


def test_a_rule_needs_a_second_person_and_is_decided_once(world: World) -> None:
    left(world, ReleaseReason.ACQUITTED)
    with session_scope(world.sessions) as session:
        draft = RuleDraft("acquitted", "biometrics", 30, "Act 45", date(2020, 1, 1))
        number = propose_rule(session, draft, actor=ANA, at=world.at).id
    with session_scope(world.sessions, writes=False) as session:
        assert outlook(session, world.at.date()).items == ()
    with pytest.raises(RefusedError, match="Another person"), session_scope(world.sessions) as session:
        decide_rule(session, number, approve=True, actor=ANA, at=world.at)
    with session_scope(world.sessions) as session:
        decide_rule(session, number, approve=False, actor=BEN, at=world.at)
    with pytest.raises(RefusedError, match="already"), session_scope(world.sessions) as session:
        decide_rule(session, number, approve=True, actor=BEN, at=world.at)


# What is due, and the two persons.


def test_nobody_inside_is_ever_due_and_a_legal_hold_keeps(world: World) -> None:
    approve(world, OTHER, Thing.BIOMETRICS, 0)
    world.person("Inside")
    held, free = left(world, ReleaseReason.ACQUITTED, surname="Held"), left(world, ReleaseReason.BAIL)
    hold(world, held)
    with session_scope(world.sessions, writes=False) as session:
        found = outlook(session, world.at.date())
    assert [(item.number, item.thing) for item in found.items] == [(free.number, Thing.BIOMETRICS)]
    assert found.held == [held.number]


def test_showing_deletes_nothing(world: World) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    person = left(world, ReleaseReason.ACQUITTED)
    with session_scope(world.sessions) as session:
        make_run(session, actor=ANA, at=world.at)
    assert apply(world) == 0
    assert count(world, Finger, person) == 1


def test_a_deletion_needs_a_second_person(world: World) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    person = left(world, ReleaseReason.ACQUITTED)
    with session_scope(world.sessions) as session:
        number = make_run(session, actor=ANA, at=world.at).id
    with pytest.raises(RefusedError, match="Another person"), session_scope(world.sessions) as session:
        confirm_run(session, number, actor=ANA, at=world.at)
    with pytest.raises(RefusedError, match="open already"), session_scope(world.sessions) as session:
        make_run(session, actor=BEN, at=world.at)
    with session_scope(world.sessions) as session:
        give_up_run(session, number, actor=BEN, at=world.at)
    with pytest.raises(RefusedError, match="has ended"), session_scope(world.sessions) as session:
        confirm_run(session, number, actor=BEN, at=world.at)
    assert apply(world) == 0
    assert count(world, Finger, person) == 1


def test_nothing_due_is_said(world: World) -> None:
    with (
        pytest.raises(RefusedError, match="nothing has to be deleted"),
        session_scope(world.sessions) as session,
    ):
        make_run(session, actor=ANA, at=world.at)


# The deletion.


def test_fingers_photos_and_key_go_and_terminals_hear_of_it(world: World) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    person, other = left(world, ReleaseReason.ACQUITTED), left(world, ReleaseReason.BAIL, surname="Other")
    number = confirmed(world)
    with session_scope(world.sessions, writes=False) as session:
        heard = session.scalar(select(func.count()).select_from(PersonChange)) or 0
    assert apply(world) == 1
    for table in (Finger, Photo, PersonKey):
        assert count(world, table, person) == 0
        assert count(world, table, other) == 1
    assert count(world, Fact, person) > 0
    with session_scope(world.sessions, writes=False) as session:
        run = session.get_one(RetentionRun, number)
        assert (run.ended, open_run(session)) == ("done", None)
        assert (session.scalar(select(func.count()).select_from(PersonChange)) or 0) > heard
        lines = session.scalars(select(AuditEntry).where(AuditEntry.act == "retention.delete")).all()
    assert [(line.subject, line.actor) for line in lines] == [(person.number, "retention")]
    assert "biometrics" in lines[0].detail


def test_scans_that_stay_are_locked_anew_and_the_old_key_is_gone(world: World) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    person = left(world, ReleaseReason.ACQUITTED, scan=True)
    with session_scope(world.sessions, writes=False) as session:
        before = session.get_one(PersonKey, person.id).wrapped
        number = session.scalars(select(Document.id)).one()
    confirmed(world)
    assert apply(world) == 1
    with session_scope(world.sessions, writes=False) as session:
        assert session.get_one(PersonKey, person.id).wrapped != before
        opened = open_document(session, world.vault, number, [person.id])
    assert opened is not None
    assert opened.raw == RAW
    assert count(world, Finger, person) == 0


def test_the_file_goes_with_everything_and_leaves_a_number_without_a_name(world: World) -> None:
    approve(world, "acquitted", Thing.FILE, 30)
    person = left(world, ReleaseReason.ACQUITTED, scan=True)
    with session_scope(world.sessions) as session:
        booking = session.scalars(select(Booking.id).where(Booking.person_id == person.id)).one()
        told = {"person_id": person.id, "made_at": world.at, "made_by": "ana", "language": "en"}
        session.add(Slip(number="S-000001", booking_id=booking, content='{"name": "Novelo"}', **told))
        session.add(FactLink(item=1, target="V-000001", kind="visit", person_id=person.id))
    confirmed(world)
    assert apply(world) == 3
    for table in (Fact, FactLink, Slip, Document, Finger, Photo, PersonKey):
        assert count(world, table, person) == 0
    with session_scope(world.sessions, writes=False) as session:
        left_over = session.get_one(Person, person.id)
        assert (left_over.surname, left_over.given, left_over.born_on) == ("", "", None)
        assert left_over.number == person.number
        assert session.scalar(select(func.count()).select_from(Booking)) == 1
        texts = session.scalars(select(AuditEntry.detail)).all()
    assert not any("Novelo" in line for line in texts)


def test_it_stops_and_goes_on(world: World) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    people = [left(world, ReleaseReason.ACQUITTED, surname=f"N{number}") for number in range(3)]
    confirmed(world)
    assert apply(world, most=2) == 2
    assert [count(world, Finger, person) for person in people] == [0, 0, 1]
    assert apply(world, most=2) == 1
    assert apply(world) == 0


def test_a_failure_in_the_middle_leaves_a_person_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    person = left(world, ReleaseReason.ACQUITTED)
    confirmed(world)

    def broken(*_args: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("hub.keeping.retention.deleting.note_change", broken)
        with pytest.raises(RuntimeError):
            apply(world)
    assert [count(world, table, person) for table in (Finger, Photo, PersonKey)] == [1, 1, 1]
    assert apply(world) == 1


@pytest.mark.parametrize("what", ["came back", "legal hold"])
def test_who_came_back_or_is_held_since_it_was_confirmed_is_kept(world: World, what: str) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    person = left(world, ReleaseReason.ACQUITTED)
    confirmed(world)
    if what == "legal hold":
        hold(world, person)
    else:
        with session_scope(world.sessions) as session:
            session.add(
                Booking(
                    number="B-9",
                    person_id=person.id,
                    admitted_at=world.at,
                    recorded_at=world.at,
                    recorded_by="a",
                )
            )
    assert apply(world) == 1
    assert count(world, Finger, person) == 1
    with session_scope(world.sessions, writes=False) as session:
        item = session.scalars(select(RetentionItem)).one()
    assert item.result == "kept"


def test_a_hold_that_ended_no_longer_keeps(world: World) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    person = left(world, ReleaseReason.ACQUITTED)
    hold(world, person)
    with session_scope(world.sessions) as session:
        row = session.scalars(select(Fact).where(Fact.kind == RETENTION_HOLD.name)).one()
        end(session, row, RETENTION_HOLD, effective_at=world.at, reason="closed", actor=ANA, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        assert len(outlook(session, world.at.date()).items) == 1


# The door.


@pytest.mark.parametrize("table", ["facts", "photos", "documents", "finger_takings"])
def test_nothing_else_gets_through_the_door(world: World, table: str) -> None:
    approve(world, "acquitted", Thing.FILE, 30)
    person, other = (
        left(world, ReleaseReason.ACQUITTED, scan=True),
        left(world, ReleaseReason.BAIL, surname="O", scan=True),
    )
    whose = "person_id = :who"
    if table == "finger_takings":
        whose = "finger_id IN (SELECT id FROM fingers WHERE person_id = :who)"
    statement = f"DELETE FROM {table} WHERE {whose}"

    def refused(who: Person) -> None:
        with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
            session.execute(text(statement), {"who": who.id})

    refused(person)
    with session_scope(world.sessions) as session:
        number = make_run(session, actor=ANA, at=world.at).id
    refused(person)
    with session_scope(world.sessions) as session:
        confirm_run(session, number, actor=BEN, at=world.at)
    refused(person)

    def opened(session: Session) -> None:
        for item in session.scalars(select(RetentionItem)):
            item.opened_at = world.at
        session.flush()

    def through(who: Person) -> None:
        with session_scope(world.sessions) as session:
            opened(session)
            session.execute(text(statement), {"who": who.id})

    with pytest.raises(DBAPIError, match="append-only"):
        through(other)
    through(person)


def test_one_person_alone_never_opens_the_door(world: World) -> None:
    approve(world, "acquitted", Thing.FILE, 30)
    person = left(world, ReleaseReason.ACQUITTED)
    with session_scope(world.sessions) as session:
        run = make_run(session, actor=ANA, at=world.at)
        run.confirmed_at, run.confirmed_by = world.at, "ana"
        for item in session.scalars(select(RetentionItem)):
            item.opened_at = world.at
    with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(delete(Fact).where(Fact.person_id == person.id))


@pytest.mark.parametrize("table", ["facts", "photos", "documents"])
def test_even_through_the_door_nothing_is_changed(world: World, table: str) -> None:
    approve(world, "acquitted", Thing.FILE, 30)
    left(world, ReleaseReason.ACQUITTED, scan=True)
    confirmed(world)

    def change() -> None:
        with session_scope(world.sessions) as session:
            for item in session.scalars(select(RetentionItem)):
                item.opened_at = world.at
            session.flush()
            session.execute(text(f"UPDATE {table} SET recorded_by = 'x'"))

    with pytest.raises(DBAPIError, match="append-only"):
        change()


def test_every_table_with_something_of_a_person_to_delete_is_there(world: World) -> None:
    with session_scope(world.sessions, writes=False) as session:
        for part in (part for parts in PARTS.values() for part in parts):
            session.execute(text(f"SELECT {part.column} FROM {part.table} LIMIT 1"))


# The desk and the commands.


def test_the_desk_does_some_at_a_time_and_rests(world: World) -> None:
    approve(world, "acquitted", Thing.BIOMETRICS, 30)
    left(world, ReleaseReason.ACQUITTED)
    desk = Deleting(world.sessions, world.vault, world.folder)
    assert desk.tick(world.at) == 0
    confirmed(world)
    assert desk.tick(world.at + timedelta(seconds=1)) == 0, "it looks every five seconds"
    assert desk.tick(world.at + timedelta(seconds=6)) == 1


def test_rules_are_proposed_from_a_file_and_bind_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "hub"
    words = ["init", "--data", str(data), "--admin-password-file", str(tmp_path / "password")]
    assert main([*words, *chosen(data)]) == 0
    (tmp_path / "bad.toml").write_text("[[rule]]\noutcome = 1\n")
    assert main(["retention", "propose", "--data", str(data), str(tmp_path / "bad.toml")]) == 2
    assert "Correct it" in capsys.readouterr().err
    assert main(["retention", "propose", "--data", str(data)]) == 0
    assert main(["retention", "show", "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert "None binds before" in said
    assert "No rule is agreed yet" in said
    assert main(["retention", "apply", "--data", str(data)]) == 0
    assert "no confirmed deletion" in capsys.readouterr().out
