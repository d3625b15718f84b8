"""The crime observatory: sends its definitions, fetches what is published, and reckons it up again."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from simulation.partners.work import Work

_FIGURES = "/v1/figures"
_SUMS = "SHA256SUMS"
_LOOK_S = 5.0
_TOTAL = "_T"
_NO_CUTS = {"REF_AREA", "TIME_PERIOD", "INDICATOR", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE"}
_COUNTS = {"people", "events"}
_OVERLAP = {"Y_LT18", "Y_GE18"}
"""Adults and juveniles stand beside the narrower bands of age."""


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
        self.must_refuse("/v1/lists/census", "an observatory is told of nobody")
        offered = self.fetch("/v1/openapi.json").document["paths"]
        if _FIGURES not in offered:
            self.note("no_figures", why="the interface does not offer them yet")
            return
        while True:
            found = self.fetch(_FIGURES).document["publications"]
            self.once("looked", "looked", publications=len(found))
            for one in found:
                if not self.memory.is_done(f"publication {one['number']}"):
                    self._reckon(one)
                    self.memory.mark_done(f"publication {one['number']}")
            yield from self.until(lambda: False, every_s=_LOOK_S, within_s=_LOOK_S)

    def _reckon(self, publication: dict[str, Any]) -> None:
        """Every file has the digest that is said of it and signed, and the parts of each table sum to its total."""
        wrong, rows, sums = 0, 0, b""
        for file in publication["files"]:
            raw = self.fetch(file["href"]).body
            wrong += hashlib.sha256(raw).hexdigest() != file["sha256"]
            if file["name"] == _SUMS:
                sums = raw
            elif file["name"].endswith(".csv"):
                table = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
                rows += len(table)
                wrong += sums_wrong(table)
        wrong += not self._signed(publication, sums)
        number = publication["number"]
        told = {"files": len(publication["files"]), "rows": rows, "wrong": wrong}
        self.once("figures", str(number), publication=number, **told)

    def _signed(self, publication: dict[str, Any], sums: bytes) -> bool:
        """Whether the list of digests is signed by the key that the prison tells, and holds every file."""
        signature = self.fetch(f"{publication['href']}/{_SUMS}.sig").body
        told = {name: digest for digest, name in map(str.split, sums.decode().splitlines())}
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(publication["public_key"])).verify(
                signature, sums
            )
        except InvalidSignature:
            return False
        return all(told.get(one["name"], one["sha256"]) == one["sha256"] for one in publication["files"])


def sums_wrong(rows: list[dict[str, str]]) -> int:
    """How many tables of counts have parts, all of them published, that do not sum to the whole."""
    cuts = [name for name in (rows[0] if rows else {}) if name not in _NO_CUTS]
    parts: dict[tuple[str, str, str], list[str]] = {}
    whole: dict[tuple[str, str], str] = {}
    for row in rows:
        by = [name for name in cuts if row[name] not in ("", _TOTAL)]
        table = row["TIME_PERIOD"], row["INDICATOR"]
        if not by:
            whole[table] = row["OBS_VALUE"]
        elif len(by) == 1 and row["UNIT_MEASURE"] in _COUNTS and row[by[0]] not in _OVERLAP:
            parts.setdefault((*table, by[0]), []).append(row["OBS_VALUE"])
    return sum(
        float(whole[table[:2]]) != sum(map(float, values))
        for table, values in parts.items()
        if all(values) and whole.get(table[:2])
    )
