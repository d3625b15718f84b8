"""Whose finger is this: asked on an authority, approved, compared by an officer, and answered without a candidate."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path

import pytest
from PIL import Image

import matching
from hub.accounts.permissions import Role
from hub.biometrics.images import read_image
from hub.custody.actions import open_booking_of
from hub.custody.records import Booking
from hub.database import session_scope
from hub.movements.alarms.records import Alarm
from hub.sharing.agreements.actions import suspend
from hub.sharing.forensic.an2.content import FingerprintFile, Minutia, Minutiae, Picture
from hub.sharing.forensic.an2.writing import write
from hub.sharing.forensic.records import ForensicCandidate, ForensicProbe, ForensicRequest
from hub.sharing.forensic.rules import OF_AN_AUTHORITY

from .forensic_world import ISSUED, Asked, Prints, act, forensic_world, number_of, page_of, problem
from .sharing_world import FIRST
from .site_world import World

NOBODY = (5, 1)


@pytest.fixture
def asked(world: World, tmp_path: Path, prints: Prints) -> Asked:
    return forensic_world(world, tmp_path / "keys", prints)


def template(png: bytes) -> matching.Template:
    return matching.extract(read_image(png))


def file_with(png: bytes) -> bytes:
    found = template(png)
    points = tuple(
        Minutia(*(int(v) for v in row))
        for row in zip(found.x, found.y, found.angle, found.kind, found.quality, strict=True)
    )
    minutiae = Minutiae(2, found.width, found.height, 500, found.finger_quality, points)
    return write(
        FingerprintFile("ID", "PIMS", "POLICE", "1", "", ISSUED, ISSUED.date(), minutiae=(minutiae,))
    )


def pictured(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        picture = Picture(2, *image.size, 500, png, ISSUED.date())
    return write(FingerprintFile("ID", "PIMS", "POLICE", "1", "", ISSUED, ISSUED.date(), pictures=(picture,)))


def test_without_an_authority_nothing_is_taken(asked: Asked) -> None:
    problem(asked.ask(asked.prints[1, 2], requested_by=" "), 422, "bad_body")
    problem(asked.ask(asked.prints[1, 2], legal_basis=" "), 422, "bad_body")


def test_another_agency_reads_no_answer_of_it(asked: Asked) -> None:
    number = number_of(asked.ask(asked.prints[1, 2]))
    assert asked.police.get(f"/v1/identity-requests/{number}").status_code == 200
    assert asked.laboratory.get(f"/v1/identity-requests/{number}").status_code in (403, 404)


def test_the_same_message_again_is_the_same_request(asked: Asked) -> None:
    first = number_of(asked.ask(asked.prints[1, 2], message_id="CIB-again"))
    assert number_of(asked.ask(asked.prints[1, 2], message_id="CIB-again")) == first
    problem(asked.ask(asked.prints[2, 2], message_id="CIB-again"), 409, "message_id_reused")


def test_the_same_message_twice_at_once_is_one_request(asked: Asked) -> None:
    asked.police  # noqa: B018  (signed in before the two begin)
    start, found = threading.Barrier(2), []

    def send() -> None:
        start.wait()
        found.append(asked.ask(asked.prints[1, 2], message_id="CIB-once"))

    senders = [threading.Thread(target=send) for _ in range(2)]
    for one in senders:
        one.start()
    for one in senders:
        one.join(60)
    assert [one.status_code for one in found] == [202, 202], [one.text for one in found]
    assert len(asked.rows(ForensicRequest)) == 1


def test_who_fishes_is_stopped_and_the_control_room_hears_of_it(asked: Asked, prints: Prints) -> None:
    record = template(prints[1, 2]).to_iso()
    for n in range(OF_AN_AUTHORITY):
        who = ("Insp. R. Castillo, 114", "insp r  castillo, 114")[n % 2]
        number_of(asked.ask(record, form="iso19794-2", requested_by=who))
        assert len(asked.rows(Alarm)) == (1 if n + 1 == OF_AN_AUTHORITY else 0)
    stopped = asked.ask(record, form="iso19794-2")
    problem(stopped, 429, "too_many_requests")
    assert int(stopped.headers["Retry-After"]) > 3600
    number_of(asked.ask(record, form="iso19794-2", requested_by="Sgt. L. Coc, 88"))
    asked.world.later(days=1, seconds=1)
    asked.police.signed_in()
    number_of(asked.ask(record, form="iso19794-2"))


@pytest.mark.parametrize("form", ["image", "iso19794-2", "an2", "an2 of an image"])
def test_a_finger_in_custody_is_found_and_confirmed_side_by_side(
    asked: Asked, prints: Prints, form: str
) -> None:
    made = {
        "image": lambda: prints[1, 2],
        "iso19794-2": lambda: template(prints[1, 2]).to_iso(),
        "an2": lambda: file_with(prints[1, 2]),
        "an2 of an image": lambda: pictured(prints[1, 2]),
    }[form]()
    number = number_of(asked.ask(made, form=form.split(maxsplit=1)[0]))
    rita = asked.officer()
    page = page_of(rita, number)
    assert "The finger that was sent" in rita.get(page).text
    assert act(rita, page, "search").status_code == 303
    assert "Compare with P-000001" in rita.get(page).text
    assert "Look at the two fingers side by side first" in act(rita, page, "identified", rank=1).text
    assert "Look at the two fingers side by side first" in act(rita, page, "nobody").text
    compared = rita.get(f"{page}/compare/1")
    assert "NOVELO, Ana" in compared.text
    for picture in {f"{page}/sent.png"} if "image" in form else set():
        assert rita.get(picture).mimetype == "image/png"
    assert act(rita, page, "identified", rank=1).status_code == 303
    answer = asked.police.get(f"/v1/identity-requests/{number}").get_json()
    assert (answer["state"], answer["outcome"]) == ("answered", "identified")
    with session_scope(asked.world.sessions, writes=False) as session:
        booking = open_booking_of(session, asked.api.about.person)
        assert booking is not None
        assert booking.number in str(answer["answer"]["data"])
    assert asked.rows(ForensicProbe) == asked.rows(ForensicCandidate) == []
    told = asked.disclosures()[-1]
    assert (told.exchange, told.agency) == ("identity_answer", "police")
    assert {"forensic.compared", "forensic.answered", "forensic.fetched"} <= set(asked.acts())


def test_nobody_here_has_the_finger(asked: Asked, prints: Prints) -> None:
    number = number_of(asked.ask(prints[NOBODY]))
    rita = asked.officer()
    page = page_of(rita, number)
    act(rita, page, "search")
    assert "Nobody in custody has a finger like it" in rita.get(page).text
    act(rita, page, "nobody")
    answer = asked.police.get(f"/v1/identity-requests/{number}").get_json()
    assert answer["outcome"] == "not_identified"
    assert "P-0" not in str(answer)
    assert "Novelo" not in str(answer)


def test_whoever_left_custody_is_no_candidate(asked: Asked, prints: Prints) -> None:
    with session_scope(asked.world.sessions) as session:
        booking = session.query(Booking).filter_by(person_id=asked.api.about.person).one()
        booking.released_at = asked.world.at
    number = number_of(asked.ask(prints[1, 2]))
    rita = asked.officer()
    page = page_of(rita, number)
    act(rita, page, "search")
    assert "Compare with" not in rita.get(page).text


def test_a_finger_that_cannot_be_searched_by_is_asked_for_anew(asked: Asked) -> None:
    out = io.BytesIO()
    Image.new("L", (256, 288), 200).save(out, "PNG")
    number = number_of(asked.ask(out.getvalue()))
    rita = asked.officer()
    page = page_of(rita, number)
    refused = act(rita, page, "search")
    assert refused.status_code == 409
    assert "cannot be searched by" in refused.text
    act(rita, page, "unreadable", words="Send the thumb")
    answer = asked.police.get(f"/v1/identity-requests/{number}").get_json()
    assert (answer["outcome"], answer["reason"]) == ("unreadable", "Send the thumb")


def test_a_refusal_needs_a_reason_that_the_agency_reads(asked: Asked, prints: Prints) -> None:
    number = number_of(asked.ask(prints[1, 2]))
    rita = asked.officer()
    page = page_of(rita, number)
    assert "Write why" in act(rita, page, "refuse", words=" ").text
    act(rita, page, "refuse", words="No case of that number")
    answer = asked.police.get(f"/v1/identity-requests/{number}").get_json()
    assert (answer["outcome"], answer["reason"]) == ("refused", "No case of that number")
    assert asked.rows(ForensicProbe) == []
    assert act(rita, page, "search").status_code == 409


def test_after_a_week_it_ends_and_the_finger_is_deleted(asked: Asked, prints: Prints) -> None:
    number = number_of(asked.ask(prints[1, 2]))
    asked.world.later(days=7, seconds=1)
    rita = asked.officer()
    assert "nobody dealt with it in time" in rita.get(page_of(rita, number)).text
    assert asked.rows(ForensicProbe) == []
    state = asked.police.signed_in().get(f"/v1/identity-requests/{number}").get_json()["state"]
    assert state == "expired"


def test_only_whose_work_it_is_sees_the_requests(asked: Asked, prints: Prints) -> None:
    number = number_of(asked.ask(prints[1, 2]))
    page = page_of(asked.officer(), number)
    officer = asked.officer("omar", Role.OFFICER)
    for address in ("/identity", page, f"{page}/sent.png", f"{page}/compare/1", f"{page}/fingers"):
        assert officer.get(address).status_code == 403


def test_no_finger_that_the_request_is_not_about_can_be_looked_at(asked: Asked, prints: Prints) -> None:
    number = number_of(asked.ask(prints[NOBODY]))
    rita = asked.officer()
    page = page_of(rita, number)
    assert [rita.get(f"{page}/finger-{n}.png").status_code for n in (1, 2, 3)] == [404, 404, 404]
    assert rita.get(f"{page}/sent.png").status_code == 200
    assert asked.acts().count("forensic.image") == 1


def test_a_request_that_waits_is_counted(asked: Asked, prints: Prints) -> None:
    rita = asked.officer()
    assert "Requests by finger to deal with" not in rita.get("/people").text
    asked.ask(prints[1, 2])
    assert "Requests by finger to deal with" in rita.get("/people").text


def test_it_ends_with_the_agreement(asked: Asked, prints: Prints) -> None:
    number = number_of(asked.ask(prints[1, 2]))
    with session_scope(asked.world.sessions) as session:
        suspend(session, "police-2026", "for a test", actor=FIRST, at=asked.world.at)
    asked.world.later(seconds=1)
    assert asked.ask(prints[2, 2]).status_code == 403
    assert len(asked.rows(ForensicProbe)) == 1
    rita = asked.officer()
    act(rita, page_of(rita, number), "unreadable")
    assert asked.police.get(f"/v1/identity-requests/{number}").status_code == 403


def links_of(page: str) -> set[str]:
    return set(re.findall(r'(?:href|src)="(/identity[^"]*)"', page))


def test_no_link_that_an_officer_is_shown_leads_nowhere(asked: Asked, prints: Prints) -> None:
    """Whatever state a request is in, for either kind, and at its number as it stands on the list."""
    officer = asked.officer()
    waiting, comparing, answered, refused = [number_of(asked.ask(prints[1, 2])) for _ in range(4)]
    fingers = number_of(asked.ask_prints(asked.api.about.number))
    nobody = number_of(asked.ask_prints("P-999999"))
    for number in (comparing, answered):
        act(officer, page_of(officer, number), "search")
    stale = links_of(officer.get(page_of(officer, answered)).text)
    for rank_page in [one for one in stale if "/compare/" in one]:
        officer.get(rank_page)
    act(officer, page_of(officer, answered), "nobody")
    act(officer, page_of(officer, refused), "refuse", words="Not on this authority.")
    seen: set[str] = set()
    to_look = {"/identity"}
    while to_look:
        address = to_look.pop()
        seen.add(address)
        answer = officer.get(address)
        assert answer.status_code == 200, address
        if answer.mimetype == "text/html":
            to_look |= links_of(answer.text) - seen
    for number in (waiting, comparing, answered, refused, fingers, nobody):
        assert page_of(officer, number) in seen
        assert officer.get(f"/identity/{number}").location == page_of(officer, number)
    for address in (one for one in stale if "/compare/" in one):
        assert officer.get(address).location == page_of(officer, answered), (
            "a link that is over leads to the request"
        )
    assert officer.get("/identity/FR-999999").status_code == 404
    asked.world.later(days=8)
    later = asked.officer("karla")
    for number in (waiting, fingers):
        assert later.get(page_of(later, number)).status_code == 200
