"""How an operation ends: declared with it, said in each answer (RFC 9745, RFC 8594) and in the description. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from werkzeug.http import http_date

LEAST: Final = timedelta(days=365)
"""So long an agency has at the least to change its program, from the day that the first answer says so."""


@dataclass(frozen=True)
class Ending:
    """An operation is not to be relied on from `since_at`, and may be gone from `until_at`.

    `because` is the reason, for an engineer; `instead` is the rule of what takes its place, "" for nothing. ValueError
    for less than LEAST between the two.
    """

    since_at: datetime
    until_at: datetime
    because: str
    instead: str = ""

    def __post_init__(self) -> None:
        if self.until_at - self.since_at < LEAST:
            raise ValueError("An operation that ends is answered for a year at least.")

    @property
    def sentence(self) -> str:
        """What the description says."""
        end = f"Deprecated since {self.since_at:%Y-%m-%d}, and may be gone from {self.until_at:%Y-%m-%d}."
        instead = f" Use {self.instead}." if self.instead else ""
        return f"{end} {self.because}{instead}"

    def headers(self, page: str) -> dict[str, str]:
        """What each answer says; `page` is where the reason stands."""
        links = [f'<{page}>; rel="{relation}"; type="text/html"' for relation in ("deprecation", "sunset")]
        if self.instead and "{" not in self.instead:
            links.append(f'<{self.instead}>; rel="successor-version"')
        return {
            "Deprecation": f"@{int(self.since_at.timestamp())}",
            "Sunset": http_date(self.until_at),
            "Link": ", ".join(links),
        }
