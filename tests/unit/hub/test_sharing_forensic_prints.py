"""Fingers for the laboratory: approved by an officer who looked, fetched by the gate, destroyed on their receipt."""

from __future__ import annotations

import struct
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import nistitl  # type: ignore[import-untyped]
import pytest

import matching
from hub.biometrics.handing_out import scanned_dpi
from hub.biometrics.images import read_image
from hub.biometrics.vault import shred_person
from hub.custody.facts.reading import current
from hub.custody.who.identifiers import IDENTIFIER, IdentifierSort
from hub.database import session_scope
from hub.movements.alarms.records import Alarm
from hub.sharing.agreements.actions import sign, suspend, write_version
from hub.sharing.agreements.terms import Grant
from hub.sharing.disclosures.records import Disclosure
from hub.sharing.forensic import lists
from hub.sharing.forensic.an2 import reading
from hub.sharing.forensic.clearing import ForensicTidy, clear_due
from hub.sharing.forensic.records import ForensicParcel
from hub.sharing.forensic.rules import OF_AN_AUTHORITY
from matching.images import at_500_dpi
from matching.synthesis import make_finger

from .forensic_world import Asked, Prints, act, forensic_world, number_of, page_of
from .sharing_world import FIRST, SECOND, WRITER, terms_of
from .site_world import World

ABOUT = "P-000001"


@pytest.fixture
def asked(world: World, tmp_path: Path, prints: Prints) -> Asked:
    return forensic_world(world, tmp_path / "keys", prints)


def approved(asked: Asked, about: str = ABOUT, **parts: Any) -> str:
    number = number_of(asked.ask_prints(about, **parts))
    rita = asked.officer()
    page = page_of(rita, number)
    assert rita.get(f"{page}/fingers").status_code == 200
    assert act(rita, page, "approve").status_code == 303
    return number


def test_who_asks_for_fingers_too_often_is_stopped_and_the_control_room_hears_of_it(asked: Asked) -> None:
    for n in range(OF_AN_AUTHORITY):
        number_of(asked.ask_prints(f"P-0009{n:02d}", requested_by=("Dr. M. Tillett", "dr m tillett")[n % 2]))
        assert len(asked.rows(Alarm)) == (1 if n + 1 == OF_AN_AUTHORITY else 0)
    stopped = asked.ask_prints(ABOUT)
    assert (stopped.status_code, stopped.get_json()["code"]) == (429, "too_many_requests")
    assert int(stopped.headers["Retry-After"]) > 3600
    number_of(asked.ask_prints(ABOUT, requested_by="Dr. L. Coc"))


def test_requests_that_wait_are_listed_by_pages(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    numbers = [number_of(asked.ask_prints(ABOUT)) for _ in range(5)]
    rita, shown = asked.officer(), []
    for page in (1, 2, 3):
        text = rita.get(f"/identity?page={page}").text
        shown.append([one for one in numbers if f">{one}<" in text])
        assert (f"page={page + 1}" in text) is (page < 3)
    assert shown == [numbers[:2], numbers[2:4], numbers[4:]]
    assert rita.get("/identity?page=x").text.count(">FR-") == 2
    assert rita.get("/identity?page=99").text.count(">FR-") == 1


def get(asked: Asked, number: str, what: str = "") -> Any:
    return asked.laboratory.get(f"/v1/fingerprint-requests/{number}{what}")


def test_nobody_can_tell_by_the_answer_who_is_here(asked: Asked) -> None:
    here, nowhere = asked.ask_prints(ABOUT), asked.ask_prints("P-000999")
    told = [{**one.get_json(), "number": ""} for one in (here, nowhere)]
    assert told[0] == told[1]
    assert get(asked, number_of(here), "/set").status_code == 409
    rita = asked.officer()
    page = page_of(rita, number_of(nowhere))
    assert "Nobody here has the number P-000999" in rita.get(page).text
    assert act(rita, page, "approve").status_code == 409


def test_an_officer_looks_before_approving(asked: Asked) -> None:
    number = number_of(asked.ask_prints(ABOUT))
    rita = asked.officer()
    page = page_of(rita, number)
    assert "Look at what would leave first" in act(rita, page, "approve").text
    shown = rita.get(f"{page}/fingers").text
    assert "Right index finger" in shown
    assert "scanned at 500 pixels an inch" in shown
    assert act(rita, page, "approve").status_code == 303


def test_minutiae_alone_leave_without_an_image(asked: Asked, prints: Prints) -> None:
    number = approved(asked, positions=(2,))
    answer = get(asked, number, "/set")
    assert answer.mimetype == "application/octet-stream"
    records = reading.read(answer.data)
    assert [one.kind for one in records] == [1, 2, 9]
    assert b"PNG" not in answer.data
    [minutiae] = reading.minutiae_of(records)
    assert (minutiae.position, minutiae.dpi) == (2, 500)
    record = get(asked, number, "/minutiae/2").data
    assert struct.unpack_from(">I", record, 8)[0] == len(record)
    sent = matching.Template.from_iso(record)
    assert (sent.finger, len(sent), sent.extended) == (2, len(minutiae.points), b"")
    assert matching.compare(matching.extract(_grey(prints[1, 2])), sent) >= 5
    assert get(asked, number, "/minutiae/3").status_code == 404


def test_a_stranger_reads_the_images_as_they_were_taken(asked: Asked, prints: Prints) -> None:
    number = approved(asked, form="images")
    message = nistitl.Message()
    message.parse(get(asked, number, "/set").data)
    pictures = list(message.iter(14))
    assert [one._13 for one in pictures] == ["2", "7"]
    assert [one._999 for one in pictures] == [prints[1, 1], prints[2, 1]]
    assert next(iter(message.iter(2)))._18 == "Novelo,Ana"


def test_what_the_agreement_does_not_name_is_not_in_the_file(asked: Asked) -> None:
    _agree_on(asked, "pims:FingerprintRecord", "pims:RequestReference")
    number = approved(asked)
    described = reading.read(get(asked, number, "/set").data)[1]
    assert set(described.fields) == {2}
    refused = get(asked, number, "/minutiae/2")
    assert refused.status_code == 403
    assert refused.get_json()["fields"] == ["pims:MinutiaeRecord"]


def test_the_custody_reference_alone(asked: Asked) -> None:
    number = approved(asked, form="reference")
    assert get(asked, number, "/set").status_code == 409
    answer = get(asked, number).get_json()
    assert "j:BookingAgencyRecordIdentification" in str(answer["answer"])
    assert asked.disclosures()[-1].exchange == "custody_reference"
    assert asked.rows(ForensicParcel) == []


def test_their_case_number_stands_on_the_file_once(asked: Asked) -> None:
    approved(asked)
    approved(asked)
    with session_scope(asked.world.sessions, writes=False) as session:
        held = current(session, IDENTIFIER, person_id=asked.api.about.person)
    numbers = [one.value.number for one in held if one.value.sort is IdentifierSort.FORENSIC]
    assert numbers == ["NFSS 77/2026"]


def test_their_receipt_destroys_the_set_and_stands_in_the_log(asked: Asked) -> None:
    number = approved(asked)
    address = f"/v1/fingerprint-requests/{number}/receipt"
    early = asked.laboratory.post(address, json={"receipt": "LAB-1"})
    assert early.status_code == 409
    get(asked, number, "/set")
    for _ in range(2):
        assert asked.laboratory.post(address, json={"receipt": "LAB-1"}).get_json()["state"] == "taken"
    assert asked.rows(ForensicParcel) == []
    assert get(asked, number, "/set").status_code == 409
    receipts = [one for one in asked.rows(Disclosure) if one.receipt]
    assert [one.receipt for one in receipts] == ["LAB-1"]


def test_a_set_is_fetched_so_often_and_no_more(asked: Asked) -> None:
    number = approved(asked, positions=(2,))
    statuses = [get(asked, number, "/set").status_code for _ in range(7)]
    assert statuses == [200] * 6 + [409]


def test_a_set_lies_ready_for_a_week(asked: Asked) -> None:
    approved(asked)
    asked.world.later(days=6, hours=23)
    desk = ForensicTidy(asked.world.sessions)
    assert desk.tick(asked.world.at) == 0
    asked.world.later(hours=2)
    assert [desk.tick(asked.world.at) for _ in range(2)] == [1, 0]
    assert asked.rows(ForensicParcel) == []


def test_two_officers_where_the_agreement_asks_for_two(asked: Asked) -> None:
    _agree_on(asked, "pims:FingerprintRecord", "pims:RequestReference", approvals=2)
    number = number_of(asked.ask_prints(ABOUT))
    rita, rolf = asked.officer(), asked.officer("rolf")
    page = page_of(rita, number)
    for who in (rita, rolf):
        who.get(f"{page}/fingers")
    act(rita, page, "approve")
    assert "Another officer has to approve it as well" in rita.get(page).text
    assert act(rita, page, "approve").status_code == 409
    assert get(asked, number).get_json()["state"] == "second"
    act(rolf, page, "approve")
    assert get(asked, number).get_json()["state"] == "ready"


def test_a_file_whose_key_is_destroyed_gives_nothing(asked: Asked) -> None:
    number = number_of(asked.ask_prints(ABOUT))
    with session_scope(asked.world.sessions) as session:
        shred_person(session, asked.api.about.person)
    rita = asked.officer()
    page = page_of(rita, number)
    assert "None of these fingers is enrolled" in rita.get(f"{page}/fingers").text
    assert act(rita, page, "approve").status_code == 409


@pytest.mark.parametrize("dpi", [500, 508, 1000])
def test_the_true_resolution_is_told_from_image_and_template(dpi: int) -> None:
    image = make_finger(3).impression(1)
    template = at_500_dpi(image, dpi)
    assert scanned_dpi(image.shape[::-1], template.shape[::-1]) == dpi


def test_the_log_names_the_officer_and_no_image_was_seen_without_a_line(asked: Asked) -> None:
    number = number_of(asked.ask_prints(ABOUT, form="images"))
    rita = asked.officer()
    page = page_of(rita, number)
    rita.get(f"{page}/fingers")
    assert rita.get(f"{page}/finger-1.png").mimetype == "image/png"
    assert asked.acts() == ["forensic.prints", "forensic.list", "forensic.looked", "forensic.image"]


def _grey(png: bytes) -> Any:
    return read_image(png)


def _agree_on(asked: Asked, *fields: str, approvals: int = 1) -> None:
    """Another agreement with the laboratory in place of the first."""
    grants = (
        Grant("fingerprint_set", "forensic_examination", fields),
        Grant(
            "fingerprint_request",
            "forensic_examination",
            (
                "j:SubjectIdentification",
                "pims:LegalBasisText",
                "pims:RequestingAuthorityName",
                "pims:LaboratoryCaseID",
                "pims:WantedCode",
            ),
        ),
    )
    code, at = "forensic-2026", asked.world.at
    terms = msgspec.structs.replace(terms_of(asked.world, *grants), approvals=approvals)
    with session_scope(asked.world.sessions) as session:
        row = write_version(session, code, terms, seen=1, actor=WRITER, at=at)
        for signer in (FIRST, SECOND):
            sign(session, code, row.number, row.digest, actor=signer, at=at)


def test_a_set_that_was_approved_is_not_fetched_once_the_agreement_is_suspended(asked: Asked) -> None:
    number = approved(asked)
    with session_scope(asked.world.sessions) as session:
        suspend(session, "forensic-2026", "breach", actor=FIRST, at=asked.world.at)
    for what in ("/set", "/minutiae/2"):
        refused = get(asked, number, what)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "suspended")
        assert b"NOVELO" not in refused.data.upper()
    assert {one.refused for one in asked.disclosures()} == {"suspended"}
    with session_scope(asked.world.sessions) as session:
        assert clear_due(session, asked.world.at + timedelta(days=30)) == 1
    assert asked.rows(ForensicParcel) == [], "and it does not lie on"
