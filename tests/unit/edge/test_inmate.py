"""The inmate's side: every moment in every language, told apart without colour, and nobody's data on it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from edge.barrier.signals import Signals
from edge.decision import NO_ORDERS, Again, Answer, Finger, InForce
from edge.errors import StartError
from edge.inmate.front import TURN_S, InmateFront, Picture
from edge.inmate.looks import LOOKS
from edge.inmate.moments import OUT_OF_SERVICE, REST, Moment, NoFront, Sign, moment_of
from edge.inmate.page import blueprint
from edge.inmate.words import FOLDER, OTHER_FINGER, load_languages
from matching.quality import Advice
from wire.happenings import Decision

LANGUAGES = load_languages()


class World:
    """A clock, orders, and a barrier that writes down what it was told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.orders = NO_ORDERS
        self.shown: list[tuple[Sign, bool]] = []
        self.grants = 0
        self.front = InmateFront(LANGUAGES, ["en", "es"], self, lambda: self.orders, lambda: self.now)

    def show(self, sign: Sign, aloud: bool) -> None:
        self.shown.append((sign, aloud))

    def grant(self) -> None:
        self.grants += 1

    def line(self) -> str:
        return self.front.picture().line


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("language = 'en'", "name"),
        ("this is no toml", "cannot be read"),
        ((FOLDER / "es.toml").read_text(), "say they are «es»"),
        ((FOLDER / "en.toml").read_text().replace('wait = "Wait here"\n', ""), "lack wait"),
        ((FOLDER / "en.toml").read_text().replace("Wait here", "Wait " * 20), "length"),
    ],
)
def test_a_file_of_lines_that_is_wrong_is_refused_by_name(tmp_path: Path, content: str, what: str) -> None:
    (tmp_path / "en.toml").write_text(content)
    with pytest.raises(StartError, match=what) as refused:
        load_languages(tmp_path)
    assert "en.toml" in str(refused.value)


def test_english_spanish_and_kriol_say_everything() -> None:
    assert set(LANGUAGES) == {"en", "es", "bzj"}
    wanted = {advice.value for advice in Advice} - {"ok"} | {"sensor", OTHER_FINGER}
    for language in LANGUAGES.values():
        assert set(language.advice) == wanted
        assert set(language.signs) == set(Sign)
        assert isinstance(language.reviewed_by, str)


def test_kriol_says_that_a_speaker_is_to_confirm_it() -> None:
    assert LANGUAGES["bzj"].to_confirm
    assert LANGUAGES["bzj"].reviewed_by == ""


def test_no_two_signs_look_alike_even_without_colour() -> None:
    for one, other in combinations(Sign, 2):
        assert LOOKS[one].symbol != LOOKS[other].symbol
        assert LOOKS[one].lamp != LOOKS[other].lamp
    loud = [look.sound for look in LOOKS.values() if look.sound]
    assert len(loud) == len(set(loud))


@pytest.mark.parametrize(
    ("response", "sign"),
    [
        (Answer(Decision.REFUSE, "zone_not_allowed", "P-000001"), Sign.NOT_HERE),
        (Answer(Decision.REFER, "not_recognised", None), Sign.OFFICER),
        (Answer(Decision.REFUSE, "lockdown", None), Sign.WAIT),
        (Answer(Decision.ADMIT, "expected", "P-000001"), Sign.GO),
        (Answer(Decision.ADMIT, "evacuation", None), Sign.EVACUATION),
        (Again("press harder"), Sign.AGAIN),
    ],
)
def test_each_answer_has_its_sign(response: Again | Answer, sign: Sign) -> None:
    assert moment_of(response, "es").sign is sign


def test_the_line_says_how_to_do_it_better_and_which_finger() -> None:
    english = LANGUAGES["en"]
    assert english.line(moment_of(Again("press harder"))) == "Press harder"
    assert english.line(moment_of(Again("press harder", Finger.OTHER))) == "Use another finger"
    assert english.line(moment_of(Again(""))) == "Try again"
    assert english.line(moment_of(Again("a word of a later version"))) == "Try again"


def test_before_anybody_is_known_the_sites_languages_take_turns(world: World) -> None:
    world.front.show(REST)
    assert world.line() == "Put your finger on the glass"
    world.now += TURN_S
    assert world.line() == "Ponga el dedo en el cristal"
    world.now += TURN_S
    assert world.line() == "Put your finger on the glass"


def test_a_known_person_reads_their_own_language(world: World) -> None:
    world.front.show(Moment(Sign.GO, language="bzj"))
    assert world.line() == LANGUAGES["bzj"].signs[Sign.GO]
    world.front.show(Moment(Sign.GO, language="xx"))
    assert world.line() == "Go through"


def test_the_picture_holds_a_sign_and_nothing_of_anybody(world: World) -> None:
    world.front.show(moment_of(Answer(Decision.REFUSE, "zone_not_allowed", "P-000001"), "en"))
    assert set(Picture.__struct_fields__) == {
        "sign",
        "symbol",
        "colour",
        "line",
        "language",
        "sound",
        "repeats",
        "serial",
        "count",
    }
    assert "P-000001" not in str(world.front.picture())
    assert "zone" not in str(world.front.picture())


def test_each_answer_is_heard_once_and_rest_is_silent(world: World) -> None:
    before = world.front.picture().serial
    for moment in (Moment(Sign.AGAIN), Moment(Sign.AGAIN), REST):
        world.front.show(moment)
    assert world.front.picture().serial == before + 2
    assert [aloud for _sign, aloud in world.shown] == [True, True, False]


def test_while_an_order_holds_nobody_is_asked_to_come(world: World) -> None:
    world.front.show(REST)
    world.orders = InForce(lockdown=True)
    world.front.look_again()
    assert world.front.picture().sign == "wait"
    world.front.show(Moment(Sign.BUSY))
    assert world.front.picture().sign == "busy"
    world.orders = InForce(evacuate=True, lockdown=True)
    world.front.look_again()
    assert world.front.picture().sign == "evacuation"
    world.orders = NO_ORDERS
    world.front.look_again()
    assert world.front.picture().sign == "busy"


def test_out_of_service_gives_way_to_an_evacuation_alone(world: World) -> None:
    world.orders = InForce(lockdown=True)
    world.front.show(OUT_OF_SERVICE)
    assert world.front.picture().sign == "out_of_service"
    world.orders = InForce(evacuate=True)
    world.front.look_again()
    assert world.front.picture().sign == "evacuation"


def test_a_grant_goes_to_the_lock(world: World) -> None:
    world.front.grant()
    assert world.grants == 1
    NoFront().grant()


def test_lamp_and_buzzer_keep_their_rhythm() -> None:
    signals = Signals()
    assert signals.lamp(0.0) == (False, False, False)
    signals.show(Sign.NOT_HERE, True, 10.0)
    assert [signals.lamp(10.0 + at)[0] for at in (0.0, 0.2, 0.3, 0.45, 0.5)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert [signals.sounds(10.0 + at) for at in (0.0, 0.15, 0.25, 0.35, 0.45, 0.6)] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    signals.show(Sign.GO, False, 20.0)
    assert signals.lamp(29.0) == (False, True, False)
    assert not signals.sounds(20.0)
    signals.show(Sign.EVACUATION, False, 30.0)
    assert signals.sounds(99.0)


def page_of(ask: Callable[[], Picture]) -> FlaskClient:
    app = Flask("inmate-page")
    app.register_blueprint(blueprint(ask))
    return app.test_client()


def test_the_page_says_out_of_service_when_the_agent_does_not_answer() -> None:
    def nobody() -> Picture:
        raise StartError("The agent does not answer.")

    page = page_of(nobody)
    told = page.get("/inmate/moment").get_json()
    assert (told["sign"], told["sound"]) == ("out_of_service", [])
    assert told["line"] in {language.signs[Sign.OUT_OF_SERVICE] for language in LANGUAGES.values()}
    assert page.get("/inmate").status_code == 200


def test_the_page_draws_every_symbol_and_holds_no_script_or_style_of_its_own(world: World) -> None:
    page = page_of(world.front.picture)
    content = page.get("/inmate").get_data(as_text=True)
    for look in LOOKS.values():
        assert f'<symbol id="{look.symbol}"' in content
    assert "<style" not in content
    assert " style=" not in content
    assert content.count("<script") == content.count('<script type="module" src=') == 1
    for name in ("inmate.css", "inmate.js"):
        assert page.get(f"/inmate/static/{name}").status_code == 200


def test_the_pages_script_gets_the_moment_as_it_is(world: World) -> None:
    page = page_of(world.front.picture)
    world.front.show(moment_of(Again("too dry"), "en"))
    told = page.get("/inmate/moment").get_json()
    assert told["line"] == "Too dry. Breathe on your finger"
    assert told["symbol"] == "again"
    assert told["sound"] == [[880, 90], [0, 90], [880, 90]]
