"""The console also tells what was refused, and calls nothing late that waits for the turn that was agreed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from hub.accounts.permissions import Role
from hub.database import session_scope
from hub.sharing.agreements.terms import Frequency
from hub.sharing.catalogue import Way
from hub.sharing.console.reckoning import Line, lines
from hub.sharing.gate import NotAgreedError, note_refusal
from hub.sharing.outbox.watching import NOT_REACHED, troubles

from .inbox_world import Inbox, order
from .outbox_world import RITA, Outbox
from .sharing_world import COURTS, sharing_world
from .site_world import World
from .test_sharing_console import told
from .webhook_receiver import Receiver

ROLE = Role.DIRECTOR


def line_of(world: World, agency: str, *, later: timedelta = timedelta()) -> Line:
    with session_scope(world.sessions, writes=False) as session:
        return next(one for one in lines(session, world.at + later) if one.code == agency)


def test_what_was_refused_in_a_day_stands_in_the_line_both_ways(world: World, client: FlaskClient) -> None:
    inbox = Inbox(world, sharing_world(world))
    with session_scope(world.sessions) as session:
        for field in ("nc:PersonSurName", "nc:PersonGivenName"):
            beyond = NotAgreedError(
                "field_not_agreed", agency=COURTS, exchange="custody_status", purpose="x", fields=(field,)
            )
            note_refusal(session, beyond, at=world.at, actor=RITA, way=Way.PULL)
    inbox.refuse(inbox.send("order", order()).number, "wrong_court")
    line = line_of(world, COURTS)
    assert (line.received, line.refused, line.turned_back) == (1, 2, 1)
    page = client.get("/sharing").text
    assert "1 of theirs" in page
    assert f'href="/disclosures?agency={COURTS}&amp;refused=1"' in page
    line = line_of(world, COURTS, later=timedelta(hours=25))
    assert (line.received, line.refused, line.turned_back) == (0, 0, 0)


def test_a_drop_that_waits_for_its_week_is_not_late(world: World) -> None:
    outbox = Outbox(world)
    outbox.agree("police", frequency=Frequency.WEEKLY)
    told(outbox.begin())
    line = line_of(world, "police", later=timedelta(days=3))
    assert (line.waiting, line.late) == (2, False)
    assert line_of(world, "police", later=timedelta(days=8)).late
    outbox.close()


def test_a_program_is_told_at_once_whatever_turn_its_files_would_have(world: World, tmp_path: Path) -> None:
    """So it is late after a day, and a list once a year hides no silence."""
    outbox = Outbox(world)
    outbox.agree("police", frequency=Frequency.YEARLY)
    told(outbox.begin())
    with session_scope(world.sessions, writes=False) as session:
        in_files = troubles(session, world.at + timedelta(days=2))
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook("police", receiver)
    with session_scope(world.sessions, writes=False) as session:
        by_program = troubles(session, world.at + timedelta(days=2))
    assert NOT_REACHED not in {one.code for one in in_files}
    assert NOT_REACHED in {one.code for one in by_program}
    outbox.close()
