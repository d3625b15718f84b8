"""The same tables as JSON-stat 2.0: a collection with one dataset for each table."""

from __future__ import annotations

from typing import Any, Final

from hub.statistics.cells import TOTAL, Cube, Figures
from hub.statistics.publishing.files.about import About, written
from hub.statistics.publishing.observations import CONFIDENTIAL, REF_AREA, SUPPRESSED, status_of

_VERSION: Final = "2.0"


def json_stat_of(figures: Figures, about: About) -> str:
    """The whole collection; each dataset stands in it, so that it reads without a network."""
    document = {
        "version": _VERSION,
        "class": "collection",
        "label": f"{about.title}, revision {about.revision}",
        "updated": about.made_at.isoformat(),
        "link": {"item": [_dataset(cube, about) for cube in figures.cubes.values()]},
    }
    return written(document)


def _dataset(cube: Cube, about: About) -> dict[str, Any]:
    one = cube.indicator
    dimensions: dict[str, dict[str, str]] = {
        "REF_AREA": {REF_AREA: "Belize"},
        "INDICATOR": {one.code: str(one.words)},
        "TIME_PERIOD": {period.code: period.code for period in cube.periods},
    }
    for cut in cube.cuts:
        dimensions[cut.code] = {
            **{code: str(words) for code, words in cut.categories.items()},
            TOTAL: "Together",
        }
    cells = [cell for _period, _key, cell in cube.rows()]
    withheld = {str(at): CONFIDENTIAL for at, cell in enumerate(cells) if status_of(cell) == SUPPRESSED}
    return {
        "version": _VERSION,
        "class": "dataset",
        "label": str(one.words),
        "source": str(one.source),
        "updated": about.made_at.isoformat(),
        "note": [str(one.definition), *(str(each) for each in one.caveats)],
        "id": list(dimensions),
        "size": [len(codes) for codes in dimensions.values()],
        "role": {"time": ["TIME_PERIOD"], "geo": ["REF_AREA"], "metric": ["INDICATOR"]},
        "dimension": {name: _dimension(name, codes, one.unit.value) for name, codes in dimensions.items()},
        "value": [cell.value for cell in cells],
        **({"status": withheld} if withheld else {}),
    }


def _dimension(name: str, codes: dict[str, str], unit: str) -> dict[str, Any]:
    category: dict[str, Any] = {"index": list(codes), "label": codes}
    if name == "INDICATOR":
        category["unit"] = {code: {"label": unit} for code in codes}
    return {"label": name, "category": category}
