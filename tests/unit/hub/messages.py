"""Every message that the hub's pages can say, found in templates and sources."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract

import hub

ROOT = Path(hub.__file__).parent
_KEYWORDS = {"_": None, "ngettext": (1, 2), "Sentence": None}


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """(file, message or (singular, plural)) of everything that can be said."""
    for path in sorted(ROOT.rglob("*.html")):
        yield from _found("jinja2.ext:babel_extract", path)
    for path in sorted(ROOT.rglob("*.py")):
        yield from _found("python", path)
    from hub.web.errors import _TITLES

    for title in _TITLES.values():
        yield "errors", title


def _found(method: str, path: Path) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    source = io.BytesIO(path.read_bytes())
    for _line, text, _comments, _context in extract(method, source, keywords=_KEYWORDS, options=options):
        if isinstance(text, str):
            yield path.name, text
        else:
            one, *more = [part for part in text if part]
            yield path.name, (one, more[0]) if more else one
