"""The courts: orders, sentences, dates and bail, and what goes wrong between a registry and a prison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from simulation.partners.register import STAY
from simulation.partners.work import Work

_CASE, _OTHER_CASE = "MC 318/2026", "MC 319/2026"
_WRONG_COURT = "Court of Nowhere"
_MOST_PAGES = 3


class Courts(Work):
    """What a registry sends in a morning."""

    def script(self) -> Iterator[None]:
        yield from self.until(self.ask_who_is_here, every_s=3.0)
        yield from self._messages()
        yield from self._wrong_ones()
        yield from self._ask()

    def _messages(self) -> Iterator[None]:
        today = datetime.now(UTC).date()
        soon = datetime.now(UTC) + timedelta(days=14)
        hearing = self._of(0, self._court(0), **{"nc:CaseTrackingID": _CASE}) | {
            "nc:ActivityDate": soon.isoformat(timespec="seconds"), "nc:ActivityReasonText": "Mention",
        }  # fmt: skip
        self.send("/v1/hearings", hearing)
        yield
        # Sent again under a number of its own, as registries do when two clerks work on one file.
        self.send("/v1/hearings", {**self.last, **self.envelope()})
        yield
        self.send("/v1/orders", self._order(1, self._court(1), 2, "RO 77/2026", today))
        yield
        self.send("/v1/sentences", self._of(2, self._court(2), **{
            "nc:CaseTrackingID": _OTHER_CASE, "nc:IdentificationID": "SO 31/2026",
            "pims:SentenceImposedDate": today.isoformat(), "j:Sentence": [
                {"nc:IdentificationID": "1", "j:ChargeDescriptionText": "Burglary", "pims:ICCSCode": "0501",
                 "j:SentenceTerm": {"years": 1}, "pims:RemandCreditDayQuantity": 20},
                {"nc:IdentificationID": "2", "j:ChargeDescriptionText": "Handling", "pims:ICCSCode": "0702",
                 "j:SentenceTerm": {"months": 6}, "pims:ConsecutiveToReference": "1"},
            ],
        }))  # fmt: skip
        yield
        self.send("/v1/bails", self._of(1, self._court(1), **{
            "nc:CaseTrackingID": _CASE, "nc:IdentificationID": "B 18/2026", "pims:BailOutcomeCode": "granted",
            "nc:DocumentIssueDate": today.isoformat(), "j:BailSetAmount": 250_000,
        }))  # fmt: skip

    def _wrong_ones(self) -> Iterator[None]:
        """What the prison takes in and puts before an officer, and what it does not take at all."""
        today = datetime.now(UTC).date()
        nobody = self._order(0, "Magistrate's Court", 1, "RO 90/2026", today)
        nobody["j:Subject"] = {"nc:PersonSurName": "Nobodyhere", "nc:PersonGivenName": "Nadia"}
        self.send("/v1/orders", nobody)
        yield
        self.send("/v1/orders", self._order(0, _WRONG_COURT, 1, "RO 91/2026", today))
        yield
        # The one before it in the case was sent already, as number 2.
        self.send("/v1/orders", self._order(1, self._court(1), 1, "RO 76/2026", today))
        yield
        self.send("/v1/orders", self._order(2, self._court(2), 1, "RO 92/2026", today))
        other = {**self.last, "nc:IdentificationID": "RO 93/2026"}
        self.send("/v1/orders", other, bad="the number of another message stands on it")
        yield
        stay = next(iter(self.people))
        self.must_refuse(f"/v1/custody/{stay}?fields=j:FavouriteColour", "this field is in no agreement")

    def _ask(self) -> Iterator[None]:
        stay = next(iter(self.people))
        first = self.fetch(f"/v1/custody/{stay}")
        again = self.prison.get(f"/v1/custody/{stay}", etag=first.headers["etag"])
        self.once("asked", "asked", status=first.status, unchanged=again.status == 304)
        yield
        pages, people, cursor = 0, 0, ""
        while pages < _MOST_PAGES:
            told = self.fetch(f"/v1/lists/remand-ageing?limit=20{cursor and f'&cursor={cursor}'}").document
            pages, people, cursor = pages + 1, people + len(told["data"]), told["next"] or ""
            if not cursor:
                break
            yield
        self.once("listed", "listed", pages=pages, people=people)

    def completed(self, message: dict[str, Any]) -> dict[str, Any]:
        """With the court that has the case."""
        stay = message.get("j:Subject", {}).get(STAY, "")
        return {"j:CourtName": _court_of(self.people.get(stay, {})), **message}

    def _court(self, nth: int) -> str:
        stays = sorted(self.people)
        return _court_of(self.people[stays[nth % len(stays)]])

    def _of(self, nth: int, court: str, **more: Any) -> dict[str, Any]:
        return self.envelope(**{"j:Subject": self.subject(nth), "j:CourtName": court, **more})

    def _order(self, nth: int, court: str, sequence: int, reference: str, on: date) -> dict[str, Any]:
        return self._of(nth, court, **{
            "nc:DocumentSequenceID": sequence, "nc:CaseTrackingID": _CASE, "nc:IdentificationID": reference,
            "pims:OrderCategoryCode": "remand_order", "nc:DocumentIssueDate": on.isoformat(),
            "nc:DocumentExpirationDate": (on + timedelta(days=28)).isoformat(),
        })  # fmt: skip


def _court_of(known: Mapping[str, Any]) -> str:
    """The court that has somebody's case, as the prison's own papers say."""
    orders = known.get("j:CourtOrder") or [{}]
    return str(orders[0].get("j:CourtName") or "Magistrate's Court")
