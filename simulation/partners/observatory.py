"""The crime observatory: sends its definitions, fetches what is published, and reckons it up again."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from simulation.partners.work import Work

_FIGURES = "/v1/figures"
_LOOK_S = 5.0
_CUTS = ("SEX", "AGE", "LEGAL_STATUS", "ICCS")
_TOTAL = "_T"


class Observatory(Work):
    """Figures that do not add up are worse than none: each table is summed."""

    def script(self) -> Iterator[None]:
        year = datetime.now(UTC).year
        self.send("/v1/definitions", self.envelope(**{
            "pims:IndicatorDefinitions": [
                {"code": "occupancy", "words": "Population by official capacity, in per cent", "dimensions": ["SEX"]}
            ],
            "pims:PublicationCalendar": [{"on": f"{year + 1}-01-15", "what": "Figures of the year"}],
            "pims:DisclosureThreshold": 5,
        }))  # fmt: skip
        yield
        self.fetch("/v1/lists/census", bad="an observatory is told of nobody")
        offered = self.fetch("/v1/openapi.json").document["paths"]
        if _FIGURES not in offered:
            self.note("no_figures", why="the interface does not offer them yet")
            return
        seen: set[str] = set()
        while True:
            for release in self._releases():
                if release["number"] not in seen:
                    seen.add(release["number"])
                    self._reckon(release)
            yield from self.until(lambda: False, every_s=_LOOK_S, within_s=_LOOK_S)

    def _releases(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.fetch(_FIGURES).document["releases"]
        return found

    def _reckon(self, release: dict[str, Any]) -> None:
        """Every file has the digest that is said of it, and the parts of each table sum to its total."""
        wrong, rows = 0, 0
        for file in release["files"]:
            raw = self.fetch(f"{_FIGURES}/{release['number']}/{file['name']}").body
            wrong += hashlib.sha256(raw).hexdigest() != file["sha256"]
            if file["name"].endswith(".csv"):
                table = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
                rows += len(table)
                wrong += sums_wrong(table)
        self.note("figures", release=release["number"], files=len(release["files"]), rows=rows, wrong=wrong)


def sums_wrong(rows: list[dict[str, str]]) -> int:
    """How many tables of counts have parts, all of them published, that do not sum to the whole."""
    cells = {tuple(row.get(name, "") for name in ("TIME_PERIOD", "INDICATOR", *_CUTS)): row for row in rows}
    parts: dict[tuple[str, ...], list[str]] = {}
    for key, row in cells.items():
        cut = [place for place, value in enumerate(key) if place >= 2 and value not in ("", _TOTAL)]
        if len(cut) == 1 and row.get("UNIT_MEASURE", "PERSONS") == "PERSONS":
            whole = (*key[: cut[0]], _TOTAL, *key[cut[0] + 1 :])
            parts.setdefault((str(cut[0]), *whole), []).append(row["OBS_VALUE"])
    wrong = 0
    for table, values in parts.items():
        total = cells.get(table[1:], {}).get("OBS_VALUE", "")
        if total and all(values):
            wrong += sum(map(float, values)) != float(total)
    return wrong
