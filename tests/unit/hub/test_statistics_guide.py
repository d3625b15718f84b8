"""The guide to the figures says what the code says."""

from __future__ import annotations

from pathlib import Path

from hub.statistics.guide import guide

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_guide_is_what_the_definitions_say() -> None:
    written = (DOCS / "figures.md").read_text()
    assert written == guide(), "python -m hub.statistics.guide > docs/figures.md"
