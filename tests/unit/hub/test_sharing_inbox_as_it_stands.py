"""An officer who accepts a form as it stands corrects nothing, whatever its fields look like on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from hub.accounts.permissions import Role
from hub.custody.facts.actions import Statement, state
from hub.custody.facts.records import Fact
from hub.custody.hearing_outcomes import HearingOutcome
from hub.custody.legal import CHARGE, HEARING, Charge, Hearing
from hub.custody.stays import ADMISSION, Admission
from hub.database import session_scope
from hub.sharing.inbox.drafts import any_faults
from hub.sharing.inbox.messages import (
    AppealMessage,
    AppealState,
    ArrestMessage,
    BailMessage,
    BailOutcome,
    ChargeMessage,
    CourtOrder,
    HearingMessage,
    HoldMessage,
    ImposedPart,
    Message,
    SentTerm,
    WantMessage,
)
from hub.sharing.inbox.messages.base import ENVELOPE
from hub.sharing.inbox.records import State

from .browser_forms import forms_of
from .inbox_world import ANA, COURT, RITA, SENT, Inbox, inbox, order, sentence
from .sharing_world import COURTS, POLICE
from .site_world import World

_PAST = datetime(2026, 11, 20, 15, 4, 31, tzinfo=UTC)
_DAY = date(2026, 11, 20)
_OF = {"issued_at": SENT, "subject": msgspec.structs.replace(ANA, reference="BCR 1/2026")}
_PAPER = {**_OF, "court": COURT, "case": "C 7", "reference": "X  9"}
_LINES = "Report every Friday,\nat the desk.\n\n Two  sureties"

FULL: dict[str, tuple[Message, ...]] = {
    "arrest": (
        ArrestMessage(
            message_id="a", **_OF, reference="AR 1", arrested_at=_PAST, place="Front  Street", reasons=_LINES
        ),
    ),
    "charge": (
        ChargeMessage(
            message_id="a", **_OF, offence='Theft of a "bicycle"', iccs="0502", statute="s. 1", case="C 7",
            offence_on=_DAY, court=COURT,
        ),
    ),
    "hold": (
        HoldMessage(
            message_id="a", **_OF, reference="H 1", authority="C I B", reason="To be asked", issued_on=_DAY,
            expires_on=date(2027, 1, 1),
        ),
    ),
    "want": (
        WantMessage(
            message_id="a", **_OF, reference="W 1", authority="C I B", reason="To be asked", issued_on=_DAY,
            expires_on=date(2027, 1, 1), urgent=True,
        ),
    ),
    "order": (
        order("a", subject=_OF["subject"], judge="R. Vasquez", offence="Robbery", iccs="0401"),
        order("a", subject=_OF["subject"], kind=CourtOrder.RELEASE_FINE_PAID, judge="R. Vasquez"),
    ),
    "sentence": (
        sentence(
            "a",
            subject=_OF["subject"],
            parts=(
                ImposedPart(
                    count="1", offence="Robbery", iccs="0401", term=SentTerm(years=3, days=20), credit_days=40
                ),
                ImposedPart(
                    count="2", offence="Handling", iccs="0502", term=SentTerm(months=6), follows="1",
                    concurrent=False,
                ),
                ImposedPart(
                    count="3", offence="Damage", iccs="0504", type="fine_in_default", term=SentTerm(weeks=2),
                    fine_cents=125_050, concurrent=True, starts_on=date(2026, 11, 21),
                ),
                ImposedPart(count="4", offence="Murder", iccs="0101", type="life"),
            ),
        ),
    ),
    "hearing": (
        HearingMessage(
            message_id="a", **_PAPER, hearing_at=datetime(2027, 1, 15, 15, 4, 31, tzinfo=UTC), purpose="Trial",
            video=True,
        ),
        HearingMessage(
            message_id="a", **_PAPER, hearing_at=_PAST, purpose="Mention", outcome=HearingOutcome.REMANDED
        ),
    ),
    "bail": tuple(
        BailMessage(
            message_id="a", **_PAPER, outcome=outcome, issued_on=_DAY, conditions=_LINES, amount_cents=500_000,
            judge="R. Vasquez",
        )
        for outcome in BailOutcome
    ),
    "appeal": tuple(
        AppealMessage(message_id="a", **_PAPER, state=state, issued_on=_DAY, words="It was lodged late")
        for state in AppealState
    ),
}  # fmt: skip


@pytest.fixture
def desk(world: World) -> Inbox:
    return inbox(world)


@pytest.fixture
def rita(world: World, desk: Inbox) -> FlaskClient:
    return world.browser("rita", Role.RECORDS_OFFICER)


def on_file(desk: Inbox, statement: Statement[Any]) -> Fact:
    with session_scope(desk.world.sessions) as session:
        statement = replace(statement, booking_id=desk.sharing.booking, source="Paper 1")
        row = state(session, desk.sharing.person, statement, actor=RITA, at=desk.world.at)
        session.flush()
        session.expunge(row)
        return row


def ways(full: Message) -> Iterator[Message]:
    """A message with every member, without each of those that may be left out, and without all of them."""
    optional = {
        one.name: one.default
        for one in msgspec.structs.fields(full)
        if one.default is not msgspec.NODEFAULT and one.encode_name not in ENVELOPE
    }
    without = [msgspec.structs.replace(full, **{name: default}) for name, default in optional.items()]
    yield from dict.fromkeys((full, *without, msgspec.structs.replace(full, **optional)))


def accepted_as_it_stands(client: FlaskClient, desk: Inbox, number: str, agency: str) -> None:
    page = client.get(f"/inbox/{number}").text
    (form,) = [one for one in forms_of(page) if "whose" in one]
    tried = client.post(f"/inbox/{number}", data={**form, "act": "try"}).text
    assert "<details open>" not in tried, "the box for corrections opens of itself"
    done = client.post(f"/inbox/{number}", data={**form, "act": "accept"})
    assert done.status_code == 303
    receipt = desk.receipt(number, agency)
    assert (receipt.state, receipt.corrections) == (State.ACCEPTED, ())


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("exchange", sorted(FULL))
def test_a_form_that_nobody_touched_is_accepted_and_corrects_nothing(
    rita: FlaskClient, desk: Inbox, exchange: str, language: str
) -> None:
    rita.set_cookie("pims-language", language)
    on_file(desk, Statement(ADMISSION, Admission(admitted_at=_PAST, injuries=_LINES), _PAST))
    agency = POLICE if exchange in ("arrest", "charge", "hold", "want") else COURTS
    for place, full in enumerate(FULL[exchange]):
        complete = 0
        for way, message in enumerate(ways(full) if language == "en" else [full]):
            sent = msgspec.structs.replace(message, message_id=f"m-{place}-{way}")
            number = desk.send(exchange, sent, agency).number
            # What a form cannot record as it stands is corrected, of course: a sentence without its length.
            drafts = desk.drafts(number)
            if drafts and not any_faults(drafts):
                accepted_as_it_stands(rita, desk, number, agency)
                complete += 1
        assert complete, f"nothing of {full!r} could be accepted"


@pytest.mark.parametrize("brought", [True, False, None])
def test_what_may_stay_without_an_answer_keeps_the_one_that_it_has(
    rita: FlaskClient, desk: Inbox, brought: bool | None
) -> None:
    fixed = Hearing(court=COURT, hearing_at=SENT, purpose="Mention", case="C 7", outcome="", produced=brought)
    on_file(desk, Statement(HEARING, fixed, _PAST))
    told = HearingMessage(
        message_id="h", **_OF, court=COURT, case="C 7", hearing_at=SENT, outcome=HearingOutcome.ADJOURNED
    )
    accepted_as_it_stands(rita, desk, desk.send("hearing", told).number, COURTS)
    assert ("adjourned", brought) in [(one.outcome, one.produced) for one in desk.held(HEARING)]


def test_an_outcome_of_a_charge_is_chosen_in_words(rita: FlaskClient, desk: Inbox) -> None:
    number = desk.send("sentence", FULL["sentence"][0]).number
    page = rita.get(f"/inbox/{number}").text
    assert '<select id="p-charge-1-outcome" name="p-charge-1-outcome">' in page
    assert '<option value="convicted" selected>Convicted</option>' in page
    assert "Adjourned" not in page, "that ends no charge"
    rita.set_cookie("pims-language", "es")
    assert '<option value="acquitted">Absuelto' in rita.get(f"/inbox/{number}").text


@pytest.mark.parametrize(
    ("held", "shown"),
    [("Acquitted", "Acquitted"), ("acquitted", "Acquitted"), ("Committed for trial", "Committed for trial")],
)
def test_what_a_charge_holds_already_stays_to_be_chosen(
    rita: FlaskClient, desk: Inbox, held: str, shown: str
) -> None:
    value = Charge(iccs="0401", offence="Robbery", case="C 7", outcome=held, decided_on=_DAY)
    row = on_file(desk, Statement(CHARGE, value, _PAST))
    page = rita.get(f"/people/{desk.sharing.number}/facts/{row.id}/correct").text
    assert f'<option value="{held}" selected>{shown}</option>' in page
    assert page.count(f">{shown}</option>") == 1
    (form,) = [one for one in forms_of(page) if "f_outcome" in one]
    assert form["f_outcome"] == held
