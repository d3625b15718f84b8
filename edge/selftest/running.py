"""The checks one after another; one that breaks is a check that failed, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from edge.clock import SystemClock
from edge.errors import EdgeError
from edge.locking import is_held
from edge.provisioning import Folder
from edge.selftest import disk, engine, identity, outside
from edge.selftest.check import Check
from edge.settings import Settings
from wire.errors import WireError


def run_selftest(folder: Folder, settings: Settings) -> list[Check]:
    """Tries everything; changes nothing. While the agent runs, what only it may touch is left to it."""
    running = is_held(folder.lock)
    clock = SystemClock()
    checks: Sequence[tuple[str, Callable[[], Check]]] = (
        ("keys", partial(identity.keys, folder)),
        ("certificate", partial(identity.certificate, folder, clock)),
        ("clock", partial(identity.clock, clock)),
        ("disk", partial(disk.disk, folder, settings)),
        ("journal", partial(disk.journal, folder, settings)),
        ("roll", partial(disk.roll, folder, settings)),
        ("protection", partial(disk.protection, folder, settings)),
        ("engine", engine.engine),
        ("sensor", partial(outside.sensor, settings, running)),
        ("gate", partial(outside.gate, settings, running)),
    )
    return [_tried(name, check) for name, check in checks]


def _tried(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except (EdgeError, WireError) as error:
        return Check(name, False, error.sentence, "Do what the sentence says, then run the self-test again.")
    except OSError as error:
        return Check(
            name,
            False,
            f"{error.strerror}.",
            "Look at the card and its rights; replace the card if it stays.",
        )
