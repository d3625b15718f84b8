"""What lies on the card: how fast it takes a write, and whether journal and roll are whole."""

from __future__ import annotations

import time

from edge.clock import disk_free_bytes
from edge.errors import JournalDamagedError, RollLockedError
from edge.journal_file import check_to_look
from edge.protection import AtRest
from edge.provisioning import Folder
from edge.roll_file import open_roll_file
from edge.selftest.check import Check
from edge.settings import Settings
from edge.storage import write_durably

WRITES = 8
SLOW_MS = 250.0
"""A lamp waits for one such write; a card that takes longer is worn out or a bad one."""


def disk(folder: Folder, settings: Settings) -> Check:
    """How long durable writes take, and what is free. One slow write is a busy moment; half of them are the card."""
    free_mb = disk_free_bytes(folder.root) >> 20
    took_ms = sorted(_write_ms(folder) for _ in range(WRITES))
    says = f"a write takes up to {took_ms[-1]:.0f} ms, {free_mb} MB free"
    if free_mb < settings.journal.low_mb:
        return Check(
            "disk", False, says, "The card is nearly full: connect the network so that the hub takes entries."
        )
    if took_ms[WRITES // 2] > SLOW_MS:
        return Check("disk", False, says, "The card is slow: replace it by one made for many writes.")
    return Check("disk", True, says)


def _write_ms(folder: Folder) -> float:
    path = folder.root / "selftest.tmp"
    began = time.monotonic()
    write_durably(path, b"x" * 512)
    took_ms = (time.monotonic() - began) * 1000
    path.unlink()
    return took_ms


def journal(folder: Folder, settings: Settings) -> Check:
    """The whole chain, also while the agent writes."""
    if not folder.journal.exists():
        return Check("journal", True, "none yet; the first start begins it")
    try:
        found = check_to_look(folder.journal, settings.terminal)
    except JournalDamagedError as error:
        return Check(
            "journal",
            False,
            error.sentence,
            "Start the agent: it puts the file aside and sends what can be read. Tell whoever looks after terminals.",
        )
    waiting = found.last - found.committed
    return Check("journal", True, f"the chain holds to entry {found.last}; {waiting} wait for the hub")


def roll(folder: Folder, settings: Settings) -> Check:
    """Whether the copy opens, and how many fingers it holds."""
    try:
        stored = open_roll_file(folder, settings).load()
    except RollLockedError as error:
        return Check(
            "roll", None, error.sentence, "Connect the terminal: the running agent opens it by itself."
        )
    fingers = sum(len(person.fingers) for person in stored.people)
    if not stored.people:
        return Check("roll", None, "empty", "It comes from the hub when the terminal is connected.")
    return Check("roll", True, f"{len(stored.people)} people, {fingers} fingers, version {stored.version}")


def protection(folder: Folder, settings: Settings) -> Check:
    """With `none` a stolen card can be read: it is said, and is no fault where it was chosen."""
    chosen = AtRest(settings.protection.at_rest)
    actual = open_roll_file(folder, settings).lies_under() if folder.roll.exists() else chosen
    if actual is not chosen:
        return Check(
            "protection",
            False,
            f"chosen is {chosen.value}, the roll copy still lies under {actual.value}",
            "Start the agent and connect it: the copy is written anew.",
        )
    if actual is AtRest.NONE:
        return Check(
            "protection", True, "none: whoever takes the card can read its roll copy. Report a theft at once"
        )
    return Check("protection", True, actual.value)
