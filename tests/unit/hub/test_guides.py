"""Guides name buttons and pages as they are called on the screen, and what they lead to can be reached."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import hub
from hub.accounts.permissions import Role

from .site_world import World

GUIDE = Path(__file__).parents[3] / "docs" / "records-officer.md"
CONTROL_ROOM = GUIDE.with_name("control-room.md")
OFFICERS = GUIDE.with_name("officer.md")
SCREEN_WORDS = GUIDE.parents[1] / "edge" / "kiosk" / "words" / "es.toml"
WORDS = Path(hub.__file__).parent / "web" / "locale" / "es" / "messages.po"


@pytest.mark.parametrize(("guide", "one"), [(GUIDE, "It has changed"), (CONTROL_ROOM, "Take it up")])
def test_the_guides_call_things_as_the_pages_do(guide: Path, one: str) -> None:
    known = set(re.findall(r'^msgid "(.+)"$', WORDS.read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", guide.read_text(encoding="utf-8"))
    said = {word for path in named for word in " ".join(path.split()).split(" > ")}
    assert one in said
    assert sorted(said - known) == []


def test_the_officers_guide_calls_things_as_the_screens_do() -> None:
    known = set(re.findall(r'^msgid "(.+)"$', WORDS.read_text(encoding="utf-8"), re.MULTILINE))
    known |= set(tomllib.loads(SCREEN_WORDS.read_text(encoding="utf-8"))["words"])
    text = OFFICERS.read_text(encoding="utf-8")
    said = {" ".join(one.split()) for one in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", text)}
    assert "I have them: accept" in said
    assert sorted(said - known) == []
    assert all((OFFICERS.parent / one).is_file() for one in re.findall(r"\]\((pictures/[^)]+)\)", text))


def test_the_access_report_is_reached_from_the_file(world: World) -> None:
    number = world.person().number
    page = world.browser("rita", Role.RECORDS_OFFICER).get(f"/people/{number}").text
    assert f'href="/people/{number}/access"' in page
    page = world.browser("otto", Role.OFFICER).get(f"/people/{number}").text
    assert f'href="/people/{number}/access"' not in page
