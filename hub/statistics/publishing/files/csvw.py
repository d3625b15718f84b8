"""Metadata of the table as CSV on the Web has it: what each column is, which codes it may hold, what makes a key."""

from __future__ import annotations

import re
from typing import Any

from hub.sharing.catalogue.brought import COLUMNS as SHARED
from hub.statistics.cells import TOTAL
from hub.statistics.control.names import COLUMNS as BY
from hub.statistics.cuts import CUTS
from hub.statistics.definitions import INDICATORS
from hub.statistics.definitions.model import Unit
from hub.statistics.publishing.files.about import CSV, About, written
from hub.statistics.publishing.observations import CONFIDENTIAL, DIMENSIONS, FREE, MISSING, NORMAL, SUPPRESSED

_ABOUT_STATUS = "A: as reckoned; O: there is none; Q: withheld"


def csvw_of(about: About) -> str:
    """The metadata file of `figures.csv`."""
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": CSV,
        "dc:title": about.title,
        "dc:publisher": about.publisher,
        "dc:issued": about.made_at.isoformat(),
        "dc:description": f"Revision {about.revision}. {about.why}".strip(),
        "rdfs:comment": f"No number of people from 1 to {about.k - 1} is given, nor any that would show one.",
        "dialect": {"header": True, "delimiter": ",", "encoding": "utf-8", "lineTerminators": ["\r\n", "\n"]},
        "tableSchema": {
            "columns": [_column(one.name, str(one.label)) for one in SHARED],
            "primaryKey": list(DIMENSIONS),
        },
    }
    return written(document)


def codes_of(column: str) -> dict[str, str]:
    """Codes of a dimension that figures are cut by, with their words."""
    found = {code: str(words) for code, words in CUTS[column].categories.items()}
    if column == "AGE":
        found["Y_GE18"] = "18 and over"
    return {**found, TOTAL: "Together"}


def _column(name: str, label: str) -> dict[str, Any]:
    column: dict[str, Any] = {"name": name, "titles": name, "dc:description": label, "required": True}
    if name == "OBS_VALUE":
        return {**column, "datatype": {"base": "decimal"}, "required": False}
    if name in BY:
        words = "; ".join(f"{code}: {said}" for code, said in codes_of(name).items())
        return {**column, "datatype": _one_of(codes_of(name)), "dc:description": f"{label}. {words}"}
    if name == "INDICATOR":
        return {**column, "datatype": _one_of(INDICATORS)}
    if name == "UNIT_MEASURE":
        return {**column, "datatype": _one_of([one.value for one in Unit])}
    if name == "OBS_STATUS":
        return {**column, "datatype": _one_of([NORMAL, MISSING, SUPPRESSED]), "dc:description": _ABOUT_STATUS}
    if name == "CONF_STATUS":
        return {**column, "datatype": _one_of([FREE, CONFIDENTIAL])}
    if name == "TIME_PERIOD":
        return {**column, "datatype": {"base": "string", "format": "[0-9]{4}(-[0-9]{2})?"}}
    return {**column, "datatype": {"base": "string", "format": "[A-Z]{2}"}}


def _one_of(codes: Any) -> dict[str, str]:
    return {
        "base": "string",
        "format": "(" + "|".join(re.escape(code).replace("\\-", "-") for code in codes) + ")",
    }
