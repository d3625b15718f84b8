"""Forms of a page as a browser sends them when nobody has touched anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_LINES = re.compile(r"\r\n|\r|\n")


class _Forms(HTMLParser):
    """Reads the forms of a page: names with what is sent for each."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._inside = False
        self._chosen: tuple[str, str | None] | None = None
        self._text: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        name = held.get("name", "")
        if tag == "form":
            self.forms.append({})
            self._inside = True
        elif not self._inside:
            return
        elif tag == "input" and name:
            self._put(name, held)
        elif tag == "select":
            self._chosen = (name, None)
        elif tag == "option" and self._chosen is not None:
            of, value = self._chosen
            if "selected" in held or value is None:
                self._chosen = (of, held.get("value", ""))
        elif tag == "textarea":
            self._text = (name, [])

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._chosen is not None:
            self.forms[-1][self._chosen[0]] = self._chosen[1] or ""
            self._chosen = None
        elif tag == "textarea" and self._text is not None:
            name, parts = self._text
            # The first line break of a text area is the page's own; the others travel as two characters.
            self.forms[-1][name] = _LINES.sub("\r\n", re.sub(r"^\n", "", "".join(parts)))
            self._text = None

    def _put(self, name: str, held: dict[str, str]) -> None:
        kind = held.get("type", "text")
        if kind in ("checkbox", "radio"):
            if "checked" in held:
                self.forms[-1][name] = held.get("value", "on")
        else:
            self.forms[-1][name] = _LINES.sub("", held.get("value", ""))


def forms_of(page: str) -> list[dict[str, str]]:
    """What each form of a page would send as it stands, without the button that sends it."""
    reader = _Forms()
    reader.feed(page)
    return reader.forms
