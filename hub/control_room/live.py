"""One thread follows the feed and hands each change to every open screen.

A screen has a bounded queue. One that does not keep up is dropped and comes back with the last number it saw: the
database, not the queue, is what nothing is lost from.
"""

from __future__ import annotations

import logging
import queue
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from hub.control_room.changes import Change, changes_of
from hub.control_room.feed_lines import lines_after
from hub.control_room.picture import last_id, situation
from hub.database import Sessions, session_scope
from hub.movements.records import FeedItem, FeedKind

log = logging.getLogger("pims.hub.live")

POLL_S: Final = 0.075
"""Half of it is the mean delay that looking at the table adds between commit and screen."""
SITUATION_EVERY: Final = timedelta(seconds=1)
BEAT_EVERY: Final = timedelta(seconds=2)
"""A screen that hears nothing for three beats calls its picture stale."""
QUEUE_LENGTH: Final = 512
MOST_AT_ONCE: Final = 256
RESUME_LIMIT: Final = 1000
"""A screen that missed more starts from a whole picture: cheaper than each of the steps."""

END: Final = None


class Subscriber:
    """One open screen. `lost` is set when it did not keep up."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.lost = False
        self._queue: queue.Queue[bytes | None] = queue.Queue(QUEUE_LENGTH)

    def offer(self, message: bytes | None) -> None:
        """Hand over one message; the screen is given up when its queue is full."""
        try:
            self._queue.put_nowait(message)
        except queue.Full:
            self.lost = True

    def messages(self) -> Iterator[bytes]:
        """Messages as they come, until the end or until the screen was given up."""
        while not self.lost:
            try:
                message = self._queue.get(timeout=BEAT_EVERY.total_seconds() * 2)
            except queue.Empty:
                # The following thread is gone: let the browser call again rather than hold a dead line.
                return
            if message is END:
                return
            yield message


class Live:
    """The thread and its screens."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock
        self._subscribers: set[Subscriber] = set()
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._last = 0
        self._situations: dict[str, bytes] = {}
        self._situation_at: datetime | None = None
        self._beat_at: datetime | None = None

    def start(self) -> None:
        """Begin to follow; harmless when it runs already."""
        with self._turn:
            if self._thread is None or not self._thread.is_alive():
                self._stop.clear()
                self._last = self._newest()
                self._thread = threading.Thread(target=self._follow, name="live-feed", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread and every stream; when this returns the thread is over."""
        self._stop.set()
        with self._turn:
            thread, self._thread = self._thread, None
            for subscriber in self._subscribers:
                subscriber.offer(END)
        if thread is not None:
            thread.join()

    def subscribe(self, language: str) -> Subscriber:
        """A screen that hears everything from now on."""
        subscriber = Subscriber(language)
        with self._turn:
            self._subscribers.add(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """The screen is gone."""
        with self._turn:
            self._subscribers.discard(subscriber)

    @property
    def screens(self) -> int:
        """How many screens are open."""
        return len(self._subscribers)

    def missed(self, after: int) -> list[bytes] | None:
        """Messages of the items after number `after`; None when they are too many, or the number is not ours."""
        with session_scope(self._sessions, writes=False) as session:
            newest = last_id(session)
            if after > newest or newest - after > RESUME_LIMIT:
                return None
            items = lines_after(session, after, RESUME_LIMIT)
            return [feed_message(change) for change in changes_of(session, items)]

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._step()
            except Exception as error:  # noqa: BLE001 - a feed that ends in silence would stop every screen
                # Kind and place only: the text of a database error can hold a row, and so a name.
                place = "".join(traceback.format_tb(error.__traceback__, -2))
                log.error("The live feed stumbled and goes on: %s\n%s", type(error).__name__, place)
                self._stop.wait(1.0)
            self._stop.wait(POLL_S)

    def _newest(self) -> int:
        with session_scope(self._sessions, writes=False) as session:
            return last_id(session)

    def _step(self) -> None:
        if not self.screens:
            newest = self._newest()
            with self._turn:
                # A screen that opened while we looked hears what came meanwhile: it gets the step after this one.
                if not self._subscribers:
                    self._last = newest
            return
        now = self._clock()
        with session_scope(self._sessions, writes=False) as session:
            items = lines_after(session, self._last, MOST_AT_ONCE)
            found = changes_of(session, items) if items else []
        for change in found:
            self._tell_all(feed_message(change))
        if items:
            self._last = items[-1].id
        due = self._situation_at is None or now - self._situation_at >= SITUATION_EVERY
        if due or any(_needs_somebody(item) for item in items):
            self._situation_at = now
            self._tell_situations(now)
        if self._beat_at is None or now - self._beat_at >= BEAT_EVERY:
            self._beat_at = now
            self._tell_all(message("beat", {"now": now, "last_id": self._last}))

    def _tell_situations(self, now: datetime) -> None:
        with session_scope(self._sessions, writes=False) as session:
            views = {name: situation(session, now, name) for name in self._languages()}
        for language, view in views.items():
            encoded = message("situation", view)
            if self._situations.get(language) != encoded:
                self._situations[language] = encoded
                self._tell_all(encoded, language)

    def _languages(self) -> set[str]:
        with self._turn:
            return {subscriber.language for subscriber in self._subscribers}

    def _tell_all(self, encoded: bytes, language: str | None = None) -> None:
        with self._turn:
            listeners: Sequence[Subscriber] = tuple(self._subscribers)
        for subscriber in listeners:
            if language is None or subscriber.language == language:
                subscriber.offer(encoded)


def _needs_somebody(item: FeedItem) -> bool:
    """Whether the list of needs should change at once; everything else the line itself tells the screen."""
    return item.kind != FeedKind.PASSAGE or item.payload.get("decision") == "REFER"


def feed_message(change: Change) -> bytes:
    """A feed item as a server-sent event whose id lets a screen resume after it."""
    return message("feed", change.document(), change.id)


def message(event: str, data: Any, number: int | None = None) -> bytes:
    """One server-sent event; JSON holds no line break, so one data line is enough."""
    head = b"" if number is None else b"id: %d\n" % number
    return head + b"event: " + event.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"
