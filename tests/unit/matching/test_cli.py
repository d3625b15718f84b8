from __future__ import annotations

import json
from pathlib import Path

import pytest

import matching
from matching.cli import main
from matching.commands import options

from .made_prints import GreyExtractor, write_print


@pytest.fixture
def made_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three images of each of three fingers."""
    folder = tmp_path / "made"
    folder.mkdir()
    for which in range(3):
        for number in range(1, 4):
            write_print(folder, which, number)
    monkeypatch.setattr(options, "LeaderExtractor", GreyExtractor)
    monkeypatch.setattr(GreyExtractor, "name", "leader")
    monkeypatch.setattr(matching, "warm_up", lambda: None)
    return folder


class TestEvaluate:
    def test_writes_the_figures(self, made_prints: Path, tmp_path: Path, capsys):
        assert main(["evaluate", str(made_prints), "--report", str(tmp_path / "out.json")]) == 0
        figures = json.loads((tmp_path / "out.json").read_text())
        assert {"sets", "mean_eer", "pooled_eer", "memory_mb", "machine", "engine"} <= set(figures)
        assert list(figures["sets"]) == ["made"]
        row = figures["sets"]["made"]
        wanted = "genuine impostor eer fmr100 fmr1000 zerofmr extract_ms compare_us".split()
        assert list(row)[: len(wanted)] == wanted
        assert (row["genuine"], row["impostor"], row["eer"]) == (9, 27, 0)
        assert (row["images"], row["fingers"], row["refused"], row["unreadable"]) == (9, 3, 0, 0)
        assert "made" in capsys.readouterr().out

    def test_prints_that_make_no_pairs_are_said(self, made_prints: Path, capsys):
        for path in made_prints.glob("[12]_*.png"):
            path.unlink()
        assert main(["evaluate", str(made_prints)]) == 2
        assert "at least two fingers" in capsys.readouterr().err

    def test_two_folders_of_one_name_are_said(self, made_prints: Path, capsys):
        assert main(["evaluate", str(made_prints), str(made_prints)]) == 2
        assert "same name" in capsys.readouterr().err


class TestCompare:
    def test_says_score_and_meaning(self, made_prints: Path, capsys):
        assert main(["compare", str(made_prints / "1_1.png"), str(made_prints / "1_2.png")]) == 0
        assert "one pair of different fingers in" in capsys.readouterr().out
        assert main(["compare", str(made_prints / "1_1.png"), str(made_prints / "0_2.png")]) == 0
        assert float(capsys.readouterr().out.split()[0]) < 4

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["compare", "missing.png", "missing.png"], "no image at"),
            (["compare", __file__, __file__], "cannot be read as an image"),
            (["evaluate", "missing"], "not a folder"),
        ],
    )
    def test_a_mistake_is_a_sentence_and_status_2(self, arguments: list[str], sentence: str, capsys):
        assert main(arguments) == 2
        assert sentence in capsys.readouterr().err
