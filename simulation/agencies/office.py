"""A records officer at the pages: what agencies sent is accepted where nothing speaks against it, else refused."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from typing import Final

from hub.sharing.inbox.deciding import REASONS, Why
from simulation.visitor import CannotSignIn, Value, Visitor, fields_of

_MESSAGE: Final = re.compile(r'href="/inbox/(IN-\d+)"')
_REQUEST: Final = re.compile(r'href="/identity/(\d+)"')
_RANK: Final = re.compile(r"/compare/(\d+)")
_WORDS: Final = "Look at the papers and send it again."
_LOOK_S: Final = 1.0


class Office:
    """Works on a thread of its own until it is stopped. `whose` is the person whose finger the police ask about.

    `leaves` messages at the end of the list stay for whoever looks on to decide, but for those that are `wanted`.
    """

    def __init__(self, officer: Visitor, leaves: int = 0) -> None:
        self._officer, self._leaves = officer, leaves
        self.whose = ""
        self.wanted: set[str] = set()
        self.decided: dict[str, str] = {}
        self.failed: list[str] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="records office", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the page at hand is done with."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            try:
                for _ in self._look():
                    if self._stopping.is_set():
                        return
            except (OSError, http.client.HTTPException):
                continue  # the pages are being restarted: come back
            except CannotSignIn as error:
                self.failed.append(str(error))

    def _look(self) -> Iterator[None]:
        found = list(dict.fromkeys(_MESSAGE.findall(self._officer.read("/inbox"))))
        left = set(found[-self._leaves :] if self._leaves else ()) - self.wanted
        for number in (one for one in found if one not in left):
            self._decide(number)
            yield
        if self.whose:
            for asked in dict.fromkeys(_REQUEST.findall(self._officer.read("/identity"))):
                self._answer(asked)
                yield

    def _decide(self, number: str) -> None:
        address = f"/inbox/{number}"
        page = self._officer.read(address)
        against = next((why for why, words in REASONS.items() if _chip(str(words)) in page), None)
        if against is None:
            try:
                self._officer.submit(address, {**_acceptance(page), "act": "accept"})
            except CannotSignIn:
                against, page = Why.INCOMPLETE, self._officer.read(address)
        if against is not None:
            form = {**fields_of(page, {"why", "words"}), "why": against.value, "words": _WORDS}
            self._officer.submit(address, {**form, "act": "refuse"})
        self.decided[number] = "accepted" if against is None else against.value

    def _answer(self, asked: str) -> None:
        """Each act is offered by the page while it is due: after a broken line the rest is done."""
        if asked in self.decided:
            return
        address = f"/identity/{asked}"
        page = self._officer.read(address)
        if f"{address}/fingers" in page:
            self._officer.read(f"{address}/fingers")
            self._act(address, act="approve")
            self.decided[asked] = "approved"
            return
        if _offers(page, "search"):
            self._act(address, act="search")
            page = self._officer.read(address)
        if _offers(page, "nobody"):
            rank = self._compared(address)
            self._act(address, **({"act": "identified", "rank": rank} if rank else {"act": "nobody"}))
            self.decided[asked] = "identified" if rank else "nobody"

    def _act(self, address: str, **fields: str) -> None:
        self._officer.submit(address, self._officer.form(address) | fields)

    def _compared(self, address: str) -> str:
        """The rank of the candidate whose finger it truly is, looked at side by side; "" when nobody's."""
        ranks: list[str] = _RANK.findall(self._officer.read(address))
        for rank in dict.fromkeys(ranks):
            if self.whose in self._officer.read(f"{address}/compare/{rank}"):
                return rank
        return ""


def _chip(words: str) -> str:
    """How a doubt stands at the head of a message."""
    return f'<span class="chip urgent">{words}</span>'


def _offers(page: str, act: str) -> bool:
    return re.search(rf'name="act" value="{act}"', page) is not None


def _acceptance(page: str) -> dict[str, Value]:
    """The form that accepts, as it stands there: of what is about nobody it has no fields of a file."""
    try:
        return fields_of(page, {"seen", "version"})
    except LookupError:
        return fields_of(page, {"version"})
