"""Every act that the trail can hold has words: an auditor and a prisoner read no codes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hub
from hub.accounts.records import AuditEntry
from hub.keeping.oversight.words import known_act

HUB = Path(hub.__file__).parent


def _acts() -> Iterator[tuple[str, str]]:
    """(act, file) of each that is written out where a line is written down; of a made one its beginning."""
    for path in sorted(HUB.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if "write_down" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.keyword) and node.arg == "act":
                yield from ((act, path.name) for act in _said(node.value))


def _said(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield f"{node.values[0].value}other"
    elif isinstance(node, ast.IfExp):
        yield from _said(node.body)
        yield from _said(node.orelse)


def _line(act: str) -> AuditEntry:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return AuditEntry(
        at=at, actor="rita", address="", act=act, subject="", detail="identity 1", role="", why=""
    )


def test_each_act_of_the_trail_is_said_in_words() -> None:
    found = dict(_acts())
    assert len(found) > 120
    # Facts are stated, ended and withdrawn, differences taken on and closed: each has its own words.
    made = {"fact.other", "census.other"}
    wordless = {act: path for act, path in found.items() if act not in made and known_act(_line(act)) is None}
    assert wordless == {}


def test_an_act_that_nobody_writes_has_no_words() -> None:
    assert known_act(_line("nothing.at_all")) is None


def test_what_only_follows_an_act_is_not_called_the_act() -> None:
    for first, later in (
        ("emergency.open", ("emergency.review", "emergency.close")),
        ("slip.print", ("slip.look", "slip.list")),
    ):
        words = [str(known_act(_line(act))) for act in (first, *later)]
        assert len(set(words)) == len(words), words
