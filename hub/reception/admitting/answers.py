"""What the answers of each step mean, and what is wrong with them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from hub.biometrics.documents.drawn import read_strokes
from hub.custody.identity import Identity
from hub.custody.legal import LegalStatus, OrderToHold
from hub.custody.life.property import MOST_ITEMS, PropertyItem
from hub.custody.rules import (
    OrderFacts,
    OrderKind,
    PersonFacts,
    Sex,
    clean_name,
    faults_of_order,
    faults_of_order_form,
    faults_of_person,
)
from hub.custody.search.sounds import fold
from hub.custody.who.contacts import Contact
from hub.custody.who.countries import is_country
from hub.custody.who.health import Screening
from hub.custody.who.origin import Told
from hub.reception.admitting.content import HEALTH_QUESTIONS, PROPERTY_LINES, Content, Step
from hub.reception.admitting.typed import YES, Typed
from hub.sentences import RefusedError, Sentence
from hub.web.formats import SITE_ZONE

OVERRIDE_GOOD_FOR: Final = timedelta(hours=24)
"""How long somebody may be held on a second officer's word while the order is fetched."""
OLDEST_ARRIVAL: Final = timedelta(days=7)
"""What is entered later than this is a batch from paper, and goes in there."""
NO_COMPLAINT: Final = "asked: no complaint"
DEFAULT_STATUS: Final = {
    OrderKind.REMAND_ORDER: LegalStatus.REMAND,
    OrderKind.SENTENCE_ORDER: LegalStatus.SENTENCED,
}


@dataclass(frozen=True)
class Ordered:
    """The paper. `order` None where there is none; `lacks` says by field what stands against it."""

    order: OrderToHold | None
    status: LegalStatus | None
    lacks: dict[str, Sentence]


@dataclass(frozen=True)
class Arrival:
    """The day and hour, and what Rule 7 asks."""

    admitted_at: datetime
    arrested_at: datetime | None
    text: dict[str, str]
    informed: bool
    kin: Contact | None


def order_of(content: Content, now: datetime) -> tuple[Ordered, dict[str, Sentence]]:
    """The order as typed, and faults. What a second officer may override is in `lacks`, and is no fault then."""
    typed = Typed(content.values)
    today = now.astimezone(SITE_ZONE).date()
    kind = typed.choice("order_kind", OrderKind, Sentence("Choose what kind of order it is."))
    reference = typed.text("order_reference")
    issued, expires = typed.date("issued_on"), typed.date("expires_on")
    status = _status(typed, kind)
    lacks: dict[str, Sentence] = {}
    order = None
    if not reference:
        lacks["order_reference"] = Sentence(
            "Without an order nobody is taken in. Enter the order, or have a second officer sign for the reception."
        )
        typed.faults.pop("order_kind", None)
    elif issued is None:
        typed.faults.setdefault("issued_on", Sentence("Enter the date that stands on the order."))
    elif kind is not None and "expires_on" not in typed.faults:
        lacks, faults = _judge(OrderFacts(kind, reference, issued, expires), today)
        typed.faults.update(faults)
        order = None if faults else _order(typed, kind, issued, expires)
    found = Ordered(order, status, lacks)
    if content.override is None:
        return found, {**typed.faults, **lacks}
    return found, typed.faults


def _judge(facts: OrderFacts, today: date) -> tuple[dict[str, Sentence], dict[str, Sentence]]:
    """(what an officer may override, what no order can read like)."""
    impossible = {
        {"reference": "order_reference"}.get(name, name): fault
        for name, fault in faults_of_order_form(facts, today).items()
    }
    everything = faults_of_order(facts, today)
    return {name: fault for name, fault in everything.items() if name not in impossible}, impossible


def _order(typed: Typed, kind: OrderKind, issued: date, expires: date | None) -> OrderToHold:
    return OrderToHold(
        kind=kind,
        reference=typed.text("order_reference"),
        issued_on=issued,
        expires_on=expires,
        court=typed.text("court")[:80],
        judge=typed.text("judge")[:80],
        named_surname=clean_name(typed.text("named_surname"))[:80],
        named_given=clean_name(typed.text("named_given"))[:80],
    )


def _status(typed: Typed, kind: OrderKind | None) -> LegalStatus | None:
    if not typed.text("legal_status"):
        found = None if kind is None else DEFAULT_STATUS.get(kind)
        if found is None:
            typed.faults["legal_status"] = Sentence("Choose the legal status that the order gives.")
        return found
    return typed.choice("legal_status", LegalStatus, Sentence("Choose a status from the list."))


def known_faults(content: Content) -> dict[str, Sentence]:
    """Whether somebody looked, and decided."""
    typed = Typed(content.values)
    if not content.searched_at:
        return {"search": Sentence("Look whether the person is known: by finger, by name, or by number.")}
    if not typed.text("known"):
        return {"known": Sentence("Choose the file of this person, or say that it is none of these.")}
    if typed.text("known") == "nobody" and content.found is not None and content.found.numbers:
        typed.needed(
            "nobody_because",
            Sentence("A finger matches a file. Write why it is another person all the same."),
        )
    return typed.faults


def identity_of(content: Content, now: datetime) -> tuple[Identity, dict[str, Sentence]]:
    """Who it is, and faults; a name other than the order's needs a word."""
    typed = Typed(content.values)
    sex = typed.text("sex")
    identity = Identity(
        surname=clean_name(typed.text("surname")),
        given=clean_name(typed.text("given")),
        born_on=typed.date("born_on"),
        born_estimated=typed.yes("born_estimated"),
        sex=Sex(sex) if sex in Sex._value2member_map_ else Sex.UNKNOWN,
    )
    facts = PersonFacts(identity.surname, identity.given, identity.born_on, identity.sex)
    if sex not in Sex._value2member_map_:
        typed.faults["sex"] = Sentence("Say the sex: the cell depends on it.")
    for name, fault in faults_of_person(facts, now.astimezone(SITE_ZONE).date()).items():
        typed.faults.setdefault(name, fault)
    if name_differs(content):
        typed.needed(
            "name_differs_because",
            Sentence("The order names somebody else. Write why this is the person, or take nobody in on it."),
        )
    country = typed.text("country")
    if country and not is_country(country):
        typed.faults["country"] = Sentence("Choose the country from the list.")
    told = typed.text("consulate")
    if told and told not in Told._value2member_map_:
        typed.faults["consulate"] = Sentence("Say whether the consulate was told.")
    return identity, typed.faults


def name_differs(content: Content) -> bool:
    """Whether the order names another than the person says to be: accents, capitals and further given names apart."""
    values = content.values
    named = set(fold(f"{values.get('named_surname', '')} {values.get('named_given', '')}").split())
    said = set(fold(f"{values.get('surname', '')} {values.get('given', '')}").split())
    return bool(named) and not (named <= said or said <= named)


def arrival_of(content: Content, now: datetime) -> tuple[Arrival, dict[str, Sentence]]:
    """When and how the person came; what Rule 7 asks must be answered, "none seen" is an answer."""
    typed = Typed(content.values)
    admitted = typed.time("admitted_at", now) or now
    if now - admitted > OLDEST_ARRIVAL:
        typed.faults["admitted_at"] = Sentence(
            "This is more than a week ago. Enter it from paper, where two people sign for it."
        )
    arrested = typed.time("arrested_at", now)
    if arrested is not None and arrested > admitted:
        typed.faults["arrested_at"] = Sentence("The arrest comes before the admission. Check both times.")
    typed.needed("reasons", Sentence("Write the reasons for being held, as the order gives them."))
    typed.needed("injuries", Sentence("Write which injuries are seen, or: none seen."))
    complained = typed.yes_no("complained")
    if complained is None:
        typed.faults["complained"] = Sentence("Ask whether the person complains of ill-treatment.")
    elif complained:
        typed.needed(
            "ill_treatment", Sentence("Write what the person says about their treatment, in their words.")
        )
    names = (
        "brought_by",
        "arrested_where",
        "reasons",
        "injuries",
        "ill_treatment",
        "family_told",
        "rules_language",
    )
    kin = None
    if typed.text("kin_name"):
        kin = Contact(
            name=typed.text("kin_name")[:80],
            relation=typed.text("kin_relation")[:80],
            phone=typed.text("kin_phone")[:40],
            next_of_kin=True,
        )
    text = {name: typed.text(name) for name in names}
    if complained is False:
        text["ill_treatment"] = NO_COMPLAINT
    return Arrival(admitted, arrested, text, typed.yes("informed_of_rules"), kin), typed.faults


def has_complained(content: Content) -> bool:
    """Whether the person complained of ill-treatment: somebody has to look into it."""
    return content.values.get("complained") == YES


def screening_of(content: Content, asked_by: str) -> tuple[Screening | None, dict[str, Sentence]]:
    """Answers for the clinic; None where the questions could not be asked, which then needs a reason."""
    typed = Typed(content.values)
    if typed.text("health_not_asked"):
        return None, {}
    answers = {name: typed.yes_no(name) for name in HEALTH_QUESTIONS}
    open_ones = [name for name in HEALTH_QUESTIONS if answers[name] is None and name != "pregnant"]
    if open_ones:
        return None, {
            open_ones[0]: Sentence("Ask each question, or write below why they could not be asked.")
        }
    words = {name: typed.text(name) for name in ("medicine", "allergies", "long_illness", "needs_aid")}
    words |= {"injuries": typed.text("injuries_told"), "asked_by": asked_by[:80]}
    return msgspec.convert({**answers, **words}, Screening), {}


def property_of(content: Content) -> tuple[list[PropertyItem], dict[str, Sentence]]:
    """What was brought; an empty list needs a word."""
    typed = Typed(content.values)
    items: list[PropertyItem] = []
    for line in range(PROPERTY_LINES):
        what, count = typed.text(f"what_{line}"), typed.text(f"count_{line}") or "1"
        if not what:
            continue
        if not (count.isascii() and count.isdigit() and 1 <= int(count) <= 10_000):
            typed.faults[f"count_{line}"] = Sentence("Write how many there are, 1 or more.")
            continue
        items.append(PropertyItem(what=what[:120], count=int(count), seal=typed.text(f"seal_{line}")[:40]))
    if not items and not typed.faults and not typed.yes("no_property"):
        typed.faults["no_property"] = Sentence("Write what was brought, or tick that nothing was.")
    if items and not typed.text("property_drawn"):
        typed.needed(
            "property_signed",
            Sentence(
                "Have the person sign on the screen, or write where the signature is: the number of the paper, or "
                "who saw it."
            ),
        )
    _check_drawing(typed)
    assert len(items) <= MOST_ITEMS
    return items, typed.faults


def _check_drawing(typed: Typed) -> None:
    drawn = typed.text("property_drawn")
    if not drawn:
        return
    try:
        read_strokes(drawn)
    except RefusedError as error:
        typed.faults["property_signed"] = error.message


def faults_of(step: Step, content: Content, now: datetime) -> dict[str, Sentence]:
    """What is wrong with the answers of one step, without what only the database knows."""
    if step is Step.ORDER:
        return order_of(content, now)[1]
    if step is Step.KNOWN:
        return known_faults(content)
    if step is Step.WHO:
        return identity_of(content, now)[1]
    if step is Step.ARRIVAL:
        return arrival_of(content, now)[1]
    if step is Step.HEALTH:
        return screening_of(content, "")[1]
    if step is Step.PROPERTY:
        return property_of(content)[1]
    return {}
