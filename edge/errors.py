"""What can stop the terminal or one of its steps; each error is a sentence for the person who reads it."""

from __future__ import annotations

from typing import ClassVar


class EdgeError(Exception):
    """`code` is for machines and counters, the text for people. Neither names a person or holds a template."""

    code: ClassVar[str] = "edge.error"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class StartError(EdgeError):
    """The terminal must not start until somebody put something right; the command ends with status 2."""

    code = "edge.start"


class InstallError(EdgeError):
    """The machine could not be made ready for a terminal; the sentence says what to do."""

    code = "edge.install"


class SettingsError(StartError):
    """A setting is missing, unknown, of the wrong type or out of range; the sentence names it."""

    code = "edge.settings"


class ProvisioningError(StartError):
    """Keys, request or grant do not fit this terminal."""

    code = "edge.provisioning"


class RollLockedError(EdgeError):
    """There is a roll copy, and its key is not to be had now."""

    code = "roll.locked"


class JournalWriteError(EdgeError):
    """Nothing was recorded: no lamp may be lit for what should have been."""

    code = "journal.unwritable"


class JournalFullError(JournalWriteError):
    """There is no room for another entry, and none may be dropped to make some."""

    code = "journal.full"


class JournalDamagedError(EdgeError):
    """The file cannot be read, or its entries do not form one chain."""

    code = "journal.damaged"


class DeskRefusedError(EdgeError):
    """What somebody at the screen asked for cannot be done; the sentence says what to do instead.

    `reason` is a word for the page, as `sign_in` when nobody is signed in.
    """

    code = "desk.refused"

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class DeskAbsentError(EdgeError):
    """The agent does not answer: it is starting, stopped, or hangs."""

    code = "desk.absent"
