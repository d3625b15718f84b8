"""Where the law has a file deleted, what agencies sent about the person goes with it; the copy as well."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.custody.legal import ReleaseReason
from hub.custody.queries import person_by_number
from hub.database import session_scope
from hub.keeping.retention.things import Thing
from hub.sharing.inbox import deciding
from hub.sharing.inbox.messages import Subject

from .inbox_world import RITA, inbox, order
from .site_world import World
from .test_retention import apply, approve, confirmed, left


def test_messages_about_somebody_go_with_the_file_and_no_others(world: World) -> None:
    approve(world, "acquitted", Thing.FILE, 30)
    gone = left(world, ReleaseReason.ACQUITTED, surname="Requena")
    post = inbox(world)
    subject = Subject(surname="Requena", given="Ana", number=gone.number)
    number = post.send("order", order("o-1", subject=subject)).number
    post.send("order", order("o-2", subject=subject, reference="RO o-1"))
    other = post.send("order", order("o-3")).number
    with session_scope(world.sessions) as session:
        person = person_by_number(session, gone.number)
        assert person is not None
        deciding.choose(session, number, 1, person, actor=RITA, at=world.at)
    post.refuse(number, "not_in_custody", "Gone since.")
    tables = ("inbound_messages", "inbox_items", "inbox_steps")
    with pytest.raises(DBAPIError, match="append-only"), session_scope(world.sessions) as session:
        session.execute(text("DELETE FROM inbox_steps"))
    confirmed(world)
    apply(world)
    with session_scope(world.sessions, writes=False) as session:
        for table in tables:
            left_over = session.execute(text(f"SELECT * FROM {table}")).all()
            assert left_over, "what is about others stays"
            assert not any("equena" in str(row) for row in left_over)
        assert session.execute(text("SELECT number FROM inbound_messages")).scalars().all() == [other]
