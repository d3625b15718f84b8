"""A merge on all of its way: from the act here to a receiver over TLS, and to the answer that the receiver fetches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.custody.records import Booking
from hub.database import session_scope
from hub.sharing.disclosures.records import Disclosure

from .agency_api_world import ApiWorld, api_world
from .outbox_world import Outbox
from .sharing_world import COURTS, POLICE, somebody
from .site_world import World
from .test_merging import merge
from .test_sharing_corrections import told
from .webhook_receiver import Receiver


@pytest.fixture
def hub(world: World, tmp_path: Path) -> ApiWorld:
    return api_world(world, tmp_path / "keys")


@pytest.fixture
def outbox(hub: ApiWorld) -> Iterator[Outbox]:
    made = Outbox(hub.world)
    yield made.begin()
    made.close()


def test_a_merge_arrives_as_a_correction_and_its_answer_says_what_was_wrong(
    hub: ApiWorld, outbox: Outbox, tmp_path: Path
) -> None:
    twice = somebody(hub.world, "Nobelo", "Ana")
    with session_scope(hub.world.sessions) as session:
        session.get_one(Booking, twice.booking).released_at = hub.at
    told(outbox, twice, COURTS, "custody_status")
    with session_scope(hub.world.sessions, writes=False) as session:
        first = str(session.scalars(select(Disclosure.id)).one())
        one = session.get_one(Booking, hub.about.booking).person
        two = session.get_one(Booking, twice.booking).person
    with Receiver(tmp_path / "agency", outbox.keys) as receiver:
        outbox.hook(COURTS, receiver)
        merge(hub.world, one, two)
        outbox.exchange().once()
        got = [event for event in receiver.got if event["type"] == "pims.custody.corrected"]
    assert receiver.forged == []
    [event] = got
    assert (event["subject"], event["data"]["further"]) == (hub.about.number, {"correction": "C-000001"})
    for name in ("novelo", "nobelo"):
        assert name not in json.dumps(event).casefold()
    courts = hub.program(COURTS).signed_in()
    answer = courts.get(f"/v1/events/{event['id']}").get_json()
    assert answer["exchange"] == "correction_notice"
    booking, said = answer["data"]["j:Booking"], answer["data"]["pims:Correction"]
    assert booking["j:BookingSubject"]["j:SubjectIdentification"]["nc:IdentificationID"] == hub.about.number
    assert said["pims:CorrectionID"] == "C-000001"
    assert said["pims:CorrectionCategoryCode"] == "joined"
    assert said["pims:CorrectedDisclosureID"] == [first]
    assert {"j:SubjectIdentification", "nc:PersonSurName"} <= set(said["pims:CorrectedFieldName"])
    assert said["pims:CorrectedRecordAddress"] == [f"/v1/custody/{twice.number}"]
    assert hub.program(POLICE).signed_in().get(f"/v1/events/{event['id']}").status_code == 404
    old, new = (
        courts.get(f"/v1/custody/{number}").get_json()["data"] for number in (twice.number, hub.about.number)
    )
    assert (
        old["j:Booking"]["j:BookingSubject"]["j:SubjectIdentification"]["nc:IdentificationID"]
        == hub.about.number
    )
    assert old == new, "whoever asks by the number that they know gets the same"
