"""One open screen: a bounded queue of what it is told."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Final

from hub.control_room.picture import Viewer

QUEUE_LENGTH: Final = 512
SILENT_S: Final = 4.0
"""Two beats of the live picture without a word: nobody is there any more who tells."""
END: Final = None


class Subscriber:
    """`lost` is set when the screen did not keep up."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.lost = False
        self.has_picture = False
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
                message = self._queue.get(timeout=SILENT_S)
            except queue.Empty:
                # The following threads are gone: let the browser call again rather than hold a dead line.
                return
            if message is END:
                return
            yield message
