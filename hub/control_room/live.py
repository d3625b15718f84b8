"""Two threads follow the hub and tell every open screen: one each line of the feed, one how everything stands.

A screen gets the whole picture when it opens and then only what changes. What terminals tell late comes summed up,
once a second, so that whoever passes now is never lost among it. Everything that is said to screens of one
sort, in one language, is made once however many there are. A screen has a bounded queue; one that does not keep up is
given up, and the browser comes back for a whole picture.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from hub.control_room.belonging import Belonging
from hub.control_room.changes import Change, changes_of
from hub.control_room.events import event, message
from hub.control_room.feed_lines import last_id, lines_after
from hub.control_room.feed_picture import FEED_LENGTH, encoded_lines, feed_message, missed, recent
from hub.control_room.late import Returns
from hub.control_room.picture import Look, Viewer, look, sections
from hub.control_room.sections import Encoded, difference, encode, whole
from hub.control_room.subscriber import END, Subscriber
from hub.database import Sessions, session_scope
from hub.movements.records import FeedItem, FeedKind

log = logging.getLogger("pims.hub.live")

POLL_S: Final = 0.06
"""Half of it is the mean delay that looking at the table adds between commit and screen."""
IDLE_S: Final = 0.5
"""As often while nobody watches."""
STANDING_EVERY_S: Final = 1.0
STANDING_SOONEST_S: Final = 0.2
"""Between two looks at how everything stands, however urgent the news."""
BEAT_S: Final = 2.0
"""A screen that hears nothing for three beats calls its picture stale."""
MOST_AT_ONCE: Final = 256
EVERYBODY: Final = Viewer("en")


class Live:
    """The threads and their screens."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock
        self._subscribers: set[Subscriber] = set()
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._wanted = threading.Event()
        self._threads: list[threading.Thread] = []
        self._last = 0
        self._feed: deque[Change] = deque(maxlen=FEED_LENGTH)
        self._returns = Returns()
        self._more = False
        self._standing: dict[Viewer, Encoded] = {}
        self._blind: frozenset[str] = frozenset()
        self._beat_s = -BEAT_S
        self._stood_at: datetime | None = None
        self._belonging = Belonging()

    def start(self) -> None:
        """Begin to follow; harmless when it runs already."""
        with self._turn:
            if not self._threads or not all(thread.is_alive() for thread in self._threads):
                self._stop.clear()
                self._catch_up()
                self._threads = [
                    threading.Thread(target=self._follow, name="live-feed", daemon=True),
                    threading.Thread(target=self._stand, name="live-standing", daemon=True),
                ]
                for thread in self._threads:
                    thread.start()

    def stop(self) -> None:
        """End the threads and every stream; when this returns they are over."""
        self._stop.set()
        self._wanted.set()
        with self._turn:
            threads, self._threads = self._threads, []
            for subscriber in self._subscribers:
                subscriber.offer(END)
        for thread in threads:
            thread.join()

    def subscribe(self, viewer: Viewer) -> Subscriber:
        """A screen that gets a whole picture and hears everything from then on."""
        subscriber = Subscriber(viewer)
        with self._turn:
            self._subscribers.add(subscriber)
            self._show_whole(subscriber)
        if not subscriber.has_picture:
            self._wanted.set()
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """The screen is gone."""
        with self._turn:
            self._subscribers.discard(subscriber)

    @property
    def screens(self) -> int:
        """How many screens are open."""
        return len(self._subscribers)

    def missed(self, after: int) -> list[bytes]:
        """Messages of the lines after number `after`, for a screen that comes back."""
        with session_scope(self._sessions, writes=False) as session:
            return missed(session, after, self._clock())

    # --- the feed

    def _follow(self) -> None:
        while not self._stop.is_set():
            self._more = False
            self._try(self._step)
            if not self._more:
                self._stop.wait(POLL_S if self.screens else IDLE_S)

    def _step(self) -> None:
        now = self._clock()
        with session_scope(self._sessions, writes=False) as session:
            items = lines_after(session, self._last, MOST_AT_ONCE)
            whole = self._returns.whole_of(items, now)
            found = changes_of(session, whole, now) if whole else []
        self._more = len(items) == MOST_AT_ONCE
        with self._turn:
            self._returns.take(items, now)
            if items:
                self._last = items[-1].id
            if found:
                self._feed.extend(found)
                self._tell_feed(found)
            self._tell_late()
            if time.monotonic() - self._beat_s >= BEAT_S:
                self._beat_s = time.monotonic()
                self._tell(message("beat", {"now": now, "last_id": self._last, "stood_at": self._stood_at}))
        if any(_needs_somebody(item) for item in items):
            self._wanted.set()

    def _tell_late(self) -> None:
        """What is due of the sums, to every screen. Whoever calls holds the turn."""
        for late in self._returns.due(time.monotonic()):
            for sees_totals in (True, False):
                document = late.document(frozenset() if sees_totals else self._blind)
                # All up to here is told: a screen that comes back goes on after it.
                said = None if document is None else event("late", msgspec.json.encode(document), self._last)
                for subscriber in self._subscribers:
                    if said is not None and subscriber.viewer.sees_totals is sees_totals:
                        subscriber.offer(said)

    def _tell_feed(self, found: list[Change]) -> None:
        """All lines of one look as one piece for each screen: a write for each line would cost more than the rest."""
        everything = [feed_message(change) for change in found]
        seeing = b"".join(everything)
        blind = seeing
        if self._blind:
            pairs = zip(found, everything, strict=True)
            blind = b"".join(said for change, said in pairs if not change.concerns(self._blind))
        for subscriber in self._subscribers:
            said = seeing if subscriber.viewer.sees_totals else blind
            if said:
                subscriber.offer(said)

    def _catch_up(self) -> None:
        """Begin at the newest line, with those before it for whoever opens a screen."""
        with session_scope(self._sessions, writes=False) as session:
            self._last = last_id(session)
            before = recent(session, self._clock())
        self._feed = deque(before.changes, FEED_LENGTH)
        self._returns = Returns(before.returns)

    # --- how everything stands

    def _stand(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            self._wanted.clear()
            if self.screens:
                self._try(self._look)
            elif self._standing:
                with self._turn:
                    self._standing = {}  # whoever opens a screen next would be shown what is long over
            self._stop.wait(STANDING_SOONEST_S)
            self._wanted.wait(max(0.0, STANDING_EVERY_S - (time.monotonic() - began)))

    def _look(self) -> None:
        with session_scope(self._sessions, writes=False) as session:
            found = look(session, self._clock(), self._belonging)
            shown = {viewer: encode(sections(session, found, viewer)) for viewer in self._viewers()}
        with self._turn:
            self._blind, self._stood_at = found.blind, found.now
            for viewer, after in shown.items():
                self._tell_standing(viewer, found, after)

    def _tell_standing(self, viewer: Viewer, found: Look, after: Encoded) -> None:
        before = self._standing.get(viewer, {})
        self._standing[viewer] = after
        change = difference(found.now, before, after)
        said = None if change is None else event("change", change)
        for subscriber in self._subscribers:
            if subscriber.viewer != viewer:
                continue
            if not subscriber.has_picture:
                self._show_whole(subscriber)
            elif said is not None:
                subscriber.offer(said)

    def _show_whole(self, subscriber: Subscriber) -> None:
        """The picture of its sort of viewer, where there is one already. Whoever calls holds the turn."""
        known = self._standing.get(subscriber.viewer)
        if known is None:
            return
        hidden = frozenset[str]() if subscriber.viewer.sees_totals else self._blind
        lines = encoded_lines(self._feed, self._returns.shown, hidden)
        subscriber.offer(event("picture", whole(self._clock(), self._last, known, lines)))
        subscriber.has_picture = True

    def _viewers(self) -> set[Viewer]:
        with self._turn:
            return {subscriber.viewer for subscriber in self._subscribers}

    def _tell(self, said: bytes) -> None:
        for subscriber in self._subscribers:
            subscriber.offer(said)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - a feed that ends in silence would stop every screen
            # Kind and place only: the text of a database error can hold a row, and so a name.
            place = "".join(traceback.format_tb(error.__traceback__, -2))
            log.error("The live picture stumbled and goes on: %s\n%s", type(error).__name__, place)
            self._stop.wait(1.0)


def _needs_somebody(item: FeedItem) -> bool:
    """Whether the queue should change at once; everything else the line itself tells the screen."""
    return item.kind != FeedKind.PASSAGE or item.payload.get("decision") == "REFER"
