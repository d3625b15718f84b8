"""Somebody at a page of the hub: signs in, reads pages, fills in their forms as they stand there and sends them."""

from __future__ import annotations

import http.client
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode

Value = str | Sequence[str]
_TRIES: Final = 5
_BUSY_S: Final = 1.0
_DOOR: Final = "/login"
_TOKEN: Final = "csrf_token"  # noqa: S105 - the name of a field


class CannotSignIn(RuntimeError):  # noqa: N818 - says what happened
    """The hub's page did not let somebody in, or did not take what was sent."""


class _SignedOutError(RuntimeError):
    """The hub asks who is there: the session has ended, or the same account signed in at too many other places."""


class _BusyError(RuntimeError):
    """The hub said that it has no time now."""


class Visitor:
    """One account at the pages on `port` of this machine. Used from one thread at a time."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self._port = port
        self.login, self._password = login, password
        self._cookies: dict[str, str] = {}

    def sign_in(self) -> None:
        self._cookies.clear()
        self.submit(_DOOR, self.form(_DOOR) | {"login": self.login, "password": self._password})

    def read(self, path: str) -> str:
        """A page of the hub, as whoever is signed in sees it."""
        return self._request("GET", path)[0]

    def form(self, path: str) -> dict[str, Value]:
        """What every form of that page must carry beside what a person fills in."""
        return {_TOKEN: self._given(path, [])[_TOKEN]}

    def submit(self, path: str, form: Mapping[str, Value]) -> str:
        """Sends a filled-in form; the page that it leads to. CannotSignIn unless the hub takes it."""
        return self._request("POST", path, urlencode(form, doseq=True), moved=True)[1]

    def fill(self, path: str, fields: Mapping[str, Value], *, to: str | None = None) -> str:
        """Opens a page, changes these fields of the form that asks for them, and sends it; where that leads.

        `to` is where the form is sent, the page itself if None. Other fields stay as the page gave them.
        """
        return self.submit(to or path, {**self._given(path, fields), **fields})

    def look(self, path: str, form: Mapping[str, Value]) -> str:
        """Sends a form that answers with a page and changes nothing."""
        return self._request("POST", path, urlencode(form, doseq=True), moved=False)[0]

    def _given(self, path: str, names: Collection[str]) -> dict[str, Value]:
        try:
            return fields_of(self.read(path), {*names, _TOKEN})
        except LookupError as error:
            raise CannotSignIn(f"The page {path} has {error}.") from error

    def headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": cookies} if cookies else {}

    def _request(
        self, method: str, path: str, body: str | None = None, *, moved: bool = False
    ) -> tuple[str, str]:
        """Again, as the page asks, while the hub has no time for it: nothing was done then."""
        for left in reversed(range(_TRIES)):
            try:
                return self._ask(method, path, body, moved=moved)
            except _SignedOutError as error:
                # What a form carries belongs to its session: whoever sends one begins with its page again.
                if not left or method != "GET" or path == _DOOR:
                    raise CannotSignIn(str(error)) from None
                self.sign_in()
            except _BusyError as error:
                if not left:
                    raise CannotSignIn(str(error)) from None
                time.sleep(_BUSY_S)
        raise AssertionError("the last try answers or raises")

    def _ask(self, method: str, path: str, body: str | None, *, moved: bool) -> tuple[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = self.headers()
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        led_to = answer.headers.get("Location", "")
        if answer.status in {302, 303} and led_to.startswith(_DOOR) and path != _DOOR:
            raise _SignedOutError(f"{method} {path} was led to the door.")
        if answer.status >= 400 or (answer.status in {302, 303}) is not moved:
            said = _said(text)
            kind = _BusyError if answer.status == HTTPStatus.SERVICE_UNAVAILABLE else CannotSignIn
            raise kind(f"{method} {path} was answered with {answer.status}.{said and f' {said}'}")
        return text, led_to


@dataclass
class _Form:
    """Names of all that a form asks, buttons too, and the values that stand in it."""

    names: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    """The forms of a page, with what a browser would send of each if nobody changed anything."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self.found.append(_Form())
        elif tag == "option":
            self._options.append((value, "selected" in given))
        if not name or not self.found or tag not in {"input", "select", "textarea", "button"}:
            return
        form = self.found[-1]
        form.names.add(name)
        if tag == "select":
            self._select, self._options = name, []
        elif tag == "textarea":
            self._text = []
            form.values[name] = self._text
        elif tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            form.values.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select and self._options:
            chosen = [value for value, selected in self._options if selected] or [self._options[0][0]]
            self.found[-1].values.setdefault(self._select, []).extend(chosen)
            self._select = ""
        elif tag == "textarea" and self._text is not None:
            # Browsers leave out the first line end of a text.
            self._text[:] = ["".join(self._text).removeprefix("\n")]
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


def fields_of(page: str, names: Collection[str]) -> dict[str, Value]:
    """What stands in the form of a page that asks for all of `names`; LookupError where there is none."""
    parser = _Forms()
    parser.feed(page)
    form = next((one for one in parser.found if one.names >= set(names)), None)
    if form is None:
        raise LookupError(f"no form with {', '.join(sorted(names))}")
    return {name: values[0] if len(values) == 1 else values for name, values in form.values.items()}


class _Alert(HTMLParser):
    """The text of whatever a page says aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._depth:
            self._depth += tag not in {"br", "img", "input"}
        elif ("role", "alert") in attrs:
            self._depth = 1

    def handle_endtag(self, tag: str) -> None:
        self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        if self._depth and data.strip():
            self.words.append(data.strip())


def _said(page: str) -> str:
    parser = _Alert()
    parser.feed(page)
    return " ".join(parser.words)[:300]
