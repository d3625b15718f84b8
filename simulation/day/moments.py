"""Something that passed between the prison and an agency, as it was played and as either side holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Moment:
    """`truth` is what was played, `hub` what the hub and the agencies' own programs hold of it, by the same names."""

    truth: Mapping[str, Any]
    hub: Mapping[str, Any]
