"""The configuration that the hub wants a terminal to run by: a whole, versioned, and taken back by the terminal
when it makes it unhealthy. Always forward: going back is a new version with the old content."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wire.codec import Strict
from wire.journal import When
from wire.versions import Version

KIND = "config"

MAX_SETTINGS_BYTES = 65_536


class Configuration(Strict, frozen=True):
    """`settings` is a `ModelSettings` as JSON: a terminal of another version can still name the key that it refuses.

    Without `settings` it only confirms that the `version` the terminal reports is the one wanted now.
    `probation_s` is how long the terminal must stay healthy with it before it keeps it for good.
    """

    version: Version
    said_at: When
    settings: Annotated[bytes, Meta(max_length=MAX_SETTINGS_BYTES)] | None
    probation_s: Annotated[float, Meta(ge=1, le=3600)]
