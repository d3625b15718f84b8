"""The police: arrests, charges, holds and wants, some of them wrong, and one finger to be named."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from simulation.partners.work import Work

FINGER = "finger.png"
"""A print from the scene of an offence, in grey."""
_PPI = 508
_CASE = "CR 218/2026"
_UNIT = "Criminal Investigation Branch"


class Police(Work):
    """What an investigator's system sends in a morning."""

    def script(self) -> Iterator[None]:
        yield from self.until(self.ask_who_is_here, every_s=3.0)
        yield from self._messages()
        yield from self._wrong_ones()
        yield from self._finger()

    def _messages(self) -> Iterator[None]:
        now, today = datetime.now(UTC).isoformat(timespec="seconds"), datetime.now(UTC).date().isoformat()
        arrest = self.envelope(**{
            "j:Subject": self.subject(0), "j:ArrestAgencyRecordIdentification": "AR 71/2026", "nc:ActivityDate": now,
            "j:ArrestLocation": "Market Square", "nc:ActivityReasonText": "Burglary, found on the premises",
        })  # fmt: skip
        self.send("/v1/arrests", arrest)
        yield
        self.repeat("/v1/arrests")
        yield
        self.send("/v1/charges", self.envelope(**{
            "j:Subject": self.subject(0), "j:ChargeDescriptionText": "Burglary", "pims:ICCSCode": "0501",
            "nc:CaseTrackingID": _CASE,
        }))  # fmt: skip
        yield
        self.send("/v1/holds", self.envelope(**{
            "j:Subject": self.subject(1), "nc:IdentificationID": "H 12/2026", "nc:OrganizationName": _UNIT,
            "nc:ActivityReasonText": "To be questioned before release", "nc:DocumentIssueDate": today,
        }))  # fmt: skip
        yield
        self.send("/v1/wants", self.envelope(**{
            "j:Subject": {"nc:PersonSurName": "Nobodyhere", "nc:PersonGivenName": "Nestor"},
            "nc:IdentificationID": "W 40/2026", "nc:OrganizationName": _UNIT,
            "nc:ActivityReasonText": "Warrant of arrest not carried out", "nc:DocumentIssueDate": today,
        }))  # fmt: skip

    def _wrong_ones(self) -> Iterator[None]:
        charge = self.envelope(**{"j:Subject": self.subject(0), "j:ChargeDescriptionText": "Theft"})
        self.send("/v1/charges", charge | {"mood": "angry"}, bad="it has a member that no schema knows")
        yield
        self.send("/v1/orders", charge, bad="the police send no orders")
        yield
        stay = next(iter(self.people))
        self.must_refuse(f"/v1/custody/{stay}", "only courts may ask for the custody status")

    def _finger(self) -> Iterator[None]:
        picture = self.folder / FINGER
        yield from self.until(picture.exists)
        if not picture.exists():
            return
        answer = self.send("/v1/identity-requests", self.envelope(**{
            "nc:IdentificationID": _CASE, "pims:RequestingAuthorityName": "Insp. R. Castillo, 114",
            "pims:LegalBasisText": "Police Act, order of the magistrate", "pims:FingerprintFormCode": "image",
            "pims:FingerprintRecord": base64.b64encode(picture.read_bytes()).decode(),
            "pims:FingerprintResolutionPPI": _PPI,
        }))  # fmt: skip
        yield
        if self.memory.is_done("looked early"):
            return
        told = self.fetch(f"/v1/identity-requests/{answer.document['number']}").document
        if "answer" in told or told["state"] == "answered":
            raise RuntimeError("a finger was named before an officer looked")
        self.memory.mark_done("looked early")

    def learned(self, event: Mapping[str, Any], document: Mapping[str, Any]) -> None:
        if event["type"] == "pims.custody.identity_answered":
            number = event["data"]["reference"]
            told = self.fetch(f"/v1/identity-requests/{number}").document
            outcome = told.get("outcome", "")
            self.once("identity", number, number=number, outcome=outcome, named="answer" in told)
