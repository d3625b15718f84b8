"""The review as PDF: typst with the fonts that it carries, offline, the same bytes for the same content."""

from __future__ import annotations

import tempfile
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.statistics.charts import for_paper

_TEMPLATE: Final = Path(__file__).with_name("review.typ")
_STANDARDS: Final = [
    "a-2a",
    "ua-1",
]
"""PDF/A-2a, to be kept for long; PDF/UA-1, to be read aloud."""
_INK: Final = "#1b1f24"
_FONT: Final = "Libertinus Serif"
_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


def pdf_of(paper: dict[str, Any], made_at: datetime) -> bytes:
    """`paper` is of `words.paper_of`; `made_at` stands in the file as its time, so that it does not depend on now."""
    # Through Any: the library types names of standards so that no list of two of them fits.
    typst: Any = import_module("typst")

    with tempfile.TemporaryDirectory() as empty:  # a root without a file, for there is nothing to read
        made: bytes = typst.compile(
            _TEMPLATE.read_bytes(),
            root=empty,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"review": _ENCODER.encode(_drawn(paper)).decode()},
            pdf_standards=_STANDARDS,
            timestamp=int(made_at.timestamp()),
        )
    return made


def _drawn(paper: dict[str, Any]) -> dict[str, Any]:
    """With charts in the ink and type of the paper, for nothing in them inherits any there."""

    def block(one: dict[str, Any]) -> dict[str, Any]:
        return {**one, "svg": for_paper(one["svg"], _INK, _FONT)} if one["kind"] == "chart" else one

    sections = [{**one, "blocks": [block(each) for each in one["blocks"]]} for one in paper["sections"]]
    return {**paper, "sections": sections}
