"""Messages through the agencies' interface and out of their files: refusals first, then the receipt to the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.database import session_scope
from hub.sentences import RefusedError
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.gate import NotAgreedError
from hub.sharing.inbox.messages import write_message
from hub.website.drop_door import receive_row

from .agency_api_world import ApiWorld, Program, api_world
from .inbox_world import Inbox, order, sentence
from .sharing_world import COURTS, POLICE, narrow
from .site_world import World

ROW = {
    "nc:DocumentCreationDate": "2026-11-22T15:00:00Z",
    "j:Subject": {
        "nc:PersonSurName": "Novelo",
        "nc:PersonGivenName": "Ana",
        "nc:PersonBirthDate": "1990-05-01",
    },
    "j:CourtName": "Belize City",
    "nc:CaseTrackingID": "C 7",
    "nc:ActivityDate": "2026-12-15T15:00:00Z",
    "nc:ActivityReasonText": "Trial",
    "pims:VideoIndicator": "true",
}


@pytest.fixture
def made(world: World, tmp_path: Path) -> ApiWorld:
    world.site()
    return api_world(world, tmp_path / "agencies")


@pytest.fixture
def court(made: ApiWorld) -> Program:
    return made.program(COURTS).signed_in()


def told(message_id: str, **parts: object) -> dict[str, object]:
    found: dict[str, object] = json.loads(write_message(order(message_id, **parts)))
    return found


def test_a_program_without_the_right_sends_nothing(made: ApiWorld, court: Program) -> None:
    police = made.program(POLICE).signed_in()
    assert police.post("/v1/orders", json=told("o-1")).status_code == 403
    wrong = court.post("/v1/orders", json={**told("o-1"), "pims:Colour": "red"})
    assert wrong.status_code == 422
    assert court.post("/v1/orders", data=b"{", content_type="application/json").status_code == 400
    assert court.get("/v1/receipts/IN-000001").status_code == 404


def test_a_message_number_that_was_used_is_refused_whatever_its_key(court: Program) -> None:
    first = court.post("/v1/orders", json=told("o-1"))
    assert first.status_code == 202
    again = court.post("/v1/orders", json=told("o-1"))
    assert again.get_json()["number"] == first.get_json()["number"]
    other = court.post("/v1/orders", json=told("o-1", reference="RO other"))
    assert other.status_code == 409
    assert other.get_json()["code"] == "message_id_reused"


def test_the_receipt_says_how_it_ended_to_the_sender_alone(made: ApiWorld, court: Program) -> None:
    answer = court.post("/v1/sentences", json=json.loads(write_message(sentence())))
    place = answer.headers["Location"]
    assert court.get(place).get_json()["state"] == "received"
    assert made.program(POLICE).signed_in().get(place).status_code == 404
    post = Inbox(made.world, made.about)
    post.refuse(answer.get_json()["number"], "wrong_court", "The case lies with Dangriga.")
    ended = court.get(place).get_json()
    assert (ended["state"], ended["reasonCode"]) == ("refused", "wrong_court")
    assert ended["reason"] == "The case lies with Dangriga."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"j:Subject": {"nc:PersonSurName": "Novelo", "nc:PersonBirthDate": "soon"}},
            "j:Subject/nc:PersonBirthDate: ",
        ),
        ({"pims:VideoIndicator": "perhaps"}, "pims:VideoIndicator: "),
        ({"nc:ActivityDate": "2026-13-45"}, "nc:ActivityDate: "),
        ({"pims:Colour": "red"}, "Row: Object contains unknown field `pims:Colour`"),
    ],
)
def test_a_row_that_is_not_understood_says_where(
    made: ApiWorld, change: dict[str, object], said: str
) -> None:
    with pytest.raises(RefusedError) as refused, session_scope(made.world.sessions) as session:
        receive_row(session, COURTS, "hearing", {**ROW, **change}, "drop-1", made.at)
    assert str(refused.value).startswith(said)
    assert "soon" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nc:ActivityDate": "2026-13-45"}, "not_understood"),
        ({"nc:ActivityDate": "9999-01-01T00:00:00Z"}, "not_understood"),
        ({"pims:VideoIndicator": "perhaps"}, "not_understood"),
        ({"j:Subject": {"nc:PersonSurName": "Novelo\u0000"}}, "not_understood"),
        ({"pims:HearingOutcomeCode": "set_free"}, "not_understood"),
        ({"=cmd|' /C calc'!A0": "1"}, "not_understood"),
    ],
)
def test_a_poisoned_row_of_a_file_is_refused_and_leaves_nothing(
    made: ApiWorld, change: dict[str, object], code: str
) -> None:
    with pytest.raises(RefusedError) as refused, session_scope(made.world.sessions) as session:
        receive_row(session, COURTS, "hearing", {**ROW, **change}, "drop-1", made.at)
    assert refused.value.code == code
    assert "Novelo" not in str(refused.value)


def test_a_row_of_a_file_goes_the_way_of_a_message(made: ApiWorld) -> None:
    with session_scope(made.world.sessions) as session:
        number = receive_row(session, COURTS, "hearing", ROW, "drop-1", made.at)
        assert receive_row(session, COURTS, "hearing", ROW, "drop-1", made.at) == number
    with pytest.raises(NotAgreedError), session_scope(made.world.sessions) as session:
        receive_row(session, POLICE, "hearing", ROW, "drop-2", made.at)
    found = Inbox(made.world, made.about).read(number)
    assert found.proposals[0].value.video is True  # type: ignore[attr-defined]


def test_why_it_was_refused_leaves_only_where_the_reason_is_agreed(made: ApiWorld, court: Program) -> None:
    answer = court.post("/v1/sentences", json=json.loads(write_message(sentence())))
    place = answer.headers["Location"]
    Inbox(made.world, made.about).refuse(
        answer.get_json()["number"], "wrong_court", "The case lies with Dangriga."
    )
    assert court.get(place).get_json()["reason"] == "The case lies with Dangriga."
    narrow(made.world, COURTS, {"order_receipt": ["pims:ReceiptReasonText"]})
    later = court.get(place)
    assert later.get_json()["state"] == "refused"
    assert "Dangriga" not in later.text
    assert "wrong_court" not in later.text
    with session_scope(made.world.sessions, writes=False) as session:
        told = session.scalars(
            select(Disclosure).where(Disclosure.exchange == "order_receipt", Disclosure.way == "pull")
        ).all()
    assert [one.fields for one in told] == ["pims:ReceiptReasonText"]
