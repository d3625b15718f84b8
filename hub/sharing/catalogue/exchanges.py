"""Every kind of message, with every field that it may ever have: what does not stand here can leave under no agreement.

Health, keep-aparts, visitors, victims, confidential complaints and the reports of incidents stand in no exchange. A
release date leaves once two officers have signed it and while it still is what the facts say.
"""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.sharing.catalogue import brought, courts, custody, inbound, persons
from hub.sharing.catalogue.kinds import About, DataField, Direction, Exchange, PartnerKind

_POLICE: Final = frozenset({PartnerKind.POLICE})
_COURTS: Final = frozenset({PartnerKind.COURTS})
_FORENSIC: Final = frozenset({PartnerKind.FORENSIC})
_OBSERVATORY: Final = frozenset({PartnerKind.OBSERVATORY})
_BOTH: Final = _POLICE | _COURTS
_PERSONS: Final = _BOTH | _FORENSIC


def _out(
    name: str,
    partners: frozenset[PartnerKind],
    label: Sentence,
    *fields: DataField,
    about: About = About.PERSON,
    events: tuple[str, ...] = (),
) -> Exchange:
    types = tuple(f"pims.custody.{event}" for event in events)
    return Exchange(name, Direction.OUT, partners, label, fields, about, types)


def _in(
    name: str,
    partners: frozenset[PartnerKind],
    label: Sentence,
    fields: tuple[DataField, ...],
    about: About = About.PERSON,
) -> Exchange:
    return Exchange(name, Direction.IN, partners, label, fields, about)


_OUT: Final = (
    _out(
        "admission_notice",
        _POLICE,
        Sentence("Notice of an admission"),
        *persons.NAMES,
        persons.SEX,
        persons.CITIZENSHIP,
        persons.POLICE_NUMBER,
        custody.BOOKING_NUMBER,
        custody.ADMITTED,
        custody.FACILITY,
        custody.LEGAL,
        courts.ORDERS,
        courts.CHARGES,
        events=("admitted",),
    ),
    _out(
        "release_notice",
        _POLICE,
        Sentence("Notice of a release"),
        *persons.NAMES,
        persons.POLICE_NUMBER,
        custody.BOOKING_NUMBER,
        custody.FACILITY,
        custody.RELEASED,
        custody.RELEASE_REASON,
        custody.RELEASE_REFERENCE,
        custody.RELEASE_CONDITIONS,
        events=("released",),
    ),
    _out(
        "transfer_notice",
        _POLICE,
        Sentence("Notice of a transfer"),
        *persons.NAMES,
        persons.POLICE_NUMBER,
        custody.BOOKING_NUMBER,
        custody.FACILITY,
        custody.MOVED_AT,
        custody.MOVED_TO,
        events=("transferred",),
    ),
    _out(
        "escape_notice",
        _POLICE,
        Sentence("Alert of an escape"),
        *persons.NAMES,
        persons.SEX,
        persons.ALIASES,
        persons.MARKS,
        persons.POLICE_NUMBER,
        custody.BOOKING_NUMBER,
        custody.FACILITY,
        custody.LEGAL,
        custody.GONE_SINCE,
        custody.GONE_HOW,
        custody.GONE_REPORT,
        events=("escaped",),
    ),
    _out(
        "recapture_notice",
        _POLICE,
        Sentence("Notice of a recapture"),
        *persons.NAMES,
        persons.POLICE_NUMBER,
        custody.BOOKING_NUMBER,
        custody.FACILITY,
        custody.GONE_REPORT,
        custody.BACK_AT,
        events=("recaptured",),
    ),
    _out(
        "identity_answer",
        _POLICE,
        Sentence("Answer to a request by finger"),
        brought.REQUEST,
        brought.IDENTITY_OUTCOME,
        brought.ANSWERED_AT,
        *persons.NAMES,
        persons.SEX,
        persons.POLICE_NUMBER,
        custody.BOOKING_NUMBER,
        custody.STATE,
        events=("identity_answered",),
    ),
    _out(
        "custody_status",
        _COURTS,
        Sentence("Where somebody stands in custody"),
        *persons.NAMES,
        persons.EARLIER_NUMBERS,
        persons.COURT_NUMBER,
        custody.BOOKING_NUMBER,
        custody.EARLIER_STAYS,
        custody.ADMITTED,
        custody.FACILITY,
        custody.STATE,
        custody.LEGAL,
        custody.RELEASE_DUE,
        custody.RELEASED,
        custody.RELEASE_REASON,
        courts.ORDERS,
        courts.CHARGES,
        courts.NEXT_HEARING,
        events=(
            *("admitted", "released", "transferred", "escaped", "recaptured"),
            *("status_changed", "release_date_verified"),
        ),
    ),
    _out(
        "production_outcome",
        _COURTS,
        Sentence("Whether somebody was brought before the court"),
        *persons.NAMES,
        persons.COURT_NUMBER,
        custody.BOOKING_NUMBER,
        courts.HEARING_AT,
        courts.HEARING_COURT,
        courts.HEARING_CASE,
        courts.PRODUCED,
        courts.NOT_PRODUCED,
        events=("production_outcome",),
    ),
    _out(
        "remand_ageing",
        _COURTS,
        Sentence("List of people on remand, by how long"),
        *persons.NAMES,
        persons.COURT_NUMBER,
        custody.BOOKING_NUMBER,
        custody.LEGAL,
        courts.REMAND_SINCE,
        courts.REMAND_DAYS,
        courts.ORDERS,
        courts.CHARGES,
        courts.NEXT_HEARING,
        about=About.LIST,
    ),
    _out(
        "order_receipt",
        _PERSONS | _OBSERVATORY,
        Sentence("Receipt, or refusal with its reason"),
        brought.MESSAGE,
        brought.RECEIPT,
        brought.RECEIPT_STATE,
        brought.RECEIPT_REASON,
        brought.RECEIPT_AT,
        persons.NUMBER,
        custody.BOOKING_NUMBER,
        events=("order_answered",),
    ),
    _out(
        "fingerprint_set",
        _FORENSIC,
        Sentence("Set of fingerprints"),
        brought.REQUEST,
        brought.CASE,
        persons.NUMBER,
        persons.SURNAME,
        persons.GIVEN,
        persons.BORN,
        persons.SEX,
        custody.BOOKING_NUMBER,
        brought.FINGER_POSITIONS,
        brought.FINGER_FILE,
        brought.MINUTIAE_FILE,
        events=("prints_answered",),
    ),
    _out(
        "custody_reference",
        _FORENSIC,
        Sentence("Custody reference without fingerprints"),
        brought.REQUEST,
        brought.CASE,
        persons.NUMBER,
        custody.BOOKING_NUMBER,
        custody.FACILITY,
        events=("prints_answered",),
    ),
    _out(
        "indicators",
        _OBSERVATORY,
        Sentence("Figures without persons"),
        *brought.COLUMNS,
        about=About.FIGURES,
    ),
    _out(
        "census_list",
        _BOTH,
        Sentence("List of everybody held, for comparing"),
        *persons.NAMES,
        persons.EARLIER_NUMBERS,
        persons.SEX,
        persons.POLICE_NUMBER,
        persons.COURT_NUMBER,
        custody.BOOKING_NUMBER,
        custody.EARLIER_STAYS,
        custody.ADMITTED,
        custody.STATE,
        custody.LEGAL,
        custody.RELEASE_DUE,
        courts.ORDERS,
        about=About.LIST,
    ),
    _out(
        "correction_notice",
        _PERSONS,
        Sentence("Notice that something told before was wrong"),
        persons.NUMBER,
        persons.EARLIER_NUMBERS,
        custody.BOOKING_NUMBER,
        custody.EARLIER_STAYS,
        brought.CORRECTION,
        brought.CORRECTION_SORT,
        brought.CORRECTED_DISCLOSURE,
        brought.CORRECTED_FIELDS,
        brought.CORRECTED_AT,
        brought.TOLD_AT,
        brought.CORRECTED_ADDRESS,
        events=("corrected",),
    ),
)

_IN: Final = (
    _in("arrest", _POLICE, Sentence("Arrest"), inbound.ARREST),
    _in("charge", _POLICE, Sentence("Charge"), inbound.CHARGES),
    _in("hold", _POLICE, Sentence("Hold of another authority"), inbound.HOLD),
    _in("want", _POLICE, Sentence("Somebody is wanted"), inbound.WANT),
    _in("identity_request", _POLICE, Sentence("Request by finger"), inbound.IDENTITY_REQUEST),
    _in("order", _COURTS, Sentence("Order of the court"), inbound.ORDER),
    _in("sentence", _COURTS, Sentence("Sentence"), inbound.SENTENCE),
    _in("hearing", _COURTS, Sentence("Date before the court"), inbound.HEARING),
    _in("bail", _COURTS, Sentence("Bail"), inbound.BAIL),
    _in("appeal", _COURTS, Sentence("Appeal"), inbound.APPEAL),
    _in("fingerprint_request", _FORENSIC, Sentence("Request for fingerprints"), inbound.FINGERPRINT_REQUEST),
    _in("definitions", _OBSERVATORY, Sentence("Definitions"), inbound.DEFINITIONS, About.FIGURES),
    _in(
        "correction_request",
        _PERSONS,
        Sentence("They say that something we told is wrong"),
        inbound.CORRECTION_REQUEST,
    ),
    _in("census_list_in", _BOTH, Sentence("Their list, for comparing"), inbound.CENSUS_LIST, About.LIST),
)

EXCHANGES: Final[dict[str, Exchange]] = {one.name: one for one in (*_OUT, *_IN)}
"""By name, in the order in which pages show them."""


def exchanges_with(kind: PartnerKind) -> tuple[Exchange, ...]:
    """Those that an agreement with this kind of partner may name."""
    return tuple(one for one in EXCHANGES.values() if kind in one.partners)
