"""What goes wrong with terminals, keys and the broker in a way that somebody can act on."""

from __future__ import annotations

from hub.errors import HubError


class KeysError(HubError):
    """A key or certificate of the hub is missing, damaged or open to others."""

    def __init__(self, sentence: str) -> None:
        super().__init__("keys", sentence)


class RequestError(HubError):
    """A terminal's request cannot be granted; `code` says why in a word."""


class UnknownTerminalError(HubError):
    """No terminal of that name was ever granted."""

    def __init__(self) -> None:
        super().__init__(
            "unknown_terminal", "No terminal of that name is known. See: pims-hub terminals list --data H"
        )


class BrokerError(HubError):
    """The broker cannot run as asked."""

    def __init__(self, sentence: str) -> None:
        super().__init__("broker", sentence)
