"""A correction on all of its way: an officer at the page, receivers over TLS, what they fetch, agreements that end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY
from hub.database import session_scope
from hub.sharing.agreements.actions import end
from hub.sharing.corrections.lists import Part, count_by_hand, listed
from hub.sharing.corrections.records import CorrectionTold
from simulation.visitor import fields_of

from .agency_api_world import ApiWorld, Program, api_world
from .outbox_world import Outbox
from .sharing_world import COURTS, FORENSIC, OBSERVATORY, POLICE
from .site_world import World, post
from .test_sharing_corrections import told
from .webhook_receiver import Receiver

WRONG, RIGHT = "1990-05-01", "1990-05-02"
PAGE = "/sharing/corrections/C-000001"


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


@pytest.fixture
def outbox(hub: ApiWorld) -> Iterator[Outbox]:
    made = Outbox(hub.world)
    yield made.begin()
    made.close()


def misread(hub: ApiWorld, outbox: Outbox) -> None:
    """An officer says at the page that the birth was recorded wrongly."""
    outbox.later(hours=1)
    with session_scope(hub.world.sessions, writes=False) as session:
        wanted = select(Fact.id).where(Fact.person_id == hub.about.person, Fact.kind == IDENTITY.name)
        fact = session.scalars(wanted.order_by(Fact.id.desc())).first()
    officer = hub.world.browser("rosa", Role.RECORDS_OFFICER)
    page = f"/people/{hub.about.number}/facts/{fact}/correct"
    stands = fields_of(officer.get(page).text, {"f_born_on", "reason"})
    form: dict[str, object] = {
        **stands, "f_born_on": RIGHT, "source": "Birth certificate", "reason": "misread", "sure": stands["effective"],
    }  # fmt: skip
    answer = post(officer, page, form)
    assert answer.status_code == 303, answer.text


def corrected(receiver: Receiver) -> list[dict[str, Any]]:
    return [event for event in receiver.got if event["type"] == "pims.custody.corrected"]


def leaf(document: Any, name: str) -> Any:
    """The value of a member, however deep it stands."""
    if isinstance(document, dict):
        if name in document:
            return document[name]
        return next((found for one in document.values() if (found := leaf(one, name)) is not None), None)
    return None


def birth(program: Program, place: str) -> str:
    return str(leaf(program.get(place).get_json()["data"], "nc:PersonBirthDate")["nc:Date"])


def ended(hub: ApiWorld) -> None:
    """Two people end the agreement with the courts for good."""
    with session_scope(hub.world.sessions) as session:
        for login in ("dan", "otto"):
            end(session, f"{COURTS}-2026", "moved elsewhere", actor=Actor(login, "10.0.0.9"), at=hub.at)


def by_hand(hub: ApiWorld) -> int:
    with session_scope(hub.world.sessions, writes=False) as session:
        assert count_by_hand(session, hub.at) == sum(
            one.by_hand for line in listed(session, Part.ALL, hub.at).lines for one in line.heard
        )
        return count_by_hand(session, hub.at)


def test_whoever_was_told_hears_fetches_and_holds_what_is_right_and_nobody_else(
    hub: ApiWorld, outbox: Outbox, tmp_path: Path
) -> None:
    courts, police = hub.program(COURTS).signed_in(), hub.program(POLICE).signed_in()
    place = f"/v1/custody/{hub.about.number}"
    assert birth(courts, place) == WRONG
    told(outbox, hub.about, POLICE, "admission_notice")
    with (
        Receiver(tmp_path / "courts", outbox.keys) as at_courts,
        Receiver(tmp_path / "police", outbox.keys) as at_police,
    ):
        outbox.hook(COURTS, at_courts)
        outbox.hook(POLICE, at_police)
        misread(hub, outbox)
        outbox.exchange().once()
        [to_courts], [to_police] = corrected(at_courts), corrected(at_police)
    assert (
        "told, not fetched yet"
        in hub.world.browser("ada", Role.RECORDS_OFFICER).get("/sharing/corrections").text
    )
    courts.signed_in()
    police.signed_in()
    said = courts.get(f"/v1/events/{to_courts['id']}").get_json()["data"]["pims:Correction"]
    assert "nc:PersonBirthDate" in said["pims:CorrectedFieldName"]
    assert [birth(courts, one) for one in said["pims:CorrectedRecordAddress"]] == [RIGHT]
    assert police.get(f"/v1/events/{to_police['id']}").status_code == 200
    page = hub.world.browser("abe", Role.RECORDS_OFFICER).get(PAGE).text
    assert page.count("They know what was wrong.") == 2
    assert by_hand(hub) == 0
    for never in (FORENSIC, OBSERVATORY):
        assert outbox.deliveries(never) == []
        assert never not in page.casefold()


def test_where_the_agreement_ended_before_nothing_leaves_and_somebody_decides(
    hub: ApiWorld, outbox: Outbox, tmp_path: Path
) -> None:
    courts = hub.program(COURTS).signed_in()
    courts.get(f"/v1/custody/{hub.about.number}")
    courts.get("/v1/lists/census")
    ended(hub)
    with Receiver(tmp_path / "courts", outbox.keys) as receiver:
        outbox.hook(COURTS, receiver)
        misread(hub, outbox)
        outbox.exchange().once()
        assert receiver.got == []
    officer = hub.world.browser("ada", Role.RECORDS_OFFICER)
    page = officer.get(PAGE).text
    assert "No agreement lets a message out." in page
    assert page.count("Settle it</button>") == 1, "one call to the agency is about all that it was told"
    assert by_hand(hub) == 2
    assert post(officer, PAGE, {"hearer": 1, "words": "Not told: the court is closed"}).status_code == 303
    assert by_hand(hub) == 0
    with session_scope(hub.world.sessions, writes=False) as session:
        assert session.scalars(select(CorrectionTold.by)).all() == ["ada", "ada"]


def test_where_it_ends_after_the_notice_and_before_the_fetch_somebody_decides(
    hub: ApiWorld, outbox: Outbox, tmp_path: Path
) -> None:
    """The notice says that something is wrong; what, they may not ask any more."""
    courts = hub.program(COURTS).signed_in()
    courts.get(f"/v1/custody/{hub.about.number}")
    with Receiver(tmp_path / "courts", outbox.keys) as receiver:
        outbox.hook(COURTS, receiver)
        misread(hub, outbox)
        outbox.exchange().once()
        [event] = corrected(receiver)
    assert by_hand(hub) == 0
    courts.signed_in()
    ended(hub)
    assert courts.get(f"/v1/events/{event['id']}").status_code == 403
    assert by_hand(hub) == 1
    officer = hub.world.browser("ada", Role.RECORDS_OFFICER)
    page = officer.get(PAGE).text
    assert "They have not fetched what was wrong." in page
    assert "no agreement lets them fetch what" in page
    assert "to be told by hand" in officer.get("/sharing/corrections?part=by_hand").text
    assert post(officer, PAGE, {"hearer": 1, "words": "Letter 14"}).status_code == 303
    assert by_hand(hub) == 0
