"""A drawing of the site: whatever somebody hands in, only lines, areas and words come out of it."""

from __future__ import annotations

import contextlib
import re
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.accounts.audit import OPERATOR
from hub.database import session_scope
from hub.movements.site.plans.cleaning import Drawing, clean
from hub.movements.site.plans.geometry import Matrix, box_of, matrix_of, path_of, points_of
from hub.movements.site.plans.inside import inner_box
from hub.movements.site.plans.keeping import hand_in, place, tie
from hub.movements.site.plans.reading import PlanView, plans
from hub.sentences import RefusedError

from .site_world import World

HEAD = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
ROOM = '<rect id="block-a" x="10" y="10" width="30" height="20"/>'


def svg(inside: str, size: str = 'viewBox="0 0 100 50"', head: str = "") -> bytes:
    return f"{head}<svg {HEAD} {size}>{inside}</svg>".encode()


def of(inside: str, **parts: str) -> Drawing:
    return clean(svg(inside, **parts))


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": '<rect onclick="alert(1)" onload="alert(1)" x="1" y="1" width="9" height="9"/>',
    "link": '<a xlink:href="javascript:alert(1)"><rect x="1" y="1" width="9" height="9"/></a>',
    "foreign object": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script/></body></foreignObject>',
    "picture": '<image xlink:href="http://evil.example/x.png" width="9" height="9"/>',
    "use": '<use xlink:href="http://evil.example/x.svg#a"/>',
    "style sheet": "<style>@import url(http://evil.example); rect{fill:url(http://evil.example#a)}</style>",
    "style": '<rect style="background:url(http://evil.example)" x="1" y="1" width="9" height="9"/>',
    "fill": '<rect fill="url(http://evil.example#a)" x="1" y="1" width="9" height="9"/>',
    "animation": '<animate attributeName="href" values="javascript:alert(1)"/>',
    "set": '<set attributeName="onmouseover" to="alert(1)"/>',
    "words": "<text>&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;</text>",
    "name": '<rect id="&quot; onclick=&quot;alert(1)" x="1" y="1" width="9" height="9"/>',
    "anchor": '<text text-anchor="&quot; onclick=&quot;alert(1)" x="1" y="1">A</text>',
    "path": '<path d="M0 0L9 9&quot; onclick=&quot;alert(1)"/>',
    "transform": '<g transform="scale(1)&quot; onload=&quot;alert(1)"><rect width="9" height="9"/></g>',
    "number": '<rect x="1&quot; onclick=&quot;alert(1)" y="1" width="9" height="9"/>',
    "other namespace": '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    "instruction": '<?xml-stylesheet href="http://evil.example/x.css"?>',
    "handed on": '<iframe src="javascript:alert(1)"/><embed src="http://evil.example"/>',
    "filter": '<filter id="f"><feImage xlink:href="http://evil.example"/></filter>',
}
_PART = re.compile(r"<(/?[a-z]+)((?: [a-z-]+=\"[^\"<>]*\")*)/?>")
_KNOWN = {"rect", "ellipse", "line", "polyline", "polygon", "path", "text", "/text"}
_ATTRIBUTES = set(
    "class data-shape transform x y width height cx cy rx ry x1 y1 x2 y2 points d font-size text-anchor".split()
)


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_acts_or_points_elsewhere_is_left(name: str) -> None:
    drawn = of(ROOM + HOSTILE[name]).inside
    rest = _PART.sub("", drawn)
    assert "<" not in rest
    for element, attributes in _PART.findall(drawn):
        assert element in _KNOWN
        assert {one.split("=")[0] for one in re.findall(r'[a-z-]+="[^"]*"', attributes)} <= _ATTRIBUTES
    assert not re.search(r"evil|javascript|url\(|onclick=\"|href", drawn)
    assert 'data-shape="s1"' in drawn
    fromstring(f"<svg>{drawn}</svg>")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no_plan"),
        (b"\x89PNG\r\n", "no_plan"),
        (b"<html><body/></html>", "no_plan"),
        (svg(ROOM)[:-10], "no_plan"),
        (svg(ROOM, head='<!DOCTYPE svg [<!ENTITY a "aaaa">]>'), "plan_with_entities"),
        (svg("&x;", head='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "plan_with_entities"),
        (svg(ROOM, size=""), "plan_without_size"),
        (svg(ROOM, size='viewBox="0 0 0 50"'), "plan_without_size"),
        (svg(ROOM, size='viewBox="0 0 1 5000"'), "plan_without_size"),
        (svg(ROOM, size='viewBox="0 0 1e400 50"'), "plan_without_size"),
        (svg("<desc>nothing</desc>"), "empty_plan"),
        (svg('<g display="none">' + ROOM + "</g>"), "empty_plan"),
        (svg("<g>" * 70 + ROOM + "</g>" * 70), "large_plan"),
        (svg('<line x2="1"/>' * 8_001), "large_plan"),
        (b"<svg>" + b" " * (4 * 1024 * 1024), "large_plan"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(raw: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        clean(raw)
    assert refused.value.code == code


def test_a_document_type_without_entities_is_no_trouble() -> None:
    head = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert len(of(ROOM, head=head).shapes) == 1


def test_every_drawing_is_brought_to_one_width() -> None:
    drawn = of('<g transform="translate(10 5)">' + ROOM + "</g>", size='viewBox="10 0 200 100"')
    assert drawn.height == 600
    (shape,) = drawn.shapes
    assert shape.name == "block-a"
    assert [round(side) for side in (shape.box.x, shape.box.y, shape.box.width, shape.box.height)] == [
        60,
        90,
        180,
        120,
    ]


def test_what_was_left_out_is_counted() -> None:
    left = of(
        ROOM + HOSTILE["picture"] + HOSTILE["use"] + HOSTILE["handler"] + '<path d="M 0 0 L ?"/>'
    ).left_out
    assert left == {"image": 1, "use": 1, "handlers": 2, "unreadable": 1}


@pytest.mark.parametrize(
    ("inside", "classes"),
    [
        ('<rect x="1" y="1" width="9" height="9"/>', ["plan-area"]),
        ('<rect fill="none" stroke="#000" x="1" y="1" width="9" height="9"/>', ["plan-line"]),
        ('<rect style="fill:none;stroke:red" x="1" y="1" width="9" height="9"/>', ["plan-line"]),
        (
            '<style>.wall,.b{fill:none;stroke:#123}</style><rect class="wall" width="9" height="9"/>',
            ["plan-line"],
        ),
        ('<g fill="none" stroke="#000"><path d="M1 1h9v9z"/><line x2="9"/></g>', ["plan-line", "plan-line"]),
        ('<rect fill="none" width="9" height="9"/><line stroke="#000" x2="9"/>', ["plan-line"]),
        ('<rect width="100" height="50" fill="white"/><rect width="9" height="9"/>', ["plan-area"]),
        ('<rect opacity="0" width="9" height="9"/><text x="3" y="4">Yard</text>', ["plan-words"]),
    ],
)
def test_what_is_seen_is_an_area_a_line_or_words(inside: str, classes: list[str]) -> None:
    assert re.findall(r'class="([a-z-]+)"', of(inside).inside) == classes


@pytest.mark.parametrize(
    ("data", "box"),
    [
        ("M10 10h30v20h-30z", (10, 10, 30, 20)),
        ("m10,10 30,0 0,20 -30,0z", (10, 10, 30, 20)),
        ("M0 0 H10 V10 L0 10Z", (0, 0, 10, 10)),
        ("M0 5 A5 5 0 0 1 10 5 Z", (0, 0, 10, 5)),
        ("M0 5a5 5 0 1110 0z", (0, 0, 10, 5)),
        ("M0 0C0 10 10 10 10 0z", (0, 0, 10, 7.5)),
        ("M0 0Q5 10 10 0T20 0z", (0, -5, 20, 10)),
        ("M1e1-.5l.5.5z", (10, -0.5, 0.5, 0.5)),
    ],
)
def test_the_box_of_a_path(data: str, box: tuple[float, ...]) -> None:
    found = box_of(points_of(path_of(data)))
    assert (found.x, found.y, found.width, found.height) == pytest.approx(box, abs=0.2)


@pytest.mark.parametrize(
    ("data", "box"),
    [
        ("M0 0H100V100H50V40H0z", (50, 0, 50, 100)),  # an L: the tall leg
        ("M0 0H100V30H60V100H40V30H0z", (0, 0, 100, 30)),  # a T: its bar
        ("M0 0H100V50H0z", (0, 0, 100, 50)),
    ],
)
def test_words_stand_where_a_shape_has_room(data: str, box: tuple[float, ...]) -> None:
    found = inner_box(list(points_of(path_of(data))))
    assert (found.x, found.y, found.width, found.height) == pytest.approx(box, abs=4)


@given(st.text(alphabet="MmLlHhVvCcSsQqTtAaZz0123456789.,-+eE \t", max_size=60))
def test_path_data_of_any_kind_is_read_or_refused(data: str) -> None:
    try:
        path = path_of(data)
    except ValueError:
        return
    assert path_of("".join(map(str, path)))  # what is written anew reads again
    with contextlib.suppress(ValueError):  # too far out to be drawn
        box_of(points_of(path))


def test_transforms_follow_one_another_from_the_inside_out() -> None:
    found = matrix_of("translate(10, 5) scale(2) rotate(90 1 1)")
    assert found.apply((1, 0)) == pytest.approx((14, 7))
    assert matrix_of("") == Matrix()
    for wrong in ("scale()", "turn(3)", "scale(1) x", "matrix(1 2 3)"):
        with pytest.raises(ValueError, match=r"transform|numbers"):
            matrix_of(wrong)


GROUND = svg(
    '<rect id="block-a" x="10" y="10" width="30" height="20"/><rect id="shed" x="60" y="10" width="20" height="20"/>'
)


def handed_in(world: World, raw: bytes) -> PlanView:
    with session_scope(world.sessions) as session:
        hand_in(session, "main", "Ground floor", raw, actor=OPERATOR, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        (found,) = plans(session, 1)
    return found


def test_a_shape_that_the_file_names_by_a_zone_is_it_and_ties_go_over_to_a_new_drawing(world: World) -> None:
    world.site()
    first = handed_in(world, GROUND)
    assert {code: shape.key for code, shape in first.zones.items()} == {"block-a": "s1"}
    with session_scope(world.sessions) as session:
        tie(session, first.id, "s2", "workshop", actor=OPERATOR, at=world.at)
        place(session, first.id, "a-in", (480, 300), actor=OPERATOR, at=world.at)
    drawn, world.at = world.at, world.at.replace(hour=20)
    # A new drawing: another room first, the block elsewhere, the shed as it was and without its name.
    second = handed_in(
        world,
        svg(
            '<rect x="1" y="1" width="5" height="5"/><rect id="block-a" x="20" y="30" width="30" height="10"/>'
            '<rect x="60" y="10" width="20" height="20"/>'
        ),
    )
    assert {code: shape.key for code, shape in second.zones.items()} == {"block-a": "s2", "workshop": "s3"}
    assert second.spots == {"a-in": (480, 300)}
    with session_scope(world.sessions, writes=False) as session:
        (then,) = plans(session, 1, drawn)
    assert (then.id, {code: shape.key for code, shape in then.zones.items()}) == (
        first.id, {"block-a": "s1", "workshop": "s2"},
    )  # fmt: skip


def test_a_zone_has_one_shape_and_a_shape_one_zone(world: World) -> None:
    world.site()
    found = handed_in(world, GROUND)
    with session_scope(world.sessions) as session:
        tie(session, found.id, "s2", "block-a", actor=OPERATOR, at=world.at)
        tie(session, found.id, "s2", "workshop", actor=OPERATOR, at=world.at)
        for shape, zone in (("s9", "yard"), ("s1", "moon")):
            with pytest.raises(RefusedError):
                tie(session, found.id, shape, zone, actor=OPERATOR, at=world.at)
        with pytest.raises(RefusedError):
            place(session, found.id, "a-in", (1300, 10), actor=OPERATOR, at=world.at)
    with session_scope(world.sessions, writes=False) as session:
        (held,) = plans(session, 1)
    assert {code: shape.key for code, shape in held.zones.items()} == {"workshop": "s2"}
