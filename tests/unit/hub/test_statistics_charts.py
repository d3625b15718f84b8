"""Charts: well-formed, named for those who hear them, the same bytes each time, and no word of theirs is markup."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from hub.statistics.charts import Bar, Pair, Series, bar_chart, for_paper, line_chart, pyramid
from hub.statistics.charts.drawing import steps

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<script>alert("x")</script> & "quoted"'
MONTHS = [f"2025-{one:02}" for one in range(1, 13)]


def made(title: str = NASTY) -> list[str]:
    values = [1_100.0 + one for one in range(12)]
    return [
        line_chart(
            title, NASTY, MONTHS, [Series(NASTY, values), Series("Places", [1_000.0] * 12)], unit=NASTY
        ),
        bar_chart(title, NASTY, [Bar(NASTY, 5), Bar("b", None, NASTY), Bar("c", 0)], unit=NASTY),
        pyramid(title, NASTY, NASTY, "right", [Pair(NASTY, 3, 4), Pair("b", None, 0, "–")], unit=NASTY),
    ]


@pytest.mark.parametrize("svg", made(), ids=["line", "bars", "pyramid"])
def test_a_chart_is_well_formed_and_says_what_it_is(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    assert root.find(f"{SVG}title").text == NASTY  # type: ignore[union-attr]
    assert root.find(f"{SVG}desc").text == NASTY  # type: ignore[union-attr]
    assert root.get("role") == "img"
    names = {one.tag.removeprefix(SVG) for one in root.iter()}
    assert names <= {"svg", "title", "desc", "text", "line", "polyline", "circle", "rect"}
    assert "style=" not in svg, "the content security policy allows none"


def test_the_same_chart_makes_the_same_bytes() -> None:
    assert made() == made()


def test_what_is_withheld_is_a_gap_and_not_a_nought() -> None:
    values = [10.0, 11.0, None, 12.0, 13.0]
    root = ElementTree.fromstring(line_chart("t", "d", MONTHS[:5], [Series("s", values)], unit="u"))
    assert len(root.findall(f"{SVG}polyline")) == 2
    bars = ElementTree.fromstring(bar_chart("t", "d", [Bar("a", None, "withheld"), Bar("b", 7)], unit="u"))
    assert len(bars.findall(f"{SVG}rect")) == 1
    none = ElementTree.fromstring(bar_chart("t", "d", [Bar("a", 0), Bar("b", 7)], unit="u"))
    assert len(none.findall(f"{SVG}rect")) == 1, "a nought has no bar, however thin"
    assert "withheld" in [one.text for one in bars.iter(f"{SVG}text")]


def test_what_was_never_given_has_a_mark_of_its_own_and_says_what_it_means() -> None:
    values = [10.0, None, None, 12.0]
    drawn = line_chart(
        "t", "d", MONTHS[:4], [Series("s", values)], unit="u", missing=(2,), missing_words="not given"
    )
    words = [one.text for one in ElementTree.fromstring(drawn).iter(f"{SVG}text")]
    assert words.count("×") == 1, "what is withheld has none"
    assert "× not given" in words


def test_lines_are_told_apart_without_colour() -> None:
    both = [Series("a", [1.0, 2.0]), Series("b", [2.0, 1.0])]
    root = ElementTree.fromstring(line_chart("t", "d", ["x", "y"], both, unit="u"))
    dashes = [one.get("stroke-dasharray") for one in root.findall(f"{SVG}polyline")]
    assert len(set(dashes)) == 2


def test_a_long_label_is_broken_into_lines_and_nothing_leaves_the_drawing() -> None:
    long = "Complaints of ill-treatment, or that there were none, and what was done about each of them"
    bars = [Bar(long, 0.5, shown="50.0 %"), Bar("Sex", 1.0, shown="100.0 %")]
    root = ElementTree.fromstring(bar_chart("t", "d", bars, unit="", whole=1))
    words = [one for one in root.iter(f"{SVG}text") if one.get("text-anchor") == "end"]
    assert " ".join(str(one.text) for one in words) == f"{long} Sex"
    tall = float(str(root.get("height")))
    for one in words:
        assert float(str(one.get("x"))) - 0.52 * 13 * len(str(one.text)) >= 0
        assert 0 < float(str(one.get("y"))) < tall
    heights = [float(str(one.get("y"))) for one in words]
    assert all(later - earlier >= 13 for earlier, later in pairwise(heights)), "no line lies over another"
    half, whole = (float(str(one.get("width"))) for one in root.findall(f"{SVG}rect"))
    assert whole == pytest.approx(2 * half, abs=0.2)


def test_on_paper_the_words_have_ink_and_type_of_their_own() -> None:
    plain = bar_chart(NASTY, NASTY, [Bar(NASTY, 5)], unit="u")
    root = ElementTree.fromstring(for_paper(plain, "#123456", "Some Serif"))
    assert (root.get("color"), root.get("font-family")) == ("#123456", "Some Serif")
    assert "font-family" not in plain


def test_all_twelve_months_have_room_where_their_names_are_short() -> None:
    months = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"]
    drawn = line_chart("t", "d", months, [Series("2026", [1.0] * 12)], unit="u")
    assert all(f">{one}<" in drawn for one in months)


def test_lines_that_end_at_the_bottom_keep_their_names_within_the_drawing() -> None:
    both = [Series("2025", [0.0, 0.0]), Series("2026", [9.0, 0.0]), Series("2027", [0.0, 0.0])]
    root = ElementTree.fromstring(line_chart("t", "d", ["a", "b"], both, unit="u"))
    tall = float(str(root.get("height")))
    assert all(0 < float(str(one.get("y"))) < tall for one in root.iter(f"{SVG}text"))
    flat = line_chart("t", "d", ["a"], [Series("s", [0.0])], unit="u")
    assert ">0.0<" not in flat, "an axis of noughts goes to one, not to almost nothing"


def test_nothing_known_at_all_still_draws() -> None:
    for svg in (
        line_chart("t", "d", [], [], unit="u"),
        line_chart("t", "d", ["x"], [Series("s", [None])], unit="u"),
        bar_chart("t", "d", [], unit="u"),
        pyramid("t", "d", "l", "r", [], unit="u"),
    ):
        ElementTree.fromstring(svg)


@pytest.mark.parametrize(("low", "high"), [(0, 1_204), (0, 0.4), (28.1, 31.9), (0, 0), (5, 5)])
def test_steps_are_even_and_hold_both_ends(low: float, high: float) -> None:
    ticks = steps(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 8
    widths = {round(second - first, 9) for first, second in pairwise(ticks)}
    assert len(widths) == 1
