"""Whatever the officer's page can say, it can say in every language it offers."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import edge.attestation
import edge.enrolment
import edge.kiosk
import edge.unit
from edge.kiosk import app, enrolment_page, escort_pages, formats, referral_pages, roll_pages, units
from edge.kiosk.words import DEFAULT, FOLDER, catalogue, languages

KIOSK = Path(edge.kiosk.__path__[0])
ENROLMENT = Path(edge.enrolment.__path__[0])
ATTESTATION = Path(edge.attestation.__path__[0])
UNIT = Path(edge.unit.__path__[0])
IN_TEMPLATES = re.compile(r"""_\((?P<quote>["'])(?P<sentence>.+?)(?P=quote)[,)]""")
VALUES = re.compile(r"\{(\w+)\}")


def refusals() -> set[str]:
    """Sentences of refusals that the agent sends word for word."""
    found: set[str] = set()
    folders = (ATTESTATION, ENROLMENT, UNIT)
    modules = [KIOSK.parent / "desk" / "client.py", *KIOSK.parent.glob("moves*.py")]
    for path in [*modules, *(path for folder in folders for path in folder.glob("*.py"))]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").startswith("Desk"):
                found |= {
                    arg.value
                    for arg in node.args
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and " " in arg.value
                }
    return found


def said() -> set[str]:
    found = {
        match["sentence"]
        for path in KIOSK.glob("templates/*.html")
        for match in IN_TEMPLATES.finditer(path.read_text())
    }
    tables: tuple[Mapping[Any, str], ...] = (
        units.SOURCES,
        units.KINDS,
        units.PHASES,
        units.METHODS,
        formats.RULES,
        formats.WARNINGS,
    )
    for table in (*tables, formats.ORDERS, app._SENTENCES, *enrolment_page.TABLES):
        found |= set(table.values())
    found |= set(enrolment_page.NEXT_TOUCH)
    found |= {*referral_pages.REASONS, *referral_pages.TURNED_BACK, *roll_pages.STANDING_REASONS}
    found |= {*roll_pages.LOCKDOWN_REASONS, *escort_pages.REASONS}
    for path in KIOSK.glob("*.py"):
        found |= set(re.findall(r'(?:say\(|fault=)\s*"([^"]+)"', path.read_text()))
    return found | refusals()


def others() -> list[str]:
    return [code for code in languages() if code != DEFAULT]


def test_there_is_more_than_english() -> None:
    assert "es" in others()
    assert len(refusals()) > 5
    assert len(said()) > 80


@pytest.mark.parametrize("language", others())
def test_every_sentence_is_translated(language: str) -> None:
    assert sorted(said() - set(catalogue(language))) == []


@pytest.mark.parametrize("language", others())
def test_no_translation_is_left_over_or_has_other_values(language: str) -> None:
    words = catalogue(language)
    assert sorted(set(words) - said()) == []
    wrong = [
        one for one, other in words.items() if sorted(VALUES.findall(one)) != sorted(VALUES.findall(other))
    ]
    assert wrong == []


def test_each_file_tells_its_language_and_who_checked_it() -> None:
    for path in FOLDER.glob("*.toml"):
        assert re.search(r'^name = "\S+', path.read_text(), re.MULTILINE)
        assert "checked_by" in path.read_text()
