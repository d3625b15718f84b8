"""The review as PDF: typst with the fonts that it carries, offline, the same bytes for the same content."""

from __future__ import annotations

import tempfile
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import msgspec

_TEMPLATE: Final = Path(__file__).with_name("review.typ")
_STANDARDS: Final = [
    "a-2a",
    "ua-1",
]
"""PDF/A-2a, to be kept for long; PDF/UA-1, to be read aloud."""
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
            sys_inputs={"review": _ENCODER.encode(paper).decode()},
            pdf_standards=_STANDARDS,
            timestamp=int(made_at.timestamp()),
        )
    return made
