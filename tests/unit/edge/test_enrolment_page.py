"""The enrolment desk's page: for a signed-in officer alone, and a sentence for everything the desk can say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace

from edge.attestation.forms import Officer
from edge.enrolment.forms import DeskView, FingerLine, OpenTask, Photo, TaskLine
from edge.enrolment.sequence import Word
from edge.errors import DeskRefusedError
from edge.kiosk import enrolment_page
from edge.kiosk.app import create_app
from matching import Advice
from wire.codec import Strict
from wire.enrolment import Stage, Unusable

from .test_enrolment_sequence import INDEX, THUMB

TASK = "a" * 32
LINE = TaskLine(
    task=TASK,
    person="P-000001",
    name="NOVELO, Ana",
    created_by="ada",
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
    stage=Stage.WAITING,
    done=0,
    of=2,
    has_photo=True,
)
OPEN = OpenTask(
    task=TASK,
    person="P-000001",
    name="NOVELO, Ana",
    has_photo=False,
    fingers=[
        FingerLine(position=INDEX, state="now", taken=1, quality=0),
        FingerLine(position=THUMB, state="open", taken=0, quality=0),
    ],
    position=INDEX,
    wanted=3,
    taken=1,
    said="taken",
    advice="",
    quality=70,
    like=None,
    unlike_known=False,
    glass="empty",
    is_hard=False,
    may_keep_best=False,
    complete=False,
)
VIEW = DeskView(serial=1, told=True, tasks=[LINE], open=None, to_send=0, notice="")


@dataclass
class Agent:
    """Answers as the agent does; `refusal` is raised for every act."""

    view: DeskView = VIEW
    signed_in: bool = True
    refusal: str = ""
    asked: list[tuple[str, Strict]] = field(default_factory=list)

    def ask(self, verb: str, question: Strict, _answer: type[Any]) -> Any:
        if verb == "who":
            if not self.signed_in:
                raise DeskRefusedError("sign_in", "Nobody is signed in.")
            return Officer(login="o7", name="Officer Seven")
        self.asked.append((verb, question))
        if self.refusal and verb not in ("enrol_view", "enrol_photo"):
            raise DeskRefusedError("no_task", self.refusal)
        return Photo(jpeg=b"\xff\xd8") if verb == "enrol_photo" else self.view


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
def browser(agent: Agent) -> FlaskClient:
    app = create_app(agent, 8090)  # type: ignore[arg-type]
    app.config["SERVER_NAME"] = "127.0.0.1:8090"  # the only one that the page answers to
    client = app.test_client()
    with client.session_transaction() as session:
        session["token"] = "good"
    return client


def csrf(browser: FlaskClient) -> str:
    found = re.search(r'name="csrf" content="([^"]+)"', browser.get("/enrolment/").text)
    assert found is not None
    return found[1]


def shown(browser: FlaskClient) -> str:
    return re.sub(r"\s+", " ", browser.get("/enrolment/").text)


def test_whoever_is_not_signed_in_is_sent_to_do_so(agent: Agent, browser: FlaskClient) -> None:
    agent.signed_in = False
    for address in ("", "state", f"task/{TASK}", f"photo/{TASK}", "cannot"):
        assert "/sign-in" in browser.get(f"/enrolment/{address}").location
    assert agent.asked == []


def test_no_act_without_the_pages_own_token(agent: Agent, browser: FlaskClient) -> None:
    for act in (f"begin/{TASK}", "redo/2", "unusable", "keep-best", "leave", "finish"):
        assert browser.post(f"/enrolment/{act}").status_code == 403
    assert agent.asked == []


def test_a_task_that_is_not_there_and_a_reason_that_is_none(browser: FlaskClient) -> None:
    assert browser.get(f"/enrolment/task/{'b' * 32}").status_code == 404
    answer = browser.post("/enrolment/unusable", data={"csrf": csrf(browser), "reason": "lazy"})
    assert answer.status_code == 404


def test_a_refusal_is_said_on_the_page(agent: Agent, browser: FlaskClient) -> None:
    agent.refusal = "The hub has taken this task back. Choose another."
    browser.post(f"/enrolment/begin/{TASK}", data={"csrf": csrf(browser)})
    assert agent.refusal in shown(browser)


def test_each_act_asks_the_agent_once(agent: Agent, browser: FlaskClient) -> None:
    token = csrf(browser)
    agent.asked.clear()
    for act, data in (
        (f"begin/{TASK}", {}),
        ("redo/2", {}),
        ("unusable", {"reason": Unusable.WORN.value, "note": "always"}),
        ("keep-best", {}),
        ("leave", {}),
        ("finish", {}),
    ):
        assert browser.post(f"/enrolment/{act}", data={"csrf": token, **data}).status_code == 303
    assert [verb for verb, _ in agent.asked] == [
        "enrol_begin",
        "enrol_redo",
        "enrol_unusable",
        "enrol_keep_best",
        "enrol_leave",
        "enrol_finish",
    ]


def test_who_sits_there_is_asked_with_the_photo(browser: FlaskClient) -> None:
    page = browser.get(f"/enrolment/task/{TASK}")
    assert "NOVELO, Ana" in page.text
    photo = browser.get(f"/enrolment/photo/{TASK}")
    assert (photo.mimetype, photo.headers["Cache-Control"]) == ("image/jpeg", "no-store")


def test_everything_the_desk_can_say_has_its_sentence(agent: Agent, browser: FlaskClient) -> None:
    assert set(enrolment_page.SAID) == {word.value for word in Word}
    assert {advice.value for advice in Advice} - {"ok"} <= set(enrolment_page.ADVICE)
    assert set(enrolment_page.REASONS) == set(Unusable)
    assert set(enrolment_page.STAGES) == {stage.value for stage in Stage}
    for word, sentence in enrolment_page.SAID.items():
        agent.view = replace(VIEW, open=replace(OPEN, said=word))
        assert sentence in shown(browser)


def test_what_helps_is_said_beside_it(agent: Agent, browser: FlaskClient) -> None:
    said = replace(OPEN, said="poor", advice="too dry", is_hard=True, may_keep_best=True, glass="lift")
    agent.view = replace(VIEW, open=said)
    page = shown(browser)
    assert "breathe on it" in page
    assert "Keep the best" in page
    assert "Lift the finger" in page
    agent.view = replace(VIEW, open=replace(OPEN, said="taken_before", like=7, unlike_known=True))
    page = shown(browser)
    assert "It looks like: Left index finger." in page
    assert "Check who sits here" in page


def test_when_all_are_done_the_result_can_be_sent_or_a_finger_taken_again(
    agent: Agent, browser: FlaskClient
) -> None:
    done = [
        FingerLine(position=INDEX, state="taken", taken=3, quality=80),
        FingerLine(position=THUMB, state="unusable", taken=0, quality=0),
    ]
    agent.view = replace(VIEW, open=replace(OPEN, fingers=done, complete=True, position=None))
    page = shown(browser)
    assert "3 images, 80" in page
    assert "cannot be taken" in page
    assert "/enrolment/finish" in page
    assert browser.get("/enrolment/cannot").status_code == 302


def test_an_empty_desk_says_why_it_is_empty(agent: Agent, browser: FlaskClient) -> None:
    agent.view = replace(VIEW, tasks=[])
    assert "Nobody is waiting to be enrolled here" in shown(browser)
    agent.view = replace(VIEW, tasks=[], told=False, to_send=2, notice="idle")
    page = shown(browser)
    assert "The hub has not been heard yet" in page
    assert "not at the hub yet: 2" in page
    assert "Nobody went on for five minutes" in page
