"""A guided admission: refused, overridden, overtaken, found again, and done."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hub.accounts.audit import OPERATOR
from hub.accounts.permissions import Role
from hub.accounts.records import AuditEntry
from hub.custody.actions import open_booking_of
from hub.custody.facts.reading import current, one
from hub.custody.life.alerts import ALERT
from hub.custody.life.property import unreturned
from hub.custody.queries import home_of, person_by_number
from hub.custody.records import Booking, Person
from hub.custody.stays import ADMISSION
from hub.custody.who.health import HEALTH_SCREENING
from hub.database import session_scope
from hub.movements.cells.actions import move_to_cell
from hub.movements.cells.defining import CellDraft, define_cell
from hub.movements.cells.rules import Sexes
from hub.movements.permitting import zones_of
from hub.reception.admitting.keeping import draft_of
from hub.reception.admitting.records import HandedIn, UnderWay

from .site_world import PASSWORD, World, token_of

Prints = dict[tuple[int, int], bytes]

ORDER = {
    "order_kind": "remand_order",
    "order_reference": "RO 12/2026",
    "issued_on": "2026-11-20",
    "expires_on": "2026-12-20",
    "court": "Belize City Magistrate's Court",
    "named_surname": "Novelo",
    "named_given": "Ana",
}
WHO = {"surname": "Novelo", "given": "Ana", "born_on": "1990-05-01", "sex": "F", "language": "es"}
ARRIVAL = {
    "admitted_at": "2026-11-22T11:40",
    "arrested_at": "2026-11-21T22:15",
    "arrested_where": "King Street",
    "reasons": "Theft",
    "injuries": "none seen",
    "complained": "no",
    "informed_of_rules": "yes",
}
QUESTIONS = (
    "thinks_of_suicide",
    "harmed_self_before",
    "alcohol_withdrawal",
    "drug_withdrawal",
    "takes_medicine",
    "injured",
    "infectious",
    "mental_health_care",
)
WELL = dict.fromkeys(QUESTIONS, "no")
PROPERTY = {"what_0": "Watch, grey", "count_0": "1", "seal_0": "S-17", "property_signed": "list 44"}


@dataclass
class Clerk:
    """A browser at one admission."""

    browser: FlaskClient
    key: str

    def address(self, step: str) -> str:
        return f"/people/admit/{self.key}/{step}"

    def page(self, step: str) -> str:
        return self.browser.get(self.address(step)).text

    def version(self, step: str) -> str:
        return self.page(step).split('name="version" value="')[1].split('"', maxsplit=1)[0]

    def send(
        self, step: str, form: dict[str, object], *, version: str = "", act: str = "save"
    ) -> TestResponse:
        page = self.browser.get("/people/admit")
        version = version or self.version("order")
        fields: dict[str, object] = {"csrf_token": token_of(page), "version": version, "act": act, **form}
        return self.browser.post(self.address(step), data=fields, content_type="multipart/form-data")

    def all_but(self, *left_out: str, **changed: dict[str, object]) -> None:
        """Answer every step, save those left out."""
        answers: dict[str, dict[str, object]] = {
            "order": dict(ORDER),
            "known": {"known": "nobody"},
            "who": dict(WHO),
            "arrival": dict(ARRIVAL),
            "health": dict(WELL),
            "property": dict(PROPERTY),
            "fingers": {"fingers_later": "no desk connected"},
            "cell": {"home_zone": "block-a", "zones": "workshop"},
            **changed,
        }
        for step, form in answers.items():
            if step in left_out:
                continue
            if step == "known":
                assert self.send("known", {}, act="look").status_code == 303
            answer = self.send(step, form)
            assert answer.status_code == 303, (step, answer.text)

    def finish(self) -> TestResponse:
        page = self.browser.get("/people/admit")
        return self.browser.post(self.address("finish"), data={"csrf_token": token_of(page)})


def begin(browser: FlaskClient) -> Clerk:
    answer = browser.post("/people/admit", data={"csrf_token": token_of(browser.get("/people/admit"))})
    assert answer.status_code == 303
    return Clerk(browser, answer.location.split("/")[3])


@pytest.fixture
def clerk(world: World) -> Clerk:
    world.site()
    return begin(world.browser("rita", Role.RECORDS_OFFICER))


def people(world: World) -> int:
    with session_scope(world.sessions, writes=False) as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


# --- the order


def test_no_order_no_reception(clerk: Clerk, world: World) -> None:
    answer = clerk.send("order", {"order_kind": "warrant", "named_surname": "Novelo"})
    assert answer.status_code == 400
    assert "Without an order nobody is taken in" in answer.text
    assert 'value="Novelo"' in answer.text
    clerk.all_but("order")
    assert clerk.finish().status_code == 400
    assert people(world) == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"expires_on": "2026-11-21"}, "The order has expired"),
        ({"issued_on": "2027-01-01", "expires_on": ""}, "dated in the future"),
        ({"issued_on": ""}, "Enter the date that stands on the order"),
        ({"issued_on": "2.1.2026"}, "Write the date as year-month-day"),
        ({"issued_on": "2026-02-30"}, "Write the date as year-month-day"),
        ({"order_kind": "wish"}, "Choose what kind of order it is"),
        ({"expires_on": "2026-11-01"}, "The order ends before it begins"),
        ({"order_kind": "warrant"}, "Choose the legal status that the order gives"),
    ],
)
def test_an_order_that_gives_no_authority(clerk: Clerk, changes: dict[str, object], sentence: str) -> None:
    answer = clerk.send("order", {**ORDER, **changes})
    assert (answer.status_code, sentence in answer.text) == (400, True)
    assert "RO 12/2026" in answer.text  # nothing typed is lost


def test_an_order_that_somebody_else_is_held_on_needs_a_word(clerk: Clerk, world: World) -> None:
    world.person("Coc", "Juan")  # on W 1/2026
    form = {**ORDER, "order_reference": "W 1/2026"}
    answer = clerk.send("order", form)
    assert (answer.status_code, "P-000001 is held on an order with this reference" in answer.text) == (
        400,
        True,
    )
    assert clerk.send("order", {**form, "twice_because": "both were sentenced by it"}).status_code == 303


def signature(
    login: str, password: str = PASSWORD, reason: str = "judge confirmed by telephone"
) -> dict[str, object]:
    return {"second_login": login, "second_password": password, "override_reason": reason}


@pytest.mark.parametrize(
    ("login", "password", "reason", "sentence"),
    [
        ("rita", PASSWORD, "judge called", "another person than the first"),
        ("otto", PASSWORD, "judge called", "does not allow to sign"),
        ("sonia", "tr0ub4dor-and-3", "judge called", "Login or password is wrong"),
        ("nobody", PASSWORD, "judge called", "Login or password is wrong"),
        ("sonia", PASSWORD, "", "Write why"),
        ("", PASSWORD, "judge called", "The second officer types login and password here"),
    ],
)
def test_a_second_officer_who_cannot_be(
    clerk: Clerk, world: World, login: str, password: str, reason: str, sentence: str
) -> None:
    world.account("sonia", Role.SHIFT_SUPERVISOR)
    world.account("otto", Role.OFFICER)
    answer = clerk.send(
        "order", {**ORDER, "expires_on": "2026-11-21", **signature(login, password, reason)}, act="sign"
    )
    assert (answer.status_code, sentence in answer.text) == (409, True)
    assert password not in answer.text
    assert (f'value="{login}"' in answer.text, f'value="{reason}"' in answer.text) == (True, True)


def test_on_a_second_officers_word_somebody_is_received_and_a_clock_runs(clerk: Clerk, world: World) -> None:
    world.account("sonia", Role.SHIFT_SUPERVISOR)
    expired = {**ORDER, "expires_on": "2026-11-21"}
    assert clerk.send("order", {**expired, **signature("sonia")}, act="sign").status_code == 303
    assert "sonia signed for a reception without valid order" in clerk.page("order")
    clerk.all_but(order={**expired})
    done = clerk.finish().location
    assert done.endswith("/done")
    told = clerk.browser.get(done).text
    assert "The order must be here by 23 Nov 2026, 11:40, or the person goes." in told
    with session_scope(world.sessions, writes=False) as session:
        held = one(current(session, ADMISSION, person_id=1))
        assert held is not None
        value = held.value
        assert (value.override_by, value.override) == ("sonia", "judge confirmed by telephone")
        assert value.override_until_at is not None
        assert (value.override_until_at - value.admitted_at).total_seconds() == 24 * 3600


def test_a_changed_order_asks_for_the_signature_again(clerk: Clerk, world: World) -> None:
    world.account("sonia", Role.SHIFT_SUPERVISOR)
    expired = {**ORDER, "expires_on": "2026-11-21"}
    clerk.send("order", {**expired, **signature("sonia")}, act="sign")
    answer = clerk.send("order", {**expired, "order_reference": "RO 99"})
    assert (answer.status_code, "The order has expired" in answer.text) == (400, True)


def test_a_supervisor_signs_at_an_own_screen(clerk: Clerk, world: World) -> None:
    clerk.send("order", {**ORDER, "expires_on": "2026-11-21"})
    supervisor = world.browser("sonia", Role.SHIFT_SUPERVISOR)
    page = supervisor.get("/receptions")
    assert "The order has expired" in page.text
    version = page.text.split('name="version" value="')[1].split('"', maxsplit=1)[0]
    form = {"csrf_token": token_of(page), "version": version, "reason": "the new one is on its way"}
    assert clerk.browser.post(f"/receptions/{clerk.key}", data=form).status_code in (400, 403)
    assert supervisor.post(f"/receptions/{clerk.key}", data=form).status_code == 303
    assert "Nothing to sign" in supervisor.get("/receptions").text
    assert clerk.send("order", {**ORDER, "expires_on": "2026-11-21"}).status_code == 303


# --- is this person known?


def test_nobody_is_admitted_unsearched(clerk: Clerk) -> None:
    answer = clerk.send("known", {"known": "nobody"})
    assert (answer.status_code, "Look whether the person is known" in answer.text) == (400, True)


def test_somebody_inside_is_not_admitted_again(clerk: Clerk, world: World) -> None:
    world.person("Novelo", "Ana")
    clerk.send("order", dict(ORDER))
    clerk.send("known", {}, act="look")
    page = clerk.page("known")
    assert "in custody now" in page
    answer = clerk.send("known", {"known": "P-000001"})
    assert (answer.status_code, "P-000001 is in custody already" in answer.text) == (400, True)


def test_who_was_here_before_gets_a_new_stay_on_the_same_file(clerk: Clerk, world: World) -> None:
    person = world.person("Novelo", "Ana")
    with session_scope(world.sessions) as session:
        session.get_one(Booking, 1).released_at = world.at
    world.later(minutes=5)
    clerk.send("order", dict(ORDER))
    clerk.send("known", {}, act="look")
    assert clerk.send("known", {"known": person.number}).status_code == 303
    assert 'value="1990-05-01"' in clerk.page("who")  # nothing is asked twice
    clerk.all_but("order", "known", arrival={**ARRIVAL, "admitted_at": "2026-11-22T12:02"})
    assert clerk.finish().status_code == 303
    with session_scope(world.sessions, writes=False) as session:
        assert session.scalars(select(Booking.person_id)).all() == [person.id, person.id]
    assert people(world) == 1


def test_a_finger_finds_the_file_and_needs_a_word_to_be_somebody_else(
    clerk: Clerk, world: World, prints: Prints
) -> None:
    from hub.biometrics.actions import enrol_finger
    from hub.biometrics.duplicates import DuplicateSearch
    from hub.biometrics.enrolment import prepare_finger

    person = world.person("Coc", "Juana")
    search = DuplicateSearch(world.vault, world.sessions)
    with session_scope(world.sessions) as session:
        finger = prepare_finger(2, [prints[1, 1]])
        enrol_finger(session, world.vault, search, person.id, finger, at=world.at, by="test")
    probe = {"probe": (io.BytesIO(prints[1, 2]), "finger.png")}
    assert clerk.send("known", dict(probe), act="finger").status_code == 303
    page = clerk.page("known")
    assert "The finger matches" in page
    assert "COC, Juana" in page
    answer = clerk.send("known", {"known": "nobody"})
    assert (answer.status_code, "Write why it is another person all the same" in answer.text) == (400, True)


def test_a_search_that_is_still_being_prepared_is_said_and_keeps_nobody_waiting(
    clerk: Clerk, world: World, prints: Prints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.biometrics.duplicates.DuplicateSearch.catch_up", lambda self: 3000)
    answer = clerk.send("known", {"probe": (io.BytesIO(prints[1, 2]), "finger.png")}, act="finger")
    assert answer.status_code == 409
    assert "nobody of the 0 fingers read so far, and 3000 are still to be read" in answer.text
    with session_scope(world.sessions, writes=False) as session:
        looked = session.scalars(select(AuditEntry.detail).where(AuditEntry.act == "finger.search")).all()
    assert looked == ["0 of 0 fingers"]


def test_a_finger_image_that_cannot_be_used_is_said(clerk: Clerk) -> None:
    probe = {"probe": (io.BytesIO(b"no image"), "finger.png")}
    answer = clerk.send("known", dict(probe), act="finger")
    assert answer.status_code == 409
    assert clerk.send("known", {}, act="finger").status_code == 409


def test_two_clerks_with_one_prisoner_make_one_file(clerk: Clerk, world: World) -> None:
    other = begin(world.browser("rosa", Role.RECORDS_OFFICER))
    for one_of in (clerk, other):
        one_of.all_but()
        world.later(seconds=30)
    assert other.finish().status_code == 303
    answer = clerk.finish()
    assert answer.status_code == 409
    assert "P-000001 was registered under such a name while you were writing" in answer.text
    assert people(world) == 1


# --- who, arrival, health, property


def test_a_name_other_than_the_orders_needs_a_word(clerk: Clerk) -> None:
    clerk.send("order", dict(ORDER))
    answer = clerk.send("who", {**WHO, "surname": "Castillo"})
    assert (answer.status_code, "The order names somebody else" in answer.text) == (400, True)
    form = {**WHO, "surname": "Castillo", "name_differs_because": "married name on the order"}
    assert clerk.send("who", form).status_code == 303
    assert clerk.send("who", {**WHO, "surname": "NOVÉLO", "given": "ana"}).status_code == 303


@pytest.mark.parametrize(
    ("step", "form", "sentence"),
    [
        ("who", {**WHO, "surname": " "}, "Write the name"),
        ("who", {**WHO, "born_on": "1850-01-01"}, "The date of birth cannot be right"),
        ("who", {**WHO, "country": "XX"}, "Choose the country"),
        ("arrival", {**ARRIVAL, "admitted_at": "2026-11-23T12:00"}, "This lies in the future"),
        ("arrival", {**ARRIVAL, "admitted_at": "2026-11-01T12:00"}, "more than a week ago"),
        ("arrival", {**ARRIVAL, "admitted_at": "soon"}, "Write date and time"),
        ("arrival", {**ARRIVAL, "arrested_at": "2026-11-22T11:50"}, "The arrest comes before the admission"),
        ("arrival", {**ARRIVAL, "complained": "yes"}, "in their words"),
        ("arrival", {**ARRIVAL, "injuries": ""}, "none seen"),
        ("health", {"injured": "no"}, "Ask each question"),
        ("property", {}, "Write what was brought"),
        ("property", {**PROPERTY, "count_0": "many"}, "Write how many"),
        ("property", {**PROPERTY, "property_signed": ""}, "write where the signature is"),
        ("fingers", {}, "Say at which desk"),
        ("cell", {"home_zone": "moon"}, "Choose a cell, or the zone"),
    ],
)
def test_each_bad_answer_has_its_sentence(
    clerk: Clerk, step: str, form: dict[str, object], sentence: str
) -> None:
    answer = clerk.send(step, dict(form))
    assert (answer.status_code, sentence in answer.text) == (400, True)


def test_health_answers_are_kept_from_other_eyes(clerk: Clerk, world: World) -> None:
    clerk.all_but(health={**WELL, "takes_medicine": "yes", "medicine": "metformin twice a day"})
    page = clerk.page("health")
    assert "metformin" not in page
    assert "sealed for the clinic" in page
    assert "metformin" not in clerk.page("summary")
    answer = clerk.browser.get(clerk.finish().location)
    assert "To the nurse before the cell" in answer.text
    assert "metformin" not in answer.text
    with session_scope(world.sessions, writes=False) as session:
        screening = one(current(session, HEALTH_SCREENING, person_id=1))
        assert screening is not None
        assert (screening.value.medicine, screening.value.asked_by) == ("metformin twice a day", "rita")
    with world.engine.connect() as connection:
        drafts = connection.exec_driver_sql("SELECT sealed FROM admissions_under_way").all()
    assert drafts == [(b"",)]


def test_what_is_under_way_is_sealed(clerk: Clerk, world: World) -> None:
    clerk.all_but()
    with session_scope(world.sessions, writes=False) as session:
        raw = session.scalars(select(UnderWay.sealed)).one()
        trail = session.scalars(select(AuditEntry.detail)).all()
    assert b"Novelo" not in raw
    assert not any("Novelo" in detail for detail in trail)


def test_a_complaint_raises_an_alert(clerk: Clerk, world: World) -> None:
    clerk.all_but(arrival={**ARRIVAL, "complained": "yes", "ill_treatment": "beaten at the station"})
    clerk.finish()
    with session_scope(world.sessions, writes=False) as session:
        alerts = [held.value.type for held in current(session, ALERT, person_id=1)]
        stay = one(current(session, ADMISSION, person_id=1))
    assert alerts == ["ill_treatment"]
    assert stay is not None
    assert stay.value.ill_treatment == "beaten at the station"


def test_a_photo_that_is_too_large_leaves_the_rest_as_it_was(clerk: Clerk) -> None:
    clerk.send("who", dict(WHO))
    photo = {"photo_images": (io.BytesIO(b"x" * (11 * 1024 * 1024)), "p.jpg"), "fingers_later": "tomorrow"}
    answer = clerk.send("fingers", dict(photo))
    assert (answer.status_code, "larger than 10 MB" in answer.text) == (409, True)
    assert 'value="tomorrow"' in answer.text
    whole = {"photo_images": (io.BytesIO(b"x" * (50 * 1024 * 1024)), "p.jpg")}
    refused = clerk.send("fingers", dict(whole))
    assert (refused.status_code, "Choose smaller files" in refused.text) == (413, True)
    assert 'value="Novelo"' in clerk.page("who")


# --- kept, found again, overtaken, done


def test_another_clerk_goes_on_where_the_first_stopped(clerk: Clerk, world: World) -> None:
    clerk.all_but("cell")
    rosa = world.browser("rosa", Role.RECORDS_OFFICER)
    assert "NOVELO, Ana" in rosa.get("/people/admit").text
    other = Clerk(rosa, clerk.key)
    assert other.send("cell", {"home_zone": "block-a"}).status_code == 303
    assert other.finish().status_code == 303
    assert "Nothing is under way" in rosa.get("/people/admit").text


def test_of_two_who_write_at_once_neither_loses(clerk: Clerk, world: World) -> None:
    other = Clerk(world.browser("rosa", Role.RECORDS_OFFICER), clerk.key)
    version = clerk.version("who")
    assert other.send("who", {**WHO, "born_on": "1991-05-01"}, version=version).status_code == 303
    answer = clerk.send("who", {**WHO, "given": "Ana Maria"}, version=version)
    assert answer.status_code == 409
    assert "rosa saved this admission while you were writing" in answer.text
    assert "1991-05-01" in answer.text  # theirs
    assert 'value="Ana Maria"' in answer.text  # mine
    assert clerk.send("who", {**WHO, "given": "Ana Maria"}).status_code == 303


def test_whoever_is_shown_the_others_answers_stands_in_the_trail(clerk: Clerk, world: World) -> None:
    clerk.send("order", dict(ORDER))
    rosa = Clerk(world.browser("rosa"), clerk.key)
    answer = rosa.send("order", dict(ORDER), version="1")
    assert "saved this admission while you were writing" in answer.text
    with session_scope(world.sessions, writes=False) as session:
        line = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert line is not None
    assert (line.actor, line.act, line.subject) == ("rosa", "admission.look", clerk.key)


def test_it_is_finished_once(clerk: Clerk, world: World) -> None:
    clerk.all_but()
    assert clerk.finish().status_code == 303
    again = clerk.finish()
    assert (again.status_code, "has finished this admission" in again.text) == (409, True)
    assert people(world) == 1
    assert clerk.browser.get(clerk.address("who")).location.endswith("/done")


def test_abandoned_with_a_reason_nothing_is_kept(clerk: Clerk, world: World, prints: Prints) -> None:
    clerk.all_but()
    images = {"finger_1": "2", "finger_1_images": (io.BytesIO(prints[1, 1]), "f.png")}
    clerk.send("fingers", dict(images))
    token = token_of(clerk.browser.get("/people/admit"))
    bare = clerk.browser.post(clerk.address("abandon"), data={"csrf_token": token})
    assert (bare.status_code, "Write why nobody is taken in" in bare.text) == (409, True)
    clerk.browser.post(
        clerk.address("abandon"), data={"csrf_token": token, "because": "sent to the hospital"}
    )
    with session_scope(world.sessions, writes=False) as session:
        row = session.scalars(select(UnderWay)).one()
        assert (row.state, row.ended_because, row.sealed) == ("ABANDONED", "sent to the hospital", b"")
        assert session.scalars(select(HandedIn)).all() == []
    assert clerk.finish().status_code == 409
    assert people(world) == 0


def test_everything_is_written_in_one_go(clerk: Clerk, world: World, prints: Prints) -> None:
    fingers: dict[str, object] = {"finger_1": "2", "finger_2": "7"}
    for slot in (1, 2):
        fingers[f"finger_{slot}_images"] = (io.BytesIO(prints[slot, 1]), "f.png")
    clerk.all_but(fingers=fingers, who={**WHO, "country": "GT", "consulate": "not_yet"})
    assert "disabled" not in clerk.page("summary").split("Admit this person")[0][-120:]
    page = clerk.browser.get(clerk.finish().location).text
    assert "P-000001" in page
    assert "/people/P-000001/slip" in page
    with session_scope(world.sessions, writes=False) as session:
        person = person_by_number(session, "P-000001")
        assert person is not None
        booking = open_booking_of(session, person.id)
        assert booking is not None
        home = home_of(session, booking.id)
        assert home is not None
        assert home.zone == "block-a"
        assert zones_of(session, [person.id]) == {person.id: ["block-a", "workshop"]}
        assert [held.value.what for held in unreturned(session, booking.id)] == ["Watch, grey"]
        draft = draft_of(session, world.vault, clerk.key)
        assert draft is not None
        assert draft.content.values == {}


def test_whoever_may_not_admit_sees_nothing(clerk: Clerk, world: World) -> None:
    officer = world.browser("otto", Role.OFFICER)
    assert [
        officer.get(address).status_code for address in ("/people/admit", clerk.address("who"), "/receptions")
    ] == [
        403,
        403,
        403,
    ]
    assert clerk.browser.get(f"/people/admit/{'0' * 32}/who").status_code == 404
    assert clerk.browser.get(clerk.address("nonsense")).status_code == 404


def test_a_script_in_a_name_stays_a_name(clerk: Clerk) -> None:
    clerk.send("who", {**WHO, "surname": "<script>alert(1)</script>"})
    for step in ("who", "summary"):
        assert "<script>alert" not in clerk.page(step).lower()
    assert "<script>alert" not in clerk.browser.get("/people/admit").text.lower()


def test_the_pages_speak_spanish(world: World, clerk: Clerk) -> None:
    clerk.browser.set_cookie("pims-language", "es")
    assert "Paso 1 de 9" in clerk.page("order")


# --- a cell


def with_cells(world: World) -> None:
    with session_scope(world.sessions) as session:
        for code, places in (("a-1", 1), ("a-2", 2)):
            draft = CellDraft(code, code.upper(), "Block A", "", "block-a", places, sexes=Sexes.FEMALE)
            define_cell(session, draft, reason="first", actor=OPERATOR, at=world.at)


def test_the_first_cell_that_fits_is_proposed_and_kept_by_saving_alone(clerk: Clerk, world: World) -> None:
    with_cells(world)
    clerk.all_but("cell")
    page = clerk.page("cell")
    assert 'value="a-2" checked' in page
    assert "a-2" not in clerk.page("summary")
    assert clerk.send("cell", {"cell": "a-2"}).status_code == 303
    page = clerk.browser.get(clerk.finish().location).text
    assert "A-2, Block A" in page
    with session_scope(world.sessions, writes=False) as session:
        booking = session.scalars(select(Booking)).one()
        home = home_of(session, booking.id)
        assert home is not None
        assert (home.cell, home.zone) == ("a-2", "block-a")
        assert zones_of(session, [booking.person_id]) == {booking.person_id: ["block-a"]}


def test_a_cell_that_filled_up_meanwhile_is_refused_and_another_chosen(clerk: Clerk, world: World) -> None:
    with_cells(world)
    clerk.all_but(cell={"cell": "a-1"})
    other = world.person("Coc", "Maria")
    with session_scope(world.sessions) as session:
        held = session.get_one(Person, other.id)
        move_to_cell(session, held, "a-1", reason="", override=None, actor=OPERATOR, at=world.at)
    answer = clerk.finish()
    assert answer.status_code in (400, 409)
    assert "Nobody can be put into this cell now. Choose another." in answer.text
    assert people(world) == 1
    assert clerk.send("cell", {"cell": "a-2"}).status_code == 303
    assert clerk.finish().status_code == 303


def test_a_cell_for_the_other_sex_needs_a_supervisors_name(clerk: Clerk, world: World) -> None:
    with_cells(world)
    clerk.all_but("cell", who={**WHO, "sex": "M"})
    assert "cells only with a supervisor" in clerk.page("cell") or "cannot be" in clerk.page("cell")
    assert clerk.send("cell", {"cell": "a-2"}).status_code == 400


def test_sex_is_said_and_never_taken_for_granted(clerk: Clerk) -> None:
    answer = clerk.send("who", {name: value for name, value in WHO.items() if name != "sex"})
    assert (answer.status_code, "Say the sex" in answer.text) == (400, True)


def test_where_nothing_is_found_nobody_is_proposed(clerk: Clerk) -> None:
    clerk.send("order", dict(ORDER))
    assert 'value="nobody" checked' not in clerk.page("known")
    clerk.send("known", {}, act="look")
    assert 'value="nobody" checked' in clerk.page("known")


def test_property_is_signed_for_on_the_screen(clerk: Clerk) -> None:
    drawn = "20,150 60,40 100,150 140,40 180,150 220,60"
    unsigned = {name: value for name, value in PROPERTY.items() if name != "property_signed"}
    assert clerk.send("property", dict(unsigned)).status_code == 400
    answer = clerk.send("property", {**unsigned, "property_drawn": "1,1"})
    assert (answer.status_code, "too little for a signature" in answer.text) == (400, True)
    clerk.all_but(property={**unsigned, "property_drawn": drawn})
    assert drawn in clerk.page("property")  # another clerk who opens the page sees it again
    assert clerk.finish().status_code == 303
    assert clerk.browser.get("/people/P-000001/receipts/R-000001/signature").mimetype == "image/png"


def test_two_files_that_look_like_one_person_are_put_before_officers(clerk: Clerk, world: World) -> None:
    for given in ("Ana", "Anna"):
        person = world.person("Novelo", given)
        with session_scope(world.sessions) as session:
            booking = open_booking_of(session, person.id)
            assert booking is not None
            booking.released_at = world.at
    clerk.send("order", dict(ORDER))
    clerk.send("known", {}, act="look")
    bare = clerk.send("known", {"known": "nobody"}, act="suspect P-000002")
    assert (bare.status_code, "Choose first which of the files" in bare.text) == (409, True)
    assert clerk.send("known", {"known": "P-000001"}, act="suspect P-000001").status_code == 409
    assert clerk.send("known", {"known": "P-000001"}, act="suspect P-000009").status_code == 409
    assert clerk.send("known", {"known": "P-000001"}, act="suspect P-000002").status_code == 303
    assert "perhaps one person with the chosen file" in clerk.page("known")
    assert "P-000002" in clerk.browser.get("/merges").text
