"""The officer's page against an agent that answers what the test wants: who may see what, and who may ask at all."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from edge.attestation.forms import (
    Attested,
    AttestQuestion,
    Home,
    Officer,
    OpenReferral,
    People,
    Person,
    Session,
)
from edge.desk.client import Desk
from edge.errors import DeskAbsentError, DeskRefusedError
from edge.inmate.front import Picture
from edge.kiosk.app import create_app
from edge.unit.forms import CallState, UnitFigures, UnitHome, UnitLine
from wire.happenings import Decision, EntryReference

PORT = 8090
HERE = f"http://127.0.0.1:{PORT}"
REFERENCE = EntryReference(terminal="block-a", journal_id=b"\x07" * 16, sequence=5)
NAME = f"{REFERENCE.journal_id.hex()}-5"
ANA = Person(person="P-000001", name="ARANA, Ana", photo=b"jpeg", attested=False, may_enter=True)
BETO = Person(person="P-000002", name="BOL, Beto", photo=b"", attested=True, may_enter=True)
HOME = Home(
    terminal="block-a",
    model="cell_block",
    checkpoint="block-a-in",
    from_zone="yard",
    to_zone="block-a",
    connected=False,
    sensor="ok",
    in_service=True,
    roll_version="1.5",
    roll_age_s=7_300,
    rules_version=None,
    rules_age_s=None,
    people=2,
    officers=1,
    queue=3,
    clock_sure=True,
    orders=["LOCKDOWN"],
    warnings=["away"],
    referrals=1,
    waiting_s=65,
)
LINE = UnitLine(
    unit="block-a",
    name="Block A",
    figures=UnitFigures(assigned=118, here=112, unproven=4, out=6, visiting=0, expected=115),
    blind=False,
    counts=0,
    to_accept=2,
    alarms=0,
    shift="TILLETT, Tom",
    shift_s=60,
)
T = TypeVar("T")


class Agent:
    """Answers by verb; an exception among the answers is raised. Keeps what it was asked."""

    def __init__(self) -> None:
        self.signed_in = False
        self.asked: list[tuple[str, Any]] = []
        referral = OpenReferral(
            reference=REFERENCE,
            rule="not_recognised",
            waiting_s=65,
            attempts=5,
            second_finger=False,
            recognised=False,
            candidates=[ANA],
        )
        picture = Picture(
            sign="come",
            symbol="hand",
            colour="blue",
            line="Come",
            language="en",
            sound=[],
            repeats=False,
            serial=1,
        )
        self.answers: dict[str, object] = {
            "home": HOME,
            "officers": [Officer(login="gomez", name="GOMEZ, Luz")],
            "sign_in": Session(token="token-1", login="gomez", name="GOMEZ, Luz", idle_s=120),
            "sign_out": None,
            "who": Officer(login="gomez", name="GOMEZ, Luz"),
            "referrals": [referral],
            "people": People(people=[BETO, ANA], found=2),
            "person": ANA,
            "attest": Attested(decision=Decision.ADMIT, rule="attested", name="ARANA, Ana"),
            "unit_home": UnitHome(units=[LINE], age_s=7, own=1),
            "call": CallState(sequence=9, age_s=0, at_hub=False, by=""),
            "call_state": CallState(sequence=9, age_s=4, at_hub=True, by=""),
            "inmate": picture,
        }

    def ask(self, verb: str, question: Any, answer: type[T]) -> T:
        self.asked.append((verb, question))
        if verb != "call" and hasattr(question, "token") and question.token != "token-1":
            raise DeskRefusedError("sign_in", "Nobody is signed in.")
        found = self.answers[verb]
        if isinstance(found, Exception):
            raise found
        return msgspec.convert(msgspec.to_builtins(found, builtin_types=(bytes,)), answer)

    def last(self, verb: str) -> Any:
        return [question for name, question in self.asked if name == verb][-1]


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
def page(agent: Agent) -> FlaskClient:
    return create_app(cast(Desk, agent), PORT).test_client()


def get(page: FlaskClient, path: str, base: str = HERE) -> TestResponse:
    return page.get(path, base_url=base)


def post(page: FlaskClient, path: str, form: Mapping[str, str] | None = None) -> TestResponse:
    found = re.search(r'name="csrf" content="([^"]+)"', get(page, "/").text)
    assert found is not None
    return page.post(path, base_url=HERE, data={"csrf": found[1], **(form or {})})


def sign_in(page: FlaskClient, onward: str = "") -> TestResponse:
    return post(page, "/sign-in/gomez", {"pin": "481526", "next": onward})


def routes(page: FlaskClient, method: str) -> list[str]:
    filled = {"name": NAME, "number": "P-000001", "login": "gomez", "rule": "attested", "unit": "block-a"}
    rules = [rule for rule in page.application.url_map.iter_rules() if method in (rule.methods or ())]
    return [
        re.sub(r"<(?:\w+:)?(\w+)>", lambda match: filled.get(match[1], "1"), rule.rule)
        for rule in rules
        if "static" not in rule.endpoint and not rule.endpoint.startswith("enrolment")
    ]


@pytest.mark.parametrize(
    "host", ["http://prison.example:8090", "http://127.0.0.1:80", "http://192.168.1.5:8090"]
)
def test_it_answers_to_its_own_name_alone(page: FlaskClient, host: str) -> None:
    for path in routes(page, "GET"):
        assert get(page, path, host).status_code == 421


def test_nothing_is_changed_without_the_forms_secret(page: FlaskClient, agent: Agent) -> None:
    sign_in(page)
    agent.asked.clear()
    paths = routes(page, "POST")
    assert len(paths) >= 6
    for path in paths:
        assert page.post(path, base_url=HERE).status_code == 403
        assert page.post(path, base_url=HERE, data={"csrf": "invented"}).status_code == 403
    assert {verb for verb, _question in agent.asked} <= {"who"}  # for the head of the page that says no


OPEN = {
    "/",
    "/state",
    "/sign-in",
    "/sign-in/gomez",
    "/done/attested",
    "/inmate",
    "/inmate/moment",
    "/more",
    "/panic",
    "/sign-in-finger/state",
    "/unit/choose/block-a",
}

ONWARD = {"/unit/choose/block-a"}
"""Open, and leads on."""


def test_names_and_photos_are_for_officers_who_signed_in(page: FlaskClient, agent: Agent) -> None:
    for path in routes(page, "GET"):
        answer = get(page, path)
        assert (answer.status_code in (302, 409)) == (path not in OPEN or path in ONWARD), path
        assert "ARANA" not in answer.text
        assert "P-000001" not in answer.text or answer.status_code == 302  # the address that was asked for
    asked = {verb for verb, question in agent.asked}
    assert asked <= {"home", "officers", "referrals", "inmate", "unit_home", "call_state"}


def test_every_answer_is_kept_by_nobody_and_takes_nothing_from_elsewhere(page: FlaskClient) -> None:
    sign_in(page)
    for path in [*routes(page, "GET"), "/nothing"]:
        answer = get(page, path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", answer.text), path


def test_the_cookie_is_for_this_page_alone(page: FlaskClient) -> None:
    sign_in(page)
    cookie = page.get_cookie("pims-page", domain="127.0.0.1")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Strict")


@pytest.mark.parametrize("onward", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere", ""])
def test_signing_in_leads_nowhere_else(page: FlaskClient, onward: str) -> None:
    assert sign_in(page, onward).headers["Location"] == "/"


def test_a_wrong_pin_is_said_and_signs_nobody_in(page: FlaskClient, agent: Agent) -> None:
    agent.answers["sign_in"] = DeskRefusedError(
        "wrong_pin", "That is not the PIN of this officer. Try again."
    )
    answer = sign_in(page, "/referral")
    assert answer.status_code == 403
    assert "not the PIN" in answer.text
    assert "481526" not in answer.text
    assert get(page, "/referral").status_code == 302


def test_the_first_page_says_where_it_is_how_it_stands_and_what_waits(page: FlaskClient) -> None:
    text = get(page, "/").text
    for words in ("block-a-in", "LOCKDOWN: nobody passes", "No connection to the hub", "Block A", "TILLETT"):
        assert words in text
    assert re.search(r"<b>112</b> <span>here, of 118", text)
    more = get(page, "/more").text
    for words in ("alone", "2 h", "as installed", "Roll, 2 people"):
        assert words in more


def test_while_a_count_is_blind_the_first_page_tells_no_number(page: FlaskClient, agent: Agent) -> None:
    blind = msgspec.structs.replace(LINE, figures=None, blind=True, counts=1)
    agent.answers["unit_home"] = UnitHome(units=[blind], age_s=7, own=1)
    agent.answers["home"] = msgspec.structs.replace(HOME, people=None)
    text = get(page, "/").text
    assert "COUNT OPEN" in text
    assert "112" not in text
    assert "118" not in text
    assert "people" not in get(page, "/more").text


def test_a_terminal_without_a_unit_offers_what_it_can(page: FlaskClient, agent: Agent) -> None:
    agent.answers["unit_home"] = UnitHome(units=[], age_s=None, own=0)
    text = get(page, "/").text
    assert "No unit is counted here" in text
    assert 'href="/roll"' in text
    assert re.search(r'class="badge">1<', text)
    assert 'data-since="65"' in text


def test_it_is_said_in_spanish_when_spanish_is_chosen(page: FlaskClient) -> None:
    assert post(page, "/language/es").status_code == 302
    text = get(page, "/more").text
    assert 'lang="es"' in text
    assert "sin central" in text
    assert post(page, "/language/xx").status_code == 404


def test_an_officer_answers_a_referral(page: FlaskClient, agent: Agent) -> None:
    assert sign_in(page, "/referral").headers["Location"] == "/referral"
    assert NAME in get(page, "/referral").text
    assert "data:image/jpeg;base64," in get(page, f"/referral/{NAME}").text
    assert "ARANA, Ana" in get(page, f"/referral/{NAME}/person/P-000001").text
    nothing_said = post(page, f"/referral/{NAME}/answer", {"person": "P-000001", "words": " "})
    assert "Say why" in nothing_said.text
    assert not any(verb == "attest" for verb, _question in agent.asked)
    answer = post(page, f"/referral/{NAME}/answer", {"person": "P-000001", "reason": "I know this person"})
    assert answer.headers["Location"] == "/done/attested"
    assert agent.last("attest") == AttestQuestion(
        token="token-1", referral=REFERENCE, person="P-000001", reason="I know this person"
    )
    post(page, f"/referral/{NAME}/answer", {"reason": "Left before I came", "words": "Ran to the yard"})
    assert agent.last("attest").person is None
    assert agent.last("attest").reason == "Ran to the yard"


def test_a_referral_that_was_answered_elsewhere_is_said(page: FlaskClient, agent: Agent) -> None:
    sign_in(page)
    agent.answers["attest"] = DeskRefusedError("answered", "This was answered already.")
    answer = post(page, f"/referral/{NAME}/answer", {"person": "P-000001", "reason": "x"})
    assert (answer.status_code, "answered already" in answer.text) == (409, True)
    agent.answers["referrals"] = []
    gone = get(page, f"/referral/{NAME}")
    assert (gone.status_code, "Nobody waits here any more" in gone.text) == (410, True)
    assert "Nobody waits for you" in get(page, "/referral").text


def test_a_word_sent_after_the_session_ended_says_nothing_and_leads_home_after_signing_in(
    page: FlaskClient, agent: Agent
) -> None:
    answer = post(page, f"/referral/{NAME}/answer", {"person": "P-000001", "reason": "x"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=")
    assert not [verb for verb, _question in agent.asked if verb == "attest"]
    assert sign_in(page, "").headers["Location"] == "/"


def test_only_a_standing_procedure_goes_through_from_the_roll(page: FlaskClient, agent: Agent) -> None:
    sign_in(page)
    agent.answers["home"] = msgspec.structs.replace(HOME, orders=[])
    assert "let them try their finger first" in get(page, "/roll/P-000001").text
    agent.answers["person"] = BETO
    assert "Standing procedure followed" in get(page, "/roll/P-000002").text
    post(page, "/roll/P-000002", {"reason": "Standing procedure followed"})
    assert agent.last("attest").referral is None


def test_in_a_lockdown_anybody_goes_through_on_the_officers_word(page: FlaskClient, agent: Agent) -> None:
    sign_in(page)
    agent.answers["home"] = msgspec.structs.replace(HOME, orders=["LOCKDOWN"])
    assert "Ordered by my supervisor" in get(page, "/roll/P-000001").text
    post(page, "/roll/P-000001", {"reason": "Medical emergency"})
    assert agent.last("attest").reason == "Medical emergency"


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(page: FlaskClient, agent: Agent) -> None:
    sign_in(page)
    get(page, "/referral/state")
    assert agent.last("referrals").active is False
    get(page, "/referral")
    assert agent.last("referrals").active is True


def test_help_is_sent_only_when_somebody_has_acknowledged_it(page: FlaskClient, agent: Agent) -> None:
    assert post(page, "/panic").json == {
        "sequence": 9,
        "age_s": 0,
        "at_hub": False,
        "heard": False,
        "away": True,
    }
    assert get(page, "/panic").json == {
        "sequence": 9,
        "age_s": 4,
        "at_hub": True,
        "heard": False,
        "away": True,
    }
    agent.answers["home"] = msgspec.structs.replace(HOME, connected=True)
    assert get(page, "/panic").json["away"] is False, "with the hub there somebody may answer yet"  # type: ignore[index]
    agent.answers["call_state"] = CallState(sequence=9, age_s=5, at_hub=True, by="reyes")
    answer = get(page, "/panic")
    assert answer.json is not None
    assert answer.json["heard"] is True
    assert "reyes" not in answer.text  # whoever walks by reads no name
    agent.answers["call_state"] = agent.answers["call"] = DeskAbsentError("The agent does not answer.")
    assert get(page, "/panic").status_code == 503
    assert post_without_agent(page) == 503


def post_without_agent(page: FlaskClient) -> int:
    with page.session_transaction(base_url=HERE) as kept:
        secret = kept["csrf"]
    return page.post("/panic", base_url=HERE, headers={"X-CSRF": secret}).status_code


def test_an_agent_that_is_down_is_said_and_help_by_radio(page: FlaskClient, agent: Agent) -> None:
    agent.answers["home"] = DeskAbsentError("The terminal's agent does not answer: use the radio.")
    answer = get(page, "/")
    assert (answer.status_code, "radio" in answer.text) == (503, True)
    assert 'id="panic"' in answer.text


def test_the_page_brings_no_engine_no_sensor_and_no_journal_along() -> None:
    code = "import sys, edge.kiosk.server; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = {name.split(".")[0] for name in found.split()}
    assert loaded & {"numba", "onnxruntime", "serial", "paho", "sqlite3", "argon2"} == set()
