"""A row that is locked is read anew: what the session had of it from before may be what another has just changed.

SQLAlchemy locks and reads with `with_for_update`, but keeps the values of an object that it holds already unless
`populate_existing` is said. Of two officers who act at once both would then see their own version.
"""

from __future__ import annotations

import ast

from tests.conftest import REPOSITORY


def _stale(source: str) -> list[int]:
    """Lines of calls that lock a row by its key and do not read it anew."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            named = {one.arg for one in node.keywords}
            gets = node.func.attr in {"get", "get_one"}
            if gets and "with_for_update" in named and "populate_existing" not in named:
                found.append(node.lineno)
    return found


def test_a_locked_row_is_read_anew() -> None:
    files = sorted((REPOSITORY / "hub").rglob("*.py"))
    assert files
    assert [
        f"{one.relative_to(REPOSITORY)}:{line}" for one in files for line in _stale(one.read_text())
    ] == []


def test_one_that_is_not_read_anew_is_found() -> None:
    assert _stale("row = session.get(Task, 3, with_for_update=True)") == [1]
