"""What the demo's prison agrees with its four partners: written by one person at the pages, signed by two others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub.sharing.agreements.forms import slot
from hub.sharing.catalogue import EXCHANGES, Exchange, PartnerKind, exchanges_with
from simulation.visitor import Value, Visitor

_BEGAN: Final = timedelta(days=700)
"""Agreements of two years ago: admissions since then are told."""
_REVIEW: Final = timedelta(days=300)
_PURPOSES: Final = {
    "escape_notice": "public_protection",
    "recapture_notice": "public_protection",
    "identity_answer": "identification",
    "identity_request": "identification",
    "custody_status": "court_listing",
    "production_outcome": "court_listing",
    "remand_ageing": "remand_review",
    "order_receipt": "order_execution",
    "fingerprint_set": "forensic_examination",
    "fingerprint_request": "forensic_examination",
    "custody_reference": "forensic_examination",
    "indicators": "crime_statistics",
    "definitions": "crime_statistics",
    "census_list": "mutual_census",
    "census_list_in": "mutual_census",
    "correction_notice": "correction",
    "arrest": "investigation",
    "charge": "investigation",
    "hold": "investigation",
    "want": "investigation",
    "order": "order_execution",
    "sentence": "order_execution",
    "hearing": "court_listing",
    "bail": "order_execution",
    "appeal": "court_listing",
}
_OTHERWISE: Final = "custody_notice"


@dataclass(frozen=True)
class Neighbour:
    """An agency as the prison knows it. Its code is also the name of its kind."""

    kind: PartnerKind
    name: str
    basis: str

    @property
    def code(self) -> str:
        return self.kind.value

    @property
    def client(self) -> str:
        return f"{self.code}-sandbox"


NEIGHBOURS: Final = (
    Neighbour(PartnerKind.POLICE, "Police Department (sandbox)", "Police Act"),
    Neighbour(PartnerKind.COURTS, "Judiciary (sandbox)", "Supreme Court of Judicature Act"),
    Neighbour(PartnerKind.FORENSIC, "Forensic Science Service (sandbox)", "Evidence Act"),
    Neighbour(PartnerKind.OBSERVATORY, "Crime Observatory (sandbox)", "Statistics Act"),
)


def write(officer: Visitor, one: Neighbour, today: date) -> str:
    """Open the agency and write its agreement; the agreement's code."""
    form = officer.form("/agreements") | {
        "code": one.code,
        "kind": one.kind.value,
        "name": one.name,
        "contact": "sandbox@partner.example",
    }
    officer.submit("/agreements/agencies", form)
    code = f"{one.code}-sandbox"
    page = f"/agreements/new/{one.code}"
    officer.submit(page, officer.form(page) | {"code": code} | _typed(one, today))
    return code


def sign(signer: Visitor, code: str) -> None:
    """Sign the version that waits, as its page shows it."""
    page = f"/agreements/{code}"
    signer.fill(page, {"decision": "sign"}, to=f"{page}/sign")


def _typed(one: Neighbour, today: date) -> dict[str, Value]:
    form: dict[str, Value] = {
        "title": f"Exchange with {one.name}",
        "our_party": "The prison of the demo",
        "their_party": one.name,
        "legal_basis": one.basis,
        "starts_on": (today - _BEGAN).isoformat(),
        "review_on": (today + _REVIEW).isoformat(),
        "shape": "json",
        "frequency": "at_once",
        "retention_days": "90",
        "breach_hours": "24",
        "correction_route": "The records office, by telephone and in writing",
        "security": "Sealed on disk, read by named officers",
    }
    for exchange in exchanges_with(one.kind):
        form |= _grant(exchange)
    return form


def _grant(exchange: Exchange) -> dict[str, Value]:
    name = exchange.name
    return {
        slot(name, 0, "purpose"): _PURPOSES.get(name, _OTHERWISE),
        slot(name, 0, "field"): list(exchange.names),
        slot(name, 0, "event"): list(exchange.events),
    }


assert _PURPOSES.keys() <= EXCHANGES.keys()
