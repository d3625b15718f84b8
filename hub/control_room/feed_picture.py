"""The feed as a screen gets it that opens or comes back: the newest lines, and what came late summed up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from hub.control_room.changes import Change, changes_of
from hub.control_room.events import event, message
from hub.control_room.feed_lines import (
    SPAN,
    is_late,
    last_id,
    lines_after,
    newest_items,
    recent_items,
    whole_after,
)
from hub.control_room.late import FEW, MOST_LASTS, Return, returned
from hub.control_room.picture import Viewer, look, sections
from hub.control_room.sections import encode, whole
from hub.database import Sessions, session_scope

RESUME_LIMIT: Final = 1000
"""Whoever missed more lines starts from the picture alone."""
FEED_LENGTH: Final = 60


@dataclass(frozen=True)
class Recent:
    """The newest lines that are told whole, oldest first, and what came late among them when that is much."""

    changes: list[Change]
    returns: list[Return]


def recent(session: Session, now: datetime) -> Recent:
    """What a screen that opens is shown of the feed."""
    items = newest_items(session, FEED_LENGTH)
    late = [item for item in items if is_late(item)]
    if len(late) <= FEW:
        return Recent(changes_of(session, items, now), [])
    heard_at = late[-1].at
    found = returned(session, heard_at, since=heard_at - MOST_LASTS)
    return Recent(
        changes_of(session, recent_items(session, FEED_LENGTH), now), [] if found is None else [found]
    )


def encoded_lines(
    changes: Iterable[Change], returns: Iterable[Return], hidden: frozenset[str]
) -> list[bytes]:
    """Lines as JSON, the newest first, without what concerns zones in `hidden`."""
    documents = [change.document() for change in changes if not hidden or not change.concerns(hidden)]
    documents += [one for one in (late.document(hidden) for late in returns) if one is not None]
    documents.sort(key=lambda document: -int(document["id"]))
    return [msgspec.json.encode(document) for document in documents[:FEED_LENGTH]]


def picture(sessions: Sessions, viewer: Viewer, now: datetime) -> bytes:
    """The whole picture as JSON, read for this one viewer."""
    with session_scope(sessions, writes=False) as session:
        shown = look(session, now)
        hidden = frozenset[str]() if viewer.sees_totals else shown.blind
        newest, before = last_id(session), recent(session, now)
        lines = encoded_lines(before.changes, before.returns, hidden)
        return whole(now, newest, encode(sections(session, shown, viewer)), lines)


def missed(session: Session, after: int, now: datetime) -> list[bytes]:
    """Messages of the lines after number `after`, what came late summed up; none when they are too many, or the number
    is not ours."""
    newest = last_id(session)
    if after > newest or newest - after > SPAN:
        return []
    late = returned(session, now, after=after)
    document = None if late is None else late.document()
    items = (lines_after if document is None else whole_after)(session, after, RESUME_LIMIT + 1)
    if len(items) > RESUME_LIMIT:
        return []
    said = [feed_message(change) for change in changes_of(session, items, now)]
    return said if document is None else [*said, message("late", document)]


def feed_message(change: Change) -> bytes:
    """A feed item as a server-sent event whose id lets a screen resume after it."""
    return event("feed", msgspec.json.encode(change.document()), change.id)
