"""The page of an evaluation and the pictures of prints."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.drawing import charts, tables
from matching.drawing.minutiae import Canvas
from matching.drawing.page import evaluation_page
from matching.drawing.pairs import Print, pairs_picture
from matching.drawing.palette import BLUE, LINES, VERMILLION
from matching.drawing.stages import TILE, as_grey, stage_picture, stage_sheet
from matching.drawing.svg import Axis, Chart, even_axis, log_axis
from matching.evaluation import Taken, compare_all, report
from matching.template import Template

from .made_minutiae import finger, touch

VOID = {"meta", "link", "br", "img"}


class Page(HTMLParser):
    """What a page holds, and whether each element that opens is closed in its order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """A good set, and one whose fingers are all different, under a name that tries to be an element."""
    good = [
        Taken(f"{f}", touch(finger(f), 10 * f + n), 10 * f + n, 90, 80) for f in range(4) for n in range(3)
    ]
    bad = [Taken(f"{f}", finger(100 + 10 * f + n)) for f in range(3) for n in range(2)]
    made = report({"good": compare_all(good), "<b>bad": compare_all(bad)})
    for row in made["sets"].values():
        row |= {"dpi": 500.0, "unreadable": 1, "unreadable_files": ["<i>.png"], "refused_files": {}}
    machine = {"processor": "P", "cores": 2, "system": "S", "python": "3", "libraries": {"numpy": "2"}}
    return made | {
        "extractor": "leader",
        "engine": "1",
        "machine": machine,
        "jobs": 1,
        "memory_mb": 300.0,
        "made_at": "2026-01-02T03:04:05+00:00",
    }


class TestPage:
    @pytest.fixture
    def text(self, figures) -> str:
        return evaluation_page(figures)

    def test_every_element_is_closed_and_every_identifier_is_one(self, text: str):
        page = Page(text)
        assert page.open == []
        names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(names) == len(set(names)) >= 2 + 2 * 8

    def test_it_fetches_nothing_and_runs_nothing(self, text: str):
        assert not re.search(r"<script|<link|<img|https?://|@import|url\(|\bon\w+=", text)

    def test_each_picture_says_in_words_what_it_shows(self, text: str):
        page = Page(text)
        pictures = [attributes for tag, attributes in page.tags if attributes.get("role") == "img"]
        assert len(pictures) == 3 + 3 + 2
        names = {attributes["id"] for tag, attributes in page.tags if tag in ("title", "desc") and attributes}
        assert {each["aria-labelledby"] for each in pictures} <= names
        assert {each["aria-describedby"] for each in pictures} <= names

    def test_the_smallest_set_that_has_rates_has_a_page(self, figures):
        taken = [Taken("a", finger(1), 9), Taken("a", finger(1), 9), Taken("b", finger(1).best(0), 0)]
        made = report({"tiny": compare_all(taken)})
        made["sets"]["tiny"] |= {"dpi": 500.0, "unreadable": 0, "unreadable_files": []}
        text = evaluation_page(figures | made)
        assert 'd="M"' not in text
        assert "nan" not in text.lower()
        assert "0 to 84.2" in text

    def test_names_are_text(self, text: str):
        assert "<b>" not in text
        assert "<i>" not in text
        assert "Left out because they cannot be read: <i>.png" in "".join(Page(text).text)

    def test_the_figures_are_those_of_the_report(self, text: str, figures):
        cells = Page(text).text
        assert f"{tables.percent(figures['mean_eer'])} %" in cells
        for row in figures["sets"].values():
            assert tables.percent(row["eer"]) in cells


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "text"),
        [(0, "0"), (100, "100"), (12.54, "12.5"), (1.4286, "1.43"), (5.0, "5"), (0.03472, "0.0347")],
    )
    def test_three_digits_that_count(self, value: float, text: str):
        assert tables.percent(value) == text

    def test_a_threshold_for_each_size_of_gallery(self):
        page = Page(tables.galleries_table()).text
        row = page[page.index("2,400") :][:5]
        assert row == ["2,400", "5.4 *", "6.4 *", "7.4 *", "8.4 *"]


class TestChart:
    def test_axes_put_values_where_they_belong(self):
        chart = Chart("t", "d", even_axis("x", 10, 5), log_axis("y", 0.03, 90))
        assert [text for _, text in chart.y.ticks] == ["0.01", "0.1", "1", "10", "100"]
        left, bottom = chart.point(0, 0.01)
        right, top = chart.point(10, 100)
        assert chart.point(5, 1) == pytest.approx(((left + right) / 2, (top + bottom) / 2))
        assert chart.point(-1, 0) == (left, bottom)
        assert chart.point(11, 1e6) == (right, top)

    def test_steps_keep_a_value_until_the_next(self):
        flat = Axis("", 0, 10, ())
        chart = Chart("t", "d", flat, flat)
        chart.steps([0, 5, 10], [10, 0, 0], "s0")
        places = re.findall(r"[ML]([0-9.]+) ([0-9.]+)", chart.svg().split('class="line s0"')[1])
        corners = [(0, 10), (5, 10), (5, 0), (10, 0)]
        expected = [pytest.approx(chart.point(*corner), abs=0.06) for corner in corners]
        assert [(float(x), float(y)) for x, y in places] == expected

    def test_a_set_without_errors_is_said_in_words(self, figures):
        row = figures["sets"]["good"]
        assert row["zerofmr"] == 0
        assert "parts all genuine" in charts.det_chart("t", [("good", row, "s0")]).description

    def test_where_nothing_fails_there_is_nothing_to_foresee(self, figures):
        row = dict(figures["sets"]["good"])
        row["discard"] = [{"score": 4.0, "discarded": [0, 10], "fnmr": [0, 0], "area": 0.0}] * 2
        assert "No genuine pair fails" in charts.discard_chart("t", row).svg()


def only(kind: int, x: int = 50, y: int = 40, angle: int = 64) -> Template:
    """One minutia; 64 units point up."""
    return Template(
        x=np.array([x]),
        y=np.array([y]),
        angle=np.array([angle]),
        kind=np.array([kind]),
        quality=np.array([100]),
        width=100,
        height=120,
    )


WHITE = np.full((120, 100), 255, dtype=np.uint8)


def near(picture, x: float, y: float, colour) -> bool:
    """A pixel of nearly this colour within two of the place."""
    part = np.asarray(picture)[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].astype(int)
    return bool((np.abs(part - colour).max(axis=2) < 60).any())


class TestMinutiae:
    @pytest.mark.parametrize(("kind", "colour"), [(1, BLUE), (2, VERMILLION)])
    def test_a_mark_stands_at_the_minutia_and_points_along_it(self, kind: int, colour):
        canvas = Canvas.over(WHITE, 4.0, faint=0)
        canvas.minutiae(only(kind))
        picture = canvas.finished()
        assert picture.size == (400, 480)
        x, y = canvas.place(only(kind), 0)
        assert (x, y) == (202, 162)
        assert near(picture, x, y - 12, colour)
        assert not near(picture, x, y + 12, colour)
        assert near(picture, x + 4, y, colour)


class TestStages:
    def test_truth_is_black_on_white_and_numbers_run_from_black_to_white(self):
        assert as_grey(np.array([[True, False]])).tolist() == [[0, 255]]
        assert as_grey(np.array([[2.0, 3.0, 4.0, np.nan]])).tolist() == [[0, 128, 255, 0]]
        assert as_grey(np.full((2, 2), 7.0)).tolist() == [[0, 0], [0, 0]]
        assert as_grey(np.full((1, 2), np.nan)).tolist() == [[0, 0]]

    def test_strokes_run_along_the_ridges(self):
        flat = stage_picture(WHITE, "orientation", np.zeros((12, 10)))
        upright = stage_picture(WHITE, "orientation", np.full((12, 10), np.pi / 2))
        blue = [np.argwhere(np.asarray(each)[:, :, 0] < 100) for each in (flat, upright)]
        assert len(np.unique(blue[0][:, 0])) < len(np.unique(blue[0][:, 1])) / 2
        assert len(np.unique(blue[1][:, 1])) < len(np.unique(blue[1][:, 0])) / 2
        unknown = stage_picture(WHITE, "orientation", np.full((12, 10), np.nan))
        assert np.asarray(unknown).min() == 255

    def test_a_sheet_holds_every_stage(self):
        stages = [(f"stage {number}", WHITE) for number in range(5)] + [("minutiae", only(1))]
        sheet = stage_sheet(WHITE, stages, ["name"])
        assert 3 * TILE * 100 / 120 < sheet.width < 4 * TILE * 100 / 120
        assert 2 * TILE < sheet.height < 3 * TILE


class TestPairs:
    def test_a_line_joins_what_was_paired(self):
        left, right = only(1), only(1, x=80, y=100)
        prints = [Print(WHITE, each, ("caption", "more")) for each in (left, right)]
        picture = pairs_picture(*prints, np.array([[0, 0]]), np.array([0.5]), ["score"])
        without = pairs_picture(*prints, np.empty((0, 2), dtype=int), np.empty(0), ["score"])
        changed = np.abs(np.asarray(picture).astype(int) - np.asarray(without)).max(axis=2) > 0
        between = slice(round(560 * 100 / 120) + 18, round(560 * 100 / 120) + 18 + 60)
        assert changed[:, between].any(axis=0).all()
        x, y = np.argwhere(changed[:, between])[0][::-1]
        assert near(picture, between.start + x + 2, y, LINES[0])


def test_the_style_sheet_comes_with_the_package():
    import matching.drawing

    assert (Path(matching.drawing.__file__).parent / "page.css").is_file()
