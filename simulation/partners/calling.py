"""Calling the prison: one connection under our certificate, a token for ten minutes, the same message never twice."""

from __future__ import annotations

import contextlib
import http.client
import json
import ssl
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from simulation.partners.identity import AUTHORITY, CERTIFICATE, KEY

_TIMEOUT_S: Final = 30.0
_TRIES: Final = 6
_MOST_WAIT_S: Final = 10.0
_EARLY_S: Final = 30.0
"""A token that ends so soon is asked for anew."""


class Unreachable(RuntimeError):  # noqa: N818 - says what happened
    """The prison did not answer in several tries."""


class RefusedError(RuntimeError):
    """The prison does not take or give this; the text holds its own words."""


@dataclass(frozen=True)
class Answer:
    """What came back: `body` as bytes, names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status < 400

    @property
    def document(self) -> dict[str, Any]:
        """The JSON of the body, {} where there is none."""
        found = json.loads(self.body) if self.body else {}
        return found if isinstance(found, dict) else {}

    @property
    def problem(self) -> str:
        """Type of the problem document, with its code where it has one: "not_agreed field_not_agreed"."""
        told = self.document
        kind = str(told.get("type", "")).rpartition("/")[2]
        return " ".join(one for one in (kind, str(told.get("code", ""))) if one)

    @property
    def words(self) -> str:
        """What it says to a person, with the first place that does not fit."""
        told = self.document
        places = [f"{one.get('pointer', '')} {one.get('detail', '')}" for one in told.get("errors", ())]
        return " ".join((self.problem, str(told.get("detail", "")), *places[:1]))


class Prison:
    """The agencies' interface at `url`, for the program `client`. Threads may share it: they take turns."""

    def __init__(self, folder: Path, url: str, client: str) -> None:
        self._client = client
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._context = ssl.create_default_context(cafile=str(folder / AUTHORITY))
        self._context.load_cert_chain(folder / CERTIFICATE, folder / KEY)
        self._lock = threading.Lock()
        self._line: http.client.HTTPSConnection | None = None
        self._token, self._until = "", 0.0

    def get(self, path: str, *, etag: str = "") -> Answer:
        """A path, or an address under this interface as events have it."""
        parts = urlsplit(path)
        wanted = parts.path + (f"?{parts.query}" if parts.query else "")
        return self._call("GET", wanted, None, {"If-None-Match": etag} if etag else {})

    def post(self, path: str, message: Mapping[str, Any], *, key: str = "") -> Answer:
        """Send a message under an idempotency key: after a broken line the same goes again, and is done once."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid.uuid4())}
        return self._call("POST", path, json.dumps(message).encode(), headers)

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        with self._lock:
            for left in reversed(range(_TRIES)):
                try:
                    answer = self._ask(
                        method, path, body, {**headers, "Authorization": f"Bearer {self._bearer()}"}
                    )
                except (OSError, http.client.HTTPException, _NoTokenError) as error:
                    self._hang_up()
                    if not left:
                        raise Unreachable(
                            f"{method} {urlsplit(path).path}: {type(error).__name__}"
                        ) from error
                    time.sleep(0.5)
                    continue
                if answer.status == 401 and left:
                    self._token = ""  # it ended before its time: a certificate or an agreement did
                elif answer.status in (429, 503) and left:
                    time.sleep(min(_MOST_WAIT_S, float(answer.headers.get("retry-after", "1"))))
                else:
                    return answer
            return answer

    def _bearer(self) -> str:
        if self._token and time.monotonic() < self._until:
            return self._token
        form = urlencode({"grant_type": "client_credentials", "client_id": self._client}).encode()
        answer = self._ask("POST", "/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
        if not answer.ok:
            raise _NoTokenError
        given = answer.document
        self._token = str(given["access_token"])
        self._until = time.monotonic() + float(given["expires_in"]) - _EARLY_S
        return self._token

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        if self._line is None:
            self._line = http.client.HTTPSConnection(
                self._host, self._port, context=self._context, timeout=_TIMEOUT_S
            )
        self._line.request(method, path, body, dict(headers))
        answer = self._line.getresponse()
        raw = answer.read()
        told = {name.lower(): value for name, value in answer.getheaders()}
        if answer.will_close:
            self._hang_up()
        return Answer(answer.status, told, raw)

    def _hang_up(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.close()
            self._line = None


class _NoTokenError(Exception):
    """No agreement is in force yet, or any more."""
