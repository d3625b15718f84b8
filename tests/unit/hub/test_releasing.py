"""Releases: what keeps somebody in, who may sign, what terminals confirm, and what shows afterwards."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hub.accounts.audit import Actor
from hub.accounts.permissions import Role
from hub.biometrics.actions import enrol_finger
from hub.biometrics.duplicates import DuplicateSearch
from hub.biometrics.enrolment import prepare_finger
from hub.biometrics.vault import Vault
from hub.custody.actions import open_booking_of
from hub.custody.at_large import AT_LARGE
from hub.custody.facts.actions import Statement, correct, end, state
from hub.custody.facts.reading import current, one
from hub.custody.facts.records import Fact
from hub.custody.identity import IDENTITY, Identity
from hub.custody.legal import HOLD, ORDER, RELEASE_ORDER, Hold, OrderToHold, OrderToRelease, ReleaseReason
from hub.custody.life.property import PropertyItem, Signature, Signed, take_in
from hub.custody.records import Booking, Person
from hub.custody.rules import OrderKind
from hub.custody.sentencing import policies, signing
from hub.custody.sentencing.dates import BestKnown, Certainty
from hub.custody.sentencing.forms import SENTENCE, Imposed, SentenceType, Term
from hub.custody.sentencing.policy import Policy
from hub.custody.stays import RELEASE
from hub.custody.twins import Twin
from hub.database import session_scope
from hub.movements.permitting import permit_zones, zones_of
from hub.movements.records import FeedItem
from hub.reception.releasing.afterwards import OnPaper, enter_afterwards
from hub.reception.releasing.distribution import deletion_of
from hub.reception.releasing.reading import record_of
from hub.reception.releasing.records import ReleaseRecord
from hub.reception.releasing.rules import digest, interlock, second_line
from hub.reception.releasing.signing import Condition, Named, is_genuine, named_in, read_record
from hub.reception.releasing.standing import ATTEST, DEATH, FINGER, Item, Mark, Standing
from hub.reception.releasing.watching import ReleaseWatch, check_releases, open_doubts
from hub.roll.actions import note_receipt
from hub.roll.content import changes
from hub.roll.scope import Scope
from hub.sentences import RefusedError, Sentence
from wire.versions import NOTHING, Version

from .site_world import NOON, PASSWORD, World, token_of

Prints = dict[tuple[int, int], bytes]
RITA = Actor("rita", "10.0.0.1")
TODAY = date(2026, 11, 22)

# --- the rules, without a database


def mark(what: str, by: str = "rita", *, subject: str = "", note: str = "seen", minutes_ago: int = 1) -> Mark:
    return Mark(what, subject, note, NOON - timedelta(minutes=minutes_ago), by)


PAPER = OrderToRelease(reason=ReleaseReason.BAIL, reference="BO 7", issued_on=TODAY, court="High Court")
ORDER_1 = OrderToHold(kind=OrderKind.REMAND_ORDER, reference="RO 1", issued_on=date(2026, 1, 2))
CLEAR = Standing(
    reason=ReleaseReason.BAIL,
    now=NOON,
    today=TODAY,
    started_by="rita",
    release_orders={1: PAPER},
    orders={2: ORDER_1},
    marks=(mark(FINGER), mark(Item.CONDITIONS, note="fare and letter")),
)
HELD = Hold(authority="Immigration", reason="visa", reference="IM 3", issued_on=date(2026, 2, 1))
TWIN = Twin(9, "P-000009", "Novelo", "Anna", None, True, False, Sentence("sounds alike"))
ORDER_S = OrderToHold(kind=OrderKind.SENTENCE_ORDER, reference="SO 1", issued_on=date(2026, 1, 2))
SERVED = replace(CLEAR, reason=ReleaseReason.SENTENCE_SERVED, release_orders={}, orders={2: ORDER_S})
LATER = TODAY + timedelta(days=400)


def dated(certainty: Certainty, on: date | None, **more: date) -> BestKnown:
    return BestKnown(1, certainty, on, **more)  # type: ignore[arg-type]


RUNS = dated(Certainty.VERIFIED, LATER)


def replace_paper(issued_on: date) -> OrderToRelease:
    return msgspec.structs.replace(PAPER, issued_on=issued_on)


def open_items(standing: Standing) -> list[str]:
    return [line.item.value for line in interlock(standing) if not line.met]


@pytest.mark.parametrize(
    ("standing", "still_open"),
    [
        (CLEAR, []),
        (replace(CLEAR, release_orders={}), ["authority"]),
        (replace(CLEAR, reason=ReleaseReason.ACQUITTED), ["authority"]),  # the paper is about bail
        (SERVED, ["authority"]),
        (replace(SERVED, date=dated(Certainty.UNVERIFIED, TODAY)), ["authority"]),
        (replace(SERVED, date=dated(Certainty.NOT_LATER_THAN, TODAY)), ["authority"]),
        (replace(SERVED, date=dated(Certainty.NO_DATE, None)), ["authority"]),
        (replace(SERVED, date=dated(Certainty.VERIFIED, TODAY + timedelta(days=1))), ["authority"]),
        (replace(SERVED, date=dated(Certainty.VERIFIED, TODAY)), []),
        (replace(SERVED, date=dated(Certainty.VERIFIED, TODAY - timedelta(days=9))), []),
        # the whole term is over: no policy and no signature keeps anybody
        (replace(SERVED, date=dated(Certainty.NOT_LATER_THAN, TODAY, full_term_on=TODAY)), []),
        (replace(SERVED, date=dated(Certainty.NOT_LATER_THAN, LATER, full_term_on=LATER)), ["authority"]),
        (replace(SERVED, date=dated(Certainty.UNVERIFIED, TODAY, full_term_on=LATER)), ["authority"]),
        # signed, then a holiday was entered: both days have come, or one has not
        (replace(SERVED, date=dated(Certainty.UNVERIFIED, date(2026, 11, 20), signed_on=TODAY)), []),
        (replace(SERVED, date=dated(Certainty.UNVERIFIED, LATER, signed_on=TODAY)), ["authority"]),
        (replace(SERVED, date=dated(Certainty.UNVERIFIED, TODAY, signed_on=LATER)), ["authority"]),
        # bail in one case lets nobody out of a sentence in another
        (replace(CLEAR, date=RUNS), ["orders"]),
        (replace(CLEAR, date=RUNS, orders={}), ["orders"]),
        (replace(CLEAR, date=RUNS, orders={2: ORDER_S}), ["orders"]),
        (replace(CLEAR, orders={2: ORDER_S}), ["orders"]),
        (
            replace(CLEAR, date=RUNS, orders={}, marks=(*CLEAR.marks, mark(Item.ORDERS, subject="sentence"))),
            [],
        ),
        (replace(CLEAR, date=dated(Certainty.UNVERIFIED, TODAY)), []),
        # a remand order of another case, and an order that came after the order to release
        (replace(SERVED, date=dated(Certainty.VERIFIED, TODAY), orders={2: ORDER_1}), ["orders"]),
        (replace(CLEAR, release_orders={1: replace_paper(date(2026, 1, 1))}), ["orders"]),
        (replace(CLEAR, release_orders={1: replace_paper(date(2026, 1, 1)), 5: PAPER}), []),
        (replace(CLEAR, reason=ReleaseReason.ORDER_ENDED, orders={}, date=RUNS), ["authority"]),
        (replace(CLEAR, reason=ReleaseReason.ORDER_ENDED), ["authority"]),
        (replace(CLEAR, reason=ReleaseReason.ORDER_ENDED, orders={}), []),
        (replace(CLEAR, holds={4: HELD}), ["holds"]),
        (replace(CLEAR, other_stays=("B-000009",)), ["stays"]),
        (replace(CLEAR, twins=(TWIN,)), ["twins"]),
        (replace(CLEAR, twins=(TWIN,), marks=(*CLEAR.marks, mark(Item.TWINS, subject="P-000009"))), []),
        (replace(CLEAR, things=2), ["property"]),
        (replace(CLEAR, things=2, marks=(*CLEAR.marks, mark(Item.PROPERTY, note="sent on"))), []),
        (replace(CLEAR, marks=()), ["identity", "conditions"]),
        (replace(CLEAR, marks=(CLEAR.marks[1], mark(FINGER, minutes_ago=61))), ["identity"]),
        (replace(CLEAR, marks=(CLEAR.marks[1], mark(ATTEST))), ["identity"]),
        (replace(CLEAR, marks=(CLEAR.marks[1], mark(ATTEST), mark(ATTEST))), ["identity"]),  # twice the same
        (replace(CLEAR, marks=(CLEAR.marks[1], mark(ATTEST), mark(ATTEST, "sonia"))), []),
        (replace(CLEAR, orders={2: ORDER_1, 3: ORDER_1}), ["orders"]),
        (
            replace(
                CLEAR,
                orders={2: ORDER_1, 3: ORDER_1},
                marks=(*CLEAR.marks, mark(Item.ORDERS, subject="2"), mark(Item.ORDERS, subject="3")),
            ),
            [],
        ),
        (replace(CLEAR, reason=ReleaseReason.DEPORTATION), ["authority"]),
        (replace(CLEAR, reason=ReleaseReason.DIED, holds={4: HELD}), ["authority"]),
        (replace(CLEAR, reason=ReleaseReason.DIED, marks=(*CLEAR.marks, mark(DEATH, note="D 1, P 2"))), []),
    ],
)
def test_what_keeps_somebody_in(standing: Standing, still_open: list[str]) -> None:
    assert open_items(standing) == still_open
    assert all(line.todo is not None for line in interlock(standing) if not line.met)


def test_a_second_officer_signs_what_stands_there() -> None:
    lines = interlock(CLEAR)
    assert not second_line(CLEAR, lines).met
    signed = replace(CLEAR, marks=(*CLEAR.marks, mark(Item.SECOND, "sonia", subject=digest(lines))))
    assert second_line(signed, interlock(signed)).met
    later = replace(signed, holds={4: HELD})
    found = second_line(later, interlock(later))
    assert not found.met
    assert "something has changed since" in str(found.evidence[0])


# --- with a database, through the pages


@dataclass
class Desk:
    """A records officer with a release under way."""

    world: World
    rita: FlaskClient
    person: Person
    key: str = ""

    def post(self, address: str, form: dict[str, object], browser: FlaskClient | None = None) -> TestResponse:
        browser = browser or self.rita
        token = token_of(browser.get("/releases"))
        data = {"csrf_token": token, **form}
        return browser.post(address, data=data, content_type="multipart/form-data")

    def begin(self, reason: str = "bail") -> None:
        answer = self.post(f"/people/{self.person.number}/release", {"reason": reason})
        assert answer.status_code == 303, answer.text
        self.key = answer.location.rsplit("/", 1)[1]

    def act(self, act: str, **form: object) -> TestResponse:
        return self.post(f"/releases/{self.key}", {"act": act, **form})

    def vouch(self, what: str, note: str = "fare and letter", subject: str = "") -> TestResponse:
        return self.act("vouch", what=what, subject=subject, note=note)

    def order(self, reference: str = "BO 7", reason: ReleaseReason = ReleaseReason.BAIL) -> None:
        with session_scope(self.world.sessions) as session:
            value = OrderToRelease(reason=reason, reference=reference, issued_on=TODAY)
            booking = open_booking_of(session, self.person.id)
            assert booking is not None
            statement = Statement(
                RELEASE_ORDER, value, self.world.at, source=reference, booking_id=booking.id
            )
            state(session, self.person.id, statement, actor=RITA, at=self.world.at)

    def attest(self) -> None:
        assert self.vouch("attest", "known for years").status_code == 303
        signed = {"second_login": "sonia", "second_password": PASSWORD}
        assert self.act("attest_second", note="photo and tattoo", **signed).status_code == 303

    def sign(self, login: str = "sonia", password: str = PASSWORD) -> TestResponse:
        return self.act("second", second_login=login, second_password=password)

    def release(self) -> TestResponse:
        return self.post(f"/releases/{self.key}/release", {})

    def through(self) -> ReleaseRecord:
        """A whole release, by two officers' word."""
        self.order()
        self.begin()
        self.attest()
        self.vouch("conditions")
        assert self.sign().status_code == 303
        assert self.release().status_code == 303
        return self.record()

    def record(self) -> ReleaseRecord:
        with session_scope(self.world.sessions, writes=False) as session:
            found = record_of(session, 1)
            assert found is not None
            return found


@pytest.fixture
def desk(world: World) -> Desk:
    world.site()
    world.account("sonia", Role.SHIFT_SUPERVISOR)
    ana = world.person()
    with session_scope(world.sessions) as session:
        permit_zones(session, ana.id, ["block-a", "workshop"], world.at)
    world.later(minutes=10)
    return Desk(world, world.browser("rita", Role.RECORDS_OFFICER), ana)


def test_nobody_goes_while_a_line_is_open(desk: Desk) -> None:
    desk.begin()
    assert (desk.sign().status_code, desk.release().status_code) == (409, 409)
    with session_scope(desk.world.sessions, writes=False) as session:
        assert open_booking_of(session, desk.person.id) is not None


def test_two_officers_release_by_photo_and_order(desk: Desk) -> None:
    record = desk.through()
    with session_scope(desk.world.sessions, writes=False) as session:
        assert open_booking_of(session, desk.person.id) is None
        held = one(current(session, RELEASE, person_id=desk.person.id))
        assert held is not None
        assert (held.value.by, held.value.second, held.value.reference) == ("rita", "sonia", "BO 7")
        assert zones_of(session, [desk.person.id]) == {}
        assert is_genuine(desk.world.vault, record)
    page = desk.rita.get(f"/releases/records/{record.id}").text
    stood = page.partition("Conditions as they stood")[2].partition("</ul>")[0]
    assert stood.count(".</li>") == stood.count("</li>") > 5
    assert ".." not in stood, "each sentence ends once"
    assert "Certificate of release" in page
    assert "Signed by this hub, unchanged since" in page
    assert desk.release().status_code == 409  # not twice


def test_without_a_courts_paper_the_authority_is_the_signed_date_and_who_signed_it(desk: Desk) -> None:
    world, raul = desk.world, Actor("raul", "10.0.0.2")
    rule = Policy(name="Half", authority="Invented Act, s. 1", effective_on=date(2000, 1, 1), serve="1/2")
    value = Imposed(type=SentenceType.TERM, imposed_on=date(2025, 11, 20), term=Term(years=2))
    with session_scope(world.sessions) as session:
        policy = policies.draft(session, rule, actor=RITA, at=world.at)
        policies.accept(session, policy.id, actor=raul, at=world.at)
        statement = Statement(SENTENCE, value, world.at, source="W 7", booking_id=1)
        state(session, desk.person.id, statement, actor=RITA, at=world.at)
        first = signing.sign_first(session, 1, actor=RITA, at=world.at)
        signing.verify(session, first.id, actor=raul, at=world.at)
    desk.begin("sentence_served")
    desk.attest()
    desk.vouch("conditions")
    assert desk.sign().status_code == 303
    assert desk.release().status_code == 303
    record = desk.record()
    said = f"Verified release date {first.release_on}, signed by rita and raul"
    assert read_record(record).reference == said
    page = f"/releases/records/{record.id}"
    shown = desk.rita.get(page).text.partition("<dt>Authority</dt>")[2].partition("</div>")[0]
    assert "signed by rita and raul" in shown
    spanish = desk.rita.get(page, headers={"Accept-Language": "es"}).text
    assert spanish.count("firmada por rita y raul") == 2


def test_the_conditions_of_a_record_are_read_in_the_language_of_whoever_reads(desk: Desk) -> None:
    record = desk.through()
    page = f"/releases/records/{record.id}"
    english = "No other file of this person has an open stay."
    assert english in desk.rita.get(page).text
    spanish = desk.rita.get(page, headers={"Accept-Language": "es"}).text
    assert english not in spanish
    assert "Attested by" not in spanish
    older = Condition("stays", met=True, evidence=[english])
    assert [str(one) for one in older.sentences] == [english]


def test_the_record_is_added_once_and_a_changed_one_does_not_verify(desk: Desk) -> None:
    record = desk.through()
    with pytest.raises(DBAPIError), desk.world.engine.begin() as connection:
        connection.execute(text("UPDATE release_records SET content = 'x'"))
    other = ReleaseRecord(
        content=record.content.replace("BO 7", "BO 8"),
        signature=record.signature,
        public_key=record.public_key,
    )
    assert not is_genuine(desk.world.vault, other)
    assert not is_genuine(Vault(b"w" * 32), record)
    assert read_record(record).first_officer == "rita"


def test_the_record_proves_the_name_and_lets_it_go_with_the_file(desk: Desk) -> None:
    record = desk.through()
    page = f"/releases/records/{record.id}"
    assert "Novelo" not in record.content
    assert "NOVELO" not in record.content
    assert "NOVELO, Ana" in desk.rita.get(page).text
    desk.world.later(minutes=5)
    with session_scope(desk.world.sessions) as session:
        held = one(current(session, IDENTITY, person_id=desk.person.id))
        assert held is not None
        statement = Statement(IDENTITY, Identity(surname="Nunez", given="Ana"), desk.world.at, "Passport")
        correct(session, held.row, statement, reason="misread", actor=RITA, at=desk.world.at)
        assert named_in(session, record) == Named("NOVELO, Ana", proved=True), "as it was when it was signed"
    past_the_guards(
        desk.world, f"UPDATE facts SET value = replace(value, 'Novelo', 'Other') WHERE id = {held.row.id}"
    )
    assert "this name is not the one that was signed for" in desk.rita.get(page).text
    past_the_guards(desk.world, "DELETE FROM facts", "UPDATE persons SET surname = '', given = ''")
    gone = desk.rita.get(page).text
    assert "the name was deleted with the file" in gone
    assert "Signed by this hub, unchanged since" in gone


def past_the_guards(world: World, *statements: str) -> None:
    """As whoever administers the database could, and as a deletion leaves it."""
    with world.engine.begin() as connection:
        if world.engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE facts DISABLE TRIGGER USER"))
        else:
            for name in ("facts_no_update", "facts_no_delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        for statement in statements:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("login", "password", "sentence"),
    [
        ("rita", PASSWORD, "another person than the first"),
        ("otto", PASSWORD, "does not allow to sign"),
        ("sonia", "tr0ub4dor-and-3", "Login or password is wrong"),
        ("", "", "types login and password here"),
    ],
)
def test_a_second_officer_who_cannot_be(desk: Desk, login: str, password: str, sentence: str) -> None:
    desk.world.account("otto", Role.OFFICER)
    desk.order()
    desk.begin()
    desk.attest()
    desk.vouch("conditions")
    answer = desk.sign(login, password)
    assert (answer.status_code, sentence in answer.text) == (409, True)
    assert desk.release().status_code == 409


def test_the_second_officer_signs_at_an_own_screen(desk: Desk) -> None:
    desk.order()
    desk.begin()
    sonia = desk.world.browser("sofia", Role.SHIFT_SUPERVISOR)
    assert desk.vouch("attest", "known for years").status_code == 303
    assert (
        desk.post(f"/releases/{desk.key}/sign", {"act": "attest", "note": "photo"}, sonia).status_code == 303
    )
    desk.vouch("conditions")
    assert "Sign as second officer" in sonia.get(f"/releases/{desk.key}").text
    # The first officer cannot sign there either.
    assert desk.post(f"/releases/{desk.key}/sign", {"act": "sign"}).status_code == 409
    assert desk.post(f"/releases/{desk.key}/sign", {"act": "sign"}, sonia).status_code == 303
    assert desk.post(f"/releases/{desk.key}/release", {}, sonia).status_code == 403
    assert desk.release().status_code == 303


def test_a_hold_that_comes_after_the_signature_stops_the_release(desk: Desk) -> None:
    desk.order()
    desk.begin()
    desk.attest()
    desk.vouch("conditions")
    desk.sign()
    with session_scope(desk.world.sessions) as session:
        statement = Statement(HOLD, HELD, desk.world.at, source="IM 3", booking_id=1)
        fact = state(session, desk.person.id, statement, actor=RITA, at=desk.world.at)
    answer = desk.release()
    assert (answer.status_code, "Something is not met" in answer.text) == (409, True)
    assert "Immigration, IM 3: visa" in answer.text
    with session_scope(desk.world.sessions) as session:
        end(
            session,
            session.get_one(Fact, fact.id),
            HOLD,
            effective_at=desk.world.at,
            reason="given up by letter",
            actor=RITA,
            at=desk.world.at,
        )
    assert desk.release().status_code == 303


def test_a_finger_says_who_it_is_and_another_does_not(desk: Desk, prints: Prints) -> None:
    search = DuplicateSearch(desk.world.vault, desk.world.sessions)
    with session_scope(desk.world.sessions) as session:
        finger = prepare_finger(2, [prints[1, 1]])
        enrol_finger(session, desk.world.vault, search, desk.person.id, finger, at=desk.world.at, by="test")
    desk.begin()
    wrong = desk.act("finger", probe=(io.BytesIO(prints[2, 1]), "f.png"))
    assert (wrong.status_code, "The finger is not this person" in wrong.text) == (409, True)
    assert desk.act("finger").status_code == 409
    right = desk.act("finger", probe=(io.BytesIO(prints[1, 2]), "f.png"))
    assert right.status_code == 303
    assert "By finger, rita." in desk.rita.get(f"/releases/{desk.key}").text
    desk.world.later(minutes=61)
    assert "taken too long ago" in desk.world.browser("rosa").get(f"/releases/{desk.key}").text


def test_twin_property_and_orders_stand_in_the_way(desk: Desk) -> None:
    twin = desk.world.person("Novelo", "Ana")
    with session_scope(desk.world.sessions) as session:
        booking = session.get_one(Booking, 1)
        take_in(
            session,
            booking,
            [PropertyItem(what="Watch")],
            Signature(Signed.PAPER, "list 1"),
            actor=RITA,
            at=desk.world.at,
        )
        value = OrderToHold(kind=OrderKind.REMAND_ORDER, reference="RO 2", issued_on=TODAY)
        statement = Statement(ORDER, value, desk.world.at, source="RO 2", booking_id=1)
        item = state(session, desk.person.id, statement, actor=RITA, at=desk.world.at).id
    desk.order()
    desk.begin()
    desk.attest()
    page = desk.rita.get(f"/releases/{desk.key}").text
    assert twin.number in page
    assert "Things kept: 1." in page
    assert "RO 2 is in force" in page
    assert desk.vouch("property", " ").status_code == 409  # not without a word
    assert desk.vouch("authority", "I say so").status_code == 409  # read from the file alone
    desk.vouch("twins", "compared", twin.number)
    desk.vouch("property", "sent to the sister")
    with session_scope(desk.world.sessions, writes=False) as session:
        orders = [held.item for held in current(session, ORDER, person_id=desk.person.id)]
    assert item in orders
    for one_of in orders:
        desk.vouch("orders", "both cases are in the bail order", str(one_of))
    desk.vouch("conditions")
    assert desk.sign().status_code == 303
    assert desk.release().status_code == 303


def test_given_up_with_a_reason_the_person_stays(desk: Desk) -> None:
    desk.begin()
    assert desk.act("abandon", note="").status_code == 409
    assert desk.act("abandon", note="bail was not paid").status_code == 303
    assert desk.vouch("conditions").status_code == 409
    desk.begin()  # another one can be begun


def test_two_clerks_begin_one_release(desk: Desk) -> None:
    desk.begin()
    first = desk.key
    rosa = Desk(desk.world, desk.world.browser("rosa"), desk.person)
    rosa.begin()
    assert rosa.key == first


def test_whoever_may_not_and_nothing_there(desk: Desk) -> None:
    desk.begin()
    officer = desk.world.browser("otto", Role.OFFICER)
    addresses = (
        "/releases",
        f"/releases/{desk.key}",
        f"/people/{desk.person.number}/release",
        "/releases/records/1",
    )
    assert [officer.get(address).status_code for address in addresses] == [403] * 4
    assert desk.rita.get(f"/releases/{'0' * 32}").status_code == 404
    assert desk.rita.get("/releases/records/99").status_code == 404
    answer = desk.post(f"/people/{desk.person.number}/release", {"reason": "wish"})
    assert (answer.status_code, "Choose why" in answer.text) == (409, True)
    assert desk.rita.get("/people/P-000099/release").status_code == 404


# --- on paper, while all was dark


FORM = {
    "released_at": "2026-11-22T12:05",
    "reason": "bail",
    "reference": "BO 7",
    "paper": "R 31",
    "identity": "photo and order",
    "first": "Sgt Pech",
    "second_login": "sonia",
    "second_password": PASSWORD,
}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"released_at": "2026-11-22T13:05"}, "between the admission and now"),
        ({"released_at": "2026-11-20T13:05"}, "between the admission and now"),
        ({"released_at": "noon"}, "Write date and time"),
        ({"paper": ""}, "number of the paper form"),
        ({"first": " "}, "name of the first officer"),
        ({"second_login": "rita"}, "another person than the first"),
        ({"reason": "wish"}, "Choose why"),
    ],
)
def test_paper_that_cannot_be(desk: Desk, changes: dict[str, object], sentence: str) -> None:
    answer = desk.post(f"/people/{desk.person.number}/release/paper", {**FORM, **changes})
    assert (answer.status_code, sentence in answer.text) == (409, True)
    assert "photo and order" in answer.text  # nothing typed is lost
    assert PASSWORD not in answer.text


def test_a_release_on_paper_is_entered_afterwards_whatever_the_interlock_says(desk: Desk) -> None:
    desk.begin()
    answer = desk.post(f"/people/{desk.person.number}/release/paper", {**FORM, "reason": "order_ended"})
    assert answer.status_code == 303
    with session_scope(desk.world.sessions) as session:
        check_releases(session, desk.world.at)
        assert [one.what for one in open_doubts(session)] == ["order"], "an order was in force all the same"
    with session_scope(desk.world.sessions, writes=False) as session:
        booking = session.get_one(Booking, 1)
        assert booking.released_at == datetime(2026, 11, 22, 18, 5, tzinfo=UTC)
    record = read_record(desk.record())
    assert (record.entered_afterwards, record.paper, record.first_officer) == (True, "R 31", "Sgt Pech")
    assert {line.item: line.met for line in record.conditions}["authority"] is False
    assert desk.release().status_code == 409
    assert "Release form" in desk.rita.get("/releases/form").text


def test_two_who_enter_one_release_from_paper_make_one(desk: Desk) -> None:
    world = desk.world
    world.later(minutes=9)
    paper = OnPaper(NOON + timedelta(minutes=5), ReleaseReason.BAIL, "BO 7", "R 31", "photo", "Sgt Pech")
    refused: list[str] = []

    def enter(session: Session) -> None:
        person = session.get_one(Person, desk.person.id)
        second = Actor("sonia", "10.0.0.1")
        enter_afterwards(session, world.vault, person, paper, second, actor=RITA, at=world.at)

    def enter_too() -> None:
        with session_scope(world.sessions) as session:
            try:
                enter(session)
            except RefusedError as error:
                refused.append(error.code)

    other = threading.Thread(target=enter_too)
    with session_scope(world.sessions) as session:
        enter(session)
        other.start()
        other.join(timeout=0.3)  # it comes as far as it can before the first one commits
    other.join()
    assert refused == ["not_inside"]
    with session_scope(world.sessions, writes=False) as session:
        assert len(session.scalars(select(ReleaseRecord.id)).all()) == 1


# --- afterwards


def test_deletion_is_counted_by_receipts(desk: Desk) -> None:
    world = desk.world
    one_of, two = world.terminal("a-1"), world.terminal("w-1", "w-in")
    record = desk.through()
    whole = Scope(None, page=False)
    with session_scope(world.sessions) as session:
        before = Version(record.epoch, 0)
        told = changes(session, world.vault, before, Version(record.epoch, record.counter), whole)
        assert [number for part in told for number in part.removals] == [desk.person.number]
        assert deletion_of(session, record).waiting == 2
        note_receipt(session, one_of, "a-1", Version(record.epoch, record.counter - 1), world.at)
        note_receipt(session, two, "w-1", NOTHING, world.at)
        assert deletion_of(session, record).confirmed == 0
        note_receipt(session, one_of, "a-1", Version(record.epoch, record.counter), world.at)
        found = deletion_of(session, record)
    assert (found.confirmed, found.waiting) == (1, 1)
    page = desk.rita.get(f"/releases/records/{record.id}").text
    assert "1 of 2 terminals have confirmed" in page
    assert "not connected: deletes when it comes back" in page


def test_a_released_person_who_is_seen_rings_within_the_minute(desk: Desk) -> None:
    desk.through()
    watch = ReleaseWatch(desk.world.sessions)
    assert watch.tick(desk.world.at) == 0
    desk.world.later(minutes=2)
    desk.world.passage(desk.person)
    assert watch.tick(desk.world.at) == 1
    desk.world.later(minutes=2)
    assert watch.tick(desk.world.at) == 0  # once
    with session_scope(desk.world.sessions, writes=False) as session:
        (doubt,) = open_doubts(session)
        alarms = session.scalars(select(FeedItem.payload).where(FeedItem.kind == "alarm")).all()
    assert (doubt.what, doubt.number) == ("seen", desk.person.number)
    assert [alarm["what"] for alarm in alarms] == ["release_seen"]
    assert "A terminal let the released person pass" in desk.rita.get("/releases").text
    bare = desk.post("/releases/records/1", {"act": "settle", "doubt": doubt.id, "note": ""})
    assert bare.status_code == 409
    answer = desk.post(
        "/releases/records/1", {"act": "settle", "doubt": doubt.id, "note": "terminal was offline"}
    )
    assert answer.status_code == 303
    with session_scope(desk.world.sessions, writes=False) as session:
        assert open_doubts(session) == []


def test_a_hold_that_was_recorded_meanwhile_and_an_order_of_a_twin(desk: Desk) -> None:
    desk.through()
    twin = desk.world.person("Novelo", "Anna")
    with session_scope(desk.world.sessions) as session:
        at = desk.world.at
        hold = Statement(HOLD, HELD, at, source="IM 3", booking_id=1)
        state(session, desk.person.id, hold, actor=RITA, at=at)
        value = OrderToRelease(reason=ReleaseReason.BAIL, reference="BO 7", issued_on=TODAY)
        state(
            session,
            twin.id,
            Statement(RELEASE_ORDER, value, at, source="BO 7", booking_id=2),
            actor=RITA,
            at=at,
        )
        assert check_releases(session, at) == 2
        assert {doubt.what for doubt in open_doubts(session)} == {"hold", "twin_order"}


def test_a_release_recorded_in_error_is_taken_back(desk: Desk) -> None:
    desk.through()
    signed = {"second_login": "sonia", "second_password": PASSWORD}
    form = {"act": "take_back", "note": "wrong file was open", **signed}
    assert desk.post("/releases/records/1", {**form, "note": ""}).status_code == 409
    refused = desk.post("/releases/records/1", {**form, "second_login": "rita"})
    assert (refused.status_code, 'value="wrong file was open"' in refused.text) == (409, True)
    assert desk.post("/releases/records/1", dict(form)).status_code == 303
    with session_scope(desk.world.sessions, writes=False) as session:
        assert open_booking_of(session, desk.person.id) is not None
        assert zones_of(session, [desk.person.id]) == {desk.person.id: ["block-a", "workshop"]}
        assert current(session, RELEASE, person_id=desk.person.id) == []
    again = desk.post("/releases/records/1", dict(form))
    assert (again.status_code, "taken back already" in again.text) == (409, True)
    assert "This release was taken back" in desk.rita.get("/releases/records/1").text


def test_somebody_who_is_gone_and_should_not_be(desk: Desk) -> None:
    desk.through()
    bare = desk.post("/releases/records/1", {"act": "gone"})
    assert (bare.status_code, "Tell the police" in bare.text) == (400, True)
    assert desk.post("/releases/records/1", {"act": "gone", "police": "PR 8/2026"}).status_code == 303
    with session_scope(desk.world.sessions, writes=False) as session:
        (held,) = current(session, AT_LARGE, person_id=desk.person.id)
        booking = session.get_one(Booking, 1)
    assert (held.value.police, held.value.since_at) == ("PR 8/2026", booking.released_at)


def test_in_spanish(desk: Desk) -> None:
    desk.begin()
    desk.rita.set_cookie("pims-language", "es")
    assert "Autoridad para la salida" in desk.rita.get(f"/releases/{desk.key}").text
