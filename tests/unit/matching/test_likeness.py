"""Synthetic and real prints side by side: what the table and the page say."""

from pathlib import Path

import numpy as np
import pytest

from matching import cli
from matching.drawing.likeness import likeness_page, likeness_table
from matching.synthesis.likeness import Likeness

ONE = Likeness(np.array([0.5, 0.5, 0.5]), np.array([0.01, 0.02]), np.array([30, 40]))
OTHER = Likeness(np.array([1.0, 3.0]), np.array([0.01, 0.03]), np.array([36]))


def test_the_table_has_a_line_for_each_kind() -> None:
    head, names, one, other = likeness_table({"one": ONE, "the other": OTHER}).splitlines()
    assert "genuine pairs | impostor pairs" in head
    assert one.split() == ["one", "35", *["0.500"] * 6, "|", "0.0150", "0.0190", "0.0199", "0.0200"]
    assert other.split()[:6] == ["the", "other", "36", "1.020", "1.100", "1.500"]
    assert names.split()[:2] == ["minutiae", "1"]


def test_the_page_shows_both_distributions_and_fetches_nothing() -> None:
    page = likeness_page({"one": ONE, "<b>": OTHER})
    assert page.count("<svg viewBox") == 4
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "50 per cent lie below: one 0.500" in page
    assert "<script" not in page
    assert "src=" not in page


def test_mistakes_are_said_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, sentence in (
        (["--fingers", "1"], "from 2 to 500"),
        ([str(tmp_path)], "no fingerprint images"),
        (["-o", str(tmp_path / "none" / "x.html")], "does not exist"),
    ):
        assert cli.main(["likeness", *arguments]) == 2
        said = capsys.readouterr()
        assert sentence in said.err
        assert "growing" not in said.err
