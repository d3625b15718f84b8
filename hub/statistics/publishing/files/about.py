"""What every file says of the publication it belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from hub.statistics.periods import Period

CSV: Final = "figures.csv"
CSVW: Final = "figures.csv-metadata.json"
JSON_STAT: Final = "figures.json"
DCAT: Final = "catalog.jsonld"
SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.sig"


@dataclass(frozen=True)
class About:
    """`reference_on` is the last day of the period; `why` what is new in this revision."""

    period: Period
    revision: int
    made_at: datetime
    known_at: datetime
    k: int
    why: str
    publisher: str = "Belize Central Prison"

    @property
    def reference_on(self) -> date:
        return self.period.last_on

    @property
    def title(self) -> str:
        return f"Prison figures {self.period.code}"


def written(document: Any) -> str:
    """JSON as people can read it, the same for the same document."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
