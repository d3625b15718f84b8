"""The configuration that the hub wants a terminal to run by: a whole, versioned, and taken back by the terminal
when it makes it unhealthy. Always forward: going back is a new version with the old content."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from wire.codec import Strict
from wire.journal import When
from wire.settings import ModelSettings
from wire.versions import Version

KIND = "config"


class Configuration(Strict, frozen=True):
    """`probation_s` is how long the terminal must stay healthy with it before it keeps it for good."""

    version: Version
    said_at: When
    settings: ModelSettings
    probation_s: Annotated[float, Meta(ge=1, le=3600)]
