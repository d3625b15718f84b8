"""Somebody before the control room's screen: an HTTP client that signs in and notes when each event arrives."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Arrival:
    """`at` is the wall clock when the event was here, in seconds; `late` says that it was told as history."""

    key: tuple[str, str, int]
    at: float
    late: bool = False


class CannotSignIn(RuntimeError):  # noqa: N818 - says what happened
    """The hub's page did not let the onlooker in."""


class Onlooker:
    """Keeps the event stream open, comes back after each break, and resumes by the last event's id."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self._port = port
        self._login, self._password = login, password
        self._cookies: dict[str, str] = {}
        self._last_id = ""
        self._stopping = threading.Event()
        self.arrivals: list[Arrival] = []
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self.sign_in()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def sign_in(self) -> None:
        self.submit("/login", self.form("/login") | {"login": self._login, "password": self._password})
        self._request("GET", "/control-room")

    def cookies(self) -> str:
        """Signs in, and gives the cookies for a stream of one's own."""
        self.sign_in()
        return self._headers()["Cookie"]

    def read(self, path: str) -> str:
        """A page of the hub, as whoever is signed in sees it."""
        return self._request("GET", path)

    def form(self, path: str) -> dict[str, str]:
        """What a form of that page must carry beside what a person fills in."""
        token = _TOKEN.search(self.read(path))
        if token is None:
            raise CannotSignIn(f"The page {path} has no form.")
        return {"csrf_token": token.group(1)}

    def submit(self, path: str, form: dict[str, str]) -> None:
        """Sends a filled-in form; CannotSignIn unless the hub takes it and shows another page."""
        self._request("POST", path, urlencode(form), moved=True)

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": cookies} if cookies else {}

    def _request(self, method: str, path: str, body: str | None = None, *, moved: bool = False) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        headers = self._headers()
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
        if answer.status >= 400 or (answer.status in {302, 303}) is not moved:
            raise CannotSignIn(f"{method} {path} was answered with {answer.status}.")
        return text

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._stream()
            except (OSError, http.client.HTTPException):
                time.sleep(0.2)  # the hub is being restarted: come back

    def _stream(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
        headers = self._headers() | ({"Last-Event-ID": self._last_id} if self._last_id else {})
        connection.request("GET", "/control-room/events", headers=headers)
        answer = connection.getresponse()
        try:
            while not self._stopping.is_set():
                line = answer.readline()
                if not line:
                    return
                self._read(line.decode().rstrip("\r\n"))
        finally:
            connection.close()

    def _read(self, line: str) -> None:
        if line.startswith("id:"):
            self._last_id = line[3:].strip()
        elif line.startswith("data:"):
            event = json.loads(line[5:])
            if isinstance(event, dict) and event.get("sequence") is not None:
                key = (str(event["terminal"]), str(event["journal"]), int(event["sequence"]))
                self.arrivals.append(Arrival(key, time.time(), event.get("late") is True))
