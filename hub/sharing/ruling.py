"""What the agreements say at one moment, read once for a whole batch or call."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from hub.sharing.agreements.reading import InForce, Standing, agency_by_code, in_force
from hub.sharing.agreements.terms import read_terms
from hub.sharing.deciding import Granted, decide
from hub.sharing.documents import Ask
from hub.sharing.remembering import standings_of


class Rules:
    """Agreements as they stand at one moment, read once for a whole batch."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session = session
        self._at = at
        self._standings: dict[str, list[Standing]] = {}
        self._known: dict[str, bool] = {}
        self._granted: dict[object, Granted] = {}

    def standings_of(self, agency: str) -> list[Standing]:
        if agency not in self._standings:
            self._standings[agency] = standings_of(self._session, self._at, agency)
        return self._standings[agency]

    def knows(self, agency: str) -> bool:
        if agency not in self._known:
            found = bool(self.standings_of(agency)) or agency_by_code(self._session, agency) is not None
            self._known[agency] = found
        return self._known[agency]

    def purposes_of(self, agency: str, exchange: str) -> list[str]:
        found = (one.ruling for one in self.standings_of(agency))
        terms = [read_terms(version.terms) for version in found if version is not None]
        return [purpose for one in terms for purpose in one.purposes_of(exchange)]

    def in_force(self, agency: str) -> list[InForce]:
        """What may be shared by now, with one agency."""
        found = (in_force(one) for one in self.standings_of(agency))
        return [one for one in found if one is not None]

    def purposes_in_force(self, agency: str, exchange: str) -> frozenset[str]:
        """For what an exchange is agreed now."""
        return frozenset(
            purpose for one in self.in_force(agency) for purpose in one.terms.purposes_of(exchange)
        )

    def of(self, ask: Ask) -> Granted:
        """What is agreed of a wish; NotAgreedError."""
        wanted = None if ask.wanted is None else frozenset(ask.wanted)
        key = (ask.agency, ask.exchange, ask.purpose, wanted)
        if key not in self._granted:
            self._granted[key] = decide(
                self.standings_of(ask.agency),
                agency=ask.agency,
                known=self.knows(ask.agency),
                exchange=ask.exchange,
                purpose=ask.purpose,
                wanted=None if ask.wanted is None else tuple(ask.wanted),
                person=ask.person,
            )
        return self._granted[key]
