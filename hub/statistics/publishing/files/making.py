"""All files of a publication, with their checksums."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.statistics.cells import Figures
from hub.statistics.publishing.body import sha256
from hub.statistics.publishing.files.about import CSV, CSVW, DCAT, JSON_STAT, SUMS, About
from hub.statistics.publishing.files.csv_table import csv_of
from hub.statistics.publishing.files.csvw import csvw_of
from hub.statistics.publishing.files.dcat import dcat_of
from hub.statistics.publishing.files.json_stat import json_stat_of
from hub.statistics.publishing.observations import lines_of


@dataclass(frozen=True)
class MadeFile:
    """A file as text in UTF-8."""

    name: str
    media_type: str
    content: str = field(repr=False)

    @property
    def sha256(self) -> str:
        return sha256(self.content)

    @property
    def size(self) -> int:
        return len(self.content.encode())


def make(figures: Figures, about: About) -> list[MadeFile]:
    """CSV, CSVW, JSON-stat, DCAT and the list of their checksums, as sha256sum checks it."""
    tables = [
        MadeFile(CSV, "text/csv", csv_of(lines_of(figures))),
        MadeFile(CSVW, "application/csvm+json", csvw_of(about)),
        MadeFile(JSON_STAT, "application/json", json_stat_of(figures, about)),
    ]
    described = [(one.name, one.media_type, one.sha256, one.size) for one in tables]
    tables.append(MadeFile(DCAT, "application/ld+json", dcat_of(about, described)))
    sums = "".join(f"{one.sha256}  {one.name}\n" for one in tables)
    return [*tables, MadeFile(SUMS, "text/plain", sums)]
