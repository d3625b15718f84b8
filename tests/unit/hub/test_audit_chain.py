"""The trail as a chain: whatever is done to a line afterwards is found, in the database and in an export."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.accounts import audit_offline
from hub.accounts.audit import Actor, write_down
from hub.accounts.audit_export import export_trail
from hub.accounts.audit_head import Head, keep_head, read_head
from hub.accounts.audit_offline import FaultError
from hub.accounts.audit_offline import verify as verify_export
from hub.accounts.audit_records import AuditLink, AuditSeal
from hub.accounts.audit_sealing import Sealer, seal_all, seal_batch
from hub.accounts.audit_verifying import TrailFaultError, Whole, verify_trail
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.database import session_scope
from wire.keys import SigningKey

from .site_world import World

KEY = SigningKey.generate()
CLERK = Actor("rita", "10.0.0.4")


def write(world: World, count: int = 1, *, at: datetime | None = None) -> None:
    with session_scope(world.sessions) as session:
        for number in range(count):
            write_down(
                session,
                at=at or world.at,
                actor=CLERK,
                act="person.look",
                subject=f"P-{number:06d}",
                detail="d",
            )


def head_of(world: World) -> Path:
    return world.folder / "audit-head.json"


def seal(world: World) -> int:
    return seal_all(world.sessions, KEY, head_of(world), world.at)


def verify(world: World) -> Whole:
    head = read_head(head_of(world))
    with session_scope(world.sessions, writes=False) as session:
        return verify_trail(session, KEY.public_key(), head)


def tamper(world: World, *statements: str) -> None:
    """What somebody does who owns the database and takes its guards away first."""
    tables = ("audit_entries", "audit_links", "audit_seals")
    with session_scope(world.sessions) as session:
        for table in tables:
            if world.engine.dialect.name == "sqlite":
                for verb in ("update", "delete"):
                    session.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
            else:
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            session.execute(text(statement))


def sealed(world: World) -> None:
    """Seven lines in three seals, a minute apart."""
    for count in (2, 3, 2):
        write(world, count)
        seal(world)
        world.later(minutes=1)


@pytest.mark.parametrize(
    ("code", "position", "statements"),
    [
        ("changed", 3, ["UPDATE audit_entries SET actor = 'someone' WHERE id = 3"]),
        ("changed", 3, ["UPDATE audit_entries SET detail = '' WHERE id = 3"]),
        ("changed", 3, ["UPDATE audit_entries SET why = 'I was asked' WHERE id = 3"]),
        ("changed", 3, ["UPDATE audit_entries SET role = 'director' WHERE id = 3"]),
        ("changed", 7, ["UPDATE audit_entries SET subject = 'P-000009' WHERE id = 7"]),
        (
            "changed",
            2,
            [
                "UPDATE audit_links SET entry_id = 99 WHERE position = 2",
                "UPDATE audit_links SET entry_id = 2 WHERE position = 4",
                "UPDATE audit_links SET entry_id = 4 WHERE position = 2",
            ],
        ),
        (
            "link_missing",
            3,
            ["DELETE FROM audit_links WHERE position = 3", "DELETE FROM audit_entries WHERE id = 3"],
        ),
        (
            "cut_off",
            6,
            ["DELETE FROM audit_links WHERE position > 5", "DELETE FROM audit_entries WHERE id > 5"],
        ),
        (
            "cut_off",
            6,
            [
                "DELETE FROM audit_links WHERE position > 5",
                "DELETE FROM audit_entries WHERE id > 5",
                "DELETE FROM audit_seals WHERE position > 5",
            ],
        ),
        (
            "cut_off",
            1,
            ["DELETE FROM audit_links", "DELETE FROM audit_entries", "DELETE FROM audit_seals"],
        ),
        ("unsealed", 6, ["DELETE FROM audit_seals WHERE position > 5"]),
        ("forged", 5, ["UPDATE audit_seals SET sealed_at = '2020-01-01' WHERE position = 5"]),
    ],
)
@pytest.mark.sqlite
def test_what_was_done_to_the_table_is_found(
    world: World, code: str, position: int, statements: list[str]
) -> None:
    sealed(world)
    tamper_without_keys(world, statements)
    with pytest.raises(TrailFaultError) as fault:
        verify(world)
    assert (fault.value.code, fault.value.position) == (code, position)


def tamper_without_keys(world: World, statements: list[str]) -> None:
    with sqlite3.connect(world.folder / "hub.sqlite") as database:
        for table in ("audit_entries", "audit_links", "audit_seals"):
            for verb in ("update", "delete"):
                database.execute(f"DROP TRIGGER {table}_no_{verb}")
        for statement in statements:
            database.execute(statement)
    database.close()


def test_a_changed_line_is_named_with_its_entry(world: World) -> None:
    sealed(world)
    tamper(world, "UPDATE audit_entries SET act = 'nothing' WHERE id = 1")
    with pytest.raises(TrailFaultError, match=r"Line 1 of the trail \(entry 1.*was changed"):
        verify(world)


def test_a_line_put_in_later_is_found_before_it_is_sealed_and_after(world: World) -> None:
    sealed(world)
    world.later(hours=2)
    write(world)
    seal(world)
    world.later(minutes=1)
    write(world, at=world.at - timedelta(hours=1))
    with pytest.raises(TrailFaultError, match="put in later"):
        verify(world)
    seal(world)
    with pytest.raises(TrailFaultError) as fault:
        verify(world)
    assert (fault.value.code, fault.value.position) == ("inserted", 9)


def test_a_chain_written_anew_with_another_key_is_found(world: World) -> None:
    sealed(world)
    other = SigningKey.generate()
    tamper(
        world,
        "DELETE FROM audit_seals",
        "DELETE FROM audit_links",
        "UPDATE audit_entries SET actor = 'nobody' WHERE id = 2",
    )
    with session_scope(world.sessions) as session:
        seal_batch(session, other, world.at)
    with pytest.raises(TrailFaultError) as fault:
        verify(world)
    assert fault.value.code == "forged"


def test_even_with_the_hubs_own_key_a_chain_written_anew_is_not_the_one_noted_outside(world: World) -> None:
    sealed(world)
    tamper(
        world,
        "DELETE FROM audit_seals",
        "DELETE FROM audit_links",
        "UPDATE audit_entries SET actor = 'nobody' WHERE id = 2",
    )
    with session_scope(world.sessions) as session:
        seal_batch(session, KEY, world.at)
    with pytest.raises(TrailFaultError) as fault:
        verify(world)
    assert fault.value.code == "rewritten"


@pytest.mark.parametrize("spoil", ["missing", "damaged", "forged"])
def test_the_note_of_the_end_is_itself_looked_at(world: World, spoil: str) -> None:
    sealed(world)
    path = head_of(world)
    if spoil == "missing":
        path.unlink()
    elif spoil == "damaged":
        path.write_text("{")
    else:
        head = read_head(path)
        assert head is not None
        path.write_bytes(msgspec.json.encode(msgspec.structs.replace(head, position=5)))
    with pytest.raises(TrailFaultError) as fault:
        verify(world)
    assert fault.value.code == ("head_forged" if spoil == "forged" else "no_head")


def test_the_note_of_the_end_never_goes_back(world: World) -> None:
    write(world, 3)
    seal(world)
    later = read_head(head_of(world))
    assert later is not None
    keep_head(head_of(world), msgspec.structs.replace(later, position=2))
    assert read_head(head_of(world)) == later
    assert head_of(world).stat().st_mode & 0o077 == 0


def test_whole_trails_are_whole(world: World) -> None:
    assert verify(world).lines == 0
    sealed(world)
    write(world, 4)
    found = verify(world)
    assert (found.lines, found.waiting, found.sealed_at) == (7, 4, world.at - timedelta(minutes=1))


def test_lines_of_a_transaction_that_ended_late_are_sealed_after_those_that_were_faster(world: World) -> None:
    """On PostgreSQL a line may become visible behind others with higher ids."""
    write(world, 1)
    with session_scope(world.sessions) as session:
        session.add(AuditEntry(id=50, at=world.at, actor="a", address="b", act="c", subject="", detail=""))
    seal(world)
    with session_scope(world.sessions) as session:
        session.add(AuditEntry(id=40, at=world.at, actor="a", address="b", act="c", subject="", detail=""))
    assert seal(world) == 1
    with session_scope(world.sessions, writes=False) as session:
        order = session.scalars(select(AuditLink.entry_id).order_by(AuditLink.position)).all()
    assert list(order)[-2:] == [50, 40]
    verify(world)


def test_a_sealer_looks_every_two_seconds_and_two_of_them_do_no_harm(world: World) -> None:
    one, two = (Sealer(world.sessions, KEY, head_of(world)) for _ in range(2))
    write(world, 2)
    assert one.tick(world.at) == 2
    write(world, 1)
    assert one.tick(world.at + timedelta(seconds=1)) == 0
    assert two.tick(world.at + timedelta(seconds=1)) == 1
    assert one.tick(world.at + timedelta(seconds=3)) == 0
    assert verify(world).lines == 3


@pytest.mark.parametrize("table", ["audit_links", "audit_seals"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET position = position + 100", "DELETE FROM {}"])
def test_links_and_seals_are_never_changed(world: World, table: str, verb: str) -> None:
    sealed(world)
    with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(text(verb.format(table)))


def test_a_line_says_in_what_role_and_why(world: World) -> None:
    world.account("rita", Role.RECORDS_OFFICER)
    with session_scope(world.sessions) as session:
        write_down(session, at=world.at, actor=CLERK, act="person.look", subject="P-1")
        write_down(session, at=world.at, actor=CLERK, act="person.look", why=" The lawyer asked. ")
        write_down(session, at=world.at, actor=Actor("operator", "command line"), act="unheard.of")
    with session_scope(world.sessions, writes=False) as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(3)).all()
    assert [(line.role, line.why) for line in reversed(lines)] == [
        ("records_officer", "purpose:file"),
        ("records_officer", "The lawyer asked."),
        ("", ""),
    ]


def exported(session: Session, world: World) -> list[str]:
    return [msgspec.json.encode(row).decode() for row in export_trail(session, KEY, world.at)]


@pytest.fixture
def rows(world: World) -> Iterator[list[str]]:
    """An export of seven lines: head, lines and seals, end."""
    sealed(world)
    with session_scope(world.sessions, writes=False) as session:
        yield exported(session, world)


def _changed(rows: list[str], line: int, **fields: object) -> list[str]:
    def change(raw: str) -> str:
        row = json.loads(raw)
        return json.dumps({**row, **fields}) if row.get("line") == line else raw

    return [change(raw) for raw in rows]


def test_a_whole_export_verifies_without_a_hub(
    rows: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify_export(rows, KEY.public_key().public_bytes_raw().hex()) == 7
    path = tmp_path / "trail.jsonl"
    path.write_text("\n".join(rows))
    assert audit_offline.main([str(path)]) == 0
    assert "whole: 7 lines" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: _changed(rows, 3, actor="nobody"), "Line 3 was changed"),
        (lambda rows: _changed(rows, 3, at="2020-01-01T00:00:00.000000+00:00"), "Line 3 was changed"),
        (lambda rows: [*rows[:2], *rows[3:]], "seal of line 2 stands in another place"),
        (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], "Line 1 is missing or out of order"),
        (lambda rows: [*rows[:3], rows[2], *rows[3:]], "Line 3 is missing or out of order"),
        (lambda rows: rows[:-1], "cut off after line 7"),
        (lambda rows: [*rows[:4], rows[-1]], "The export holds 2 lines, its end says 7"),
        (lambda rows: [row for row in rows if '"seal"' not in row], "Lines 1 to 7 are without a seal"),
        (lambda rows: [*rows, rows[1]], "more after the end"),
        (lambda rows: ["{}", *rows[1:]], "no export"),
        (lambda rows: [rows[0], "nonsense", *rows[1:]], "Row 2 is not JSON"),
        (lambda rows: [rows[0], "[]", *rows[1:]], "Row 2 is not an object"),
    ],
)
def test_what_was_done_to_an_export_is_found(
    rows: list[str], spoil: Callable[[list[str]], list[str]], said: str
) -> None:
    with pytest.raises(FaultError, match=said):
        verify_export(spoil(rows))


def test_an_export_signed_by_somebody_else_is_not_the_hubs(rows: list[str], world: World) -> None:
    other = SigningKey.generate()
    with session_scope(world.sessions, writes=False) as session:
        forged = [msgspec.json.encode(row).decode() for row in export_trail(session, other, world.at)]
    with pytest.raises(FaultError, match="another hub's key"):
        verify_export(forged, KEY.public_key().public_bytes_raw().hex())
    with pytest.raises(FaultError, match="not signed by the hub"):
        verify_export(forged)


def test_a_seal_stays_equal_to_what_is_noted(world: World) -> None:
    sealed(world)
    with session_scope(world.sessions, writes=False) as session:
        last = session.scalars(select(AuditSeal).order_by(AuditSeal.position.desc())).first()
    assert last is not None
    head = read_head(head_of(world))
    assert head == Head.of(last)
