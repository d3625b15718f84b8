"""Every kind of alarm: how urgent it is, what it says, and what to do first. No code rings without standing here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.sentences import Sentence

MOST_URGENT: Final = 1
LEAST_URGENT: Final = 5

UNANSWERED: Final = "referral_unanswered"
"""Of a referral that stands in the same queue itself, with its own steps: it gets no row beside that."""
TEST: Final = "test"
TERMINAL_DOWN: Final = "terminal_down"
CALL: Final = "call"


class Rings(StrEnum):
    """What a repetition of an open cause does once somebody has acknowledged it."""

    EACH = "each"
    """Asks for somebody anew: every cry for help is one."""
    AFTER_OVER = "after_over"
    """Asks for somebody anew only when the cause had ended in between."""


@dataclass(frozen=True)
class Code:
    """`rank` 1 (life) to 5 (may wait for the day). `group` is what storms are grouped by, the code itself if empty.

    `first` says what to do first, None where the words of the alarm say enough.
    """

    rank: int
    words: Sentence
    first: Sentence | None = None
    group: str = ""
    rings: Rings = Rings.AFTER_OVER


_SEND: Final = Sentence("Acknowledge it, then send the nearest officers by radio.")
_FIND: Final = Sentence(
    "Ask the officers of both places by radio. Nobody is absent until somebody has looked."
)
_LOOK: Final = Sentence("Send somebody to look.")

CODES: Final[dict[str, Code]] = {
    # Life, and who is missing.
    CALL: Code(1, Sentence("Call for help"), _SEND, rings=Rings.EACH),
    "door_duress": Code(
        1,
        Sentence("Duress: somebody at a terminal needs help, send people quietly"),
        Sentence("Acknowledge it and send people without calling the place."),
        rings=Rings.EACH,
    ),
    "keep_apart_met": Code(1, Sentence("Two people who must be kept apart are in one place"), _SEND),
    "pass_unaccounted": Code(1, Sentence("Somebody on a move is unaccounted for"), _FIND, "passes"),
    "keep_apart_at_gate": Code(1, Sentence("Two people who must be kept apart stand at one gate"), _SEND),
    "left_without_authority": Code(1, Sentence("Somebody went out without authority"), _FIND),
    "muster": Code(
        1,
        Sentence("Muster: look for everybody who was in the building"),
        Sentence("Open the muster under Headcounts: the list of who was not seen is the work."),
    ),
    "count_missed": Code(1, Sentence("Somebody is missing after a headcount"), _FIND),
    "release_seen": Code(
        1,
        Sentence("A released person was seen at a terminal: look who went out"),
        Sentence("Stop releases at the gate and compare the photo."),
    ),
    # Somebody has to go or to decide within minutes.
    "keep_apart_converging": Code(
        2,
        Sentence("Two people who must be kept apart are about to meet"),
        Sentence("Hold one of the two where they are, by radio."),
    ),
    "door_forced": Code(2, Sentence("A door was opened that nobody had released"), _LOOK),
    "door_tamper": Code(2, Sentence("A terminal's housing is open"), _LOOK),
    "stolen": Code(2, Sentence("A terminal was reported stolen")),
    "two_devices": Code(
        2,
        Sentence(
            "Two devices speak as one terminal: its card was copied. Cut it off, and take a device in under a new name"
        ),
    ),
    "fork": Code(2, Sentence("Two different journal entries claim one place"), group="journals"),
    "cut_tail": Code(2, Sentence("Journal entries are missing that were here before"), group="journals"),
    "other_link": Code(2, Sentence("A journal no longer says what it said before"), group="journals"),
    "release_hold": Code(2, Sentence("Somebody was released although another authority asks for them")),
    "release_order": Code(2, Sentence("Somebody was released although an order holds them")),
    "release_early": Code(2, Sentence("Somebody was released before the date that is reckoned now")),
    "release_twin_order": Code(2, Sentence("An order to release stands on two files: look who went out")),
    "absence_overdue": Code(2, Sentence("Somebody is late coming back from outside"), _FIND),
    "court_no_way": Code(
        2,
        Sentence("A date in court that nobody is taken to"),
        Sentence(
            "Tell the records office and the court: the person is out then for something else, or not allowed."
        ),
    ),
    "absence_not_left": Code(
        3, Sentence("Somebody should have left for outside and has not"), group="passes"
    ),
    "inside_while_away": Code(
        2,
        Sentence("Somebody who is out by the record was seen inside"),
        Sentence("Compare the photo at the terminal. If they are back, enter the return."),
    ),
    "group_short": Code(2, Sentence("A group came through with fewer people than it took"), _FIND),
    "count_revised": Code(2, Sentence("A late slip changed a headcount that was cleared")),
    "two_places": Code(2, Sentence("One person was seen in two places at once"), _FIND),
    "order_unconfirmed": Code(
        2, Sentence("A terminal does not confirm an order: use the radio"), group="orders"
    ),
    # Today's work of the control room.
    TERMINAL_DOWN: Code(3, Sentence("Terminal not connected"), group="terminals"),
    "pass_overdue": Code(3, Sentence("Somebody on a move is overdue"), _FIND, "passes"),
    "impossible_travel": Code(
        3, Sentence("Somebody was seen in two places too soon after each other"), _FIND
    ),
    "count_flagged": Code(3, Sentence("A count slip needs a look"), group="counts"),
    "count_not_held": Code(3, Sentence("A headcount of the schedule was not held"), group="counts"),
    "count_not_frozen": Code(
        3, Sentence("Movement was to stop for a headcount, and nobody has stopped it"), group="counts"
    ),
    "running_count": Code(
        3,
        Sentence("The running count of this shift is not on paper"),
        Sentence("Print it by hand under Headcounts, then ask the administrator why the timer failed."),
    ),
    "count_late_unit": Code(3, Sentence("A unit has not sent in its count"), _LOOK, "counts"),
    "pin_locked": Code(3, Sentence("Too many wrong PINs at a terminal")),
    "answers_differ": Code(3, Sentence("Two officers answered one referral differently")),
    "zone_over": Code(3, Sentence("More people are in a zone than it takes")),
    "door_held_open": Code(3, Sentence("A door is being held open"), _LOOK),
    "door_not_opened": Code(4, Sentence("A door was released and nobody went through")),
    "door_hardware": Code(3, Sentence("A gate's lock and lamp do not answer"), _LOOK),
    "sensor": Code(3, Sentence("A sensor does not answer properly"), group="sensors"),
    "orders_ahead": Code(3, Sentence("A terminal holds newer orders than the hub and takes no others")),
    "docket_overdue": Code(
        3, Sentence("Findings of the liberty docket are overdue: somebody's liberty is in doubt")
    ),
    "test_missed": Code(3, Sentence("Nobody answered the test alarm of the shift")),
    # A technician or the day.
    "quarantined": Code(4, Sentence("An entry could not be applied"), group="quarantine"),
    "journal_set_aside": Code(4, Sentence("A terminal put a damaged journal aside")),
    "shift_differs": Code(4, Sentence("A unit was taken over with another number than the hub has")),
    "roll_ahead": Code(4, Sentence("A terminal holds a newer roll than the hub")),
    "plan_ahead": Code(4, Sentence("A terminal holds a newer plan of moves than the hub")),
    "configuration_ahead": Code(4, Sentence("A terminal holds a newer configuration than the hub")),
    "configuration_reverted": Code(
        4, Sentence("A terminal took a configuration back by itself"), group="rollouts"
    ),
    "configuration_refused": Code(4, Sentence("A terminal refused a configuration"), group="rollouts"),
    "rollout_stopped": Code(4, Sentence("A roll-out stopped because a terminal took harm")),
    "backup_overdue": Code(4, Sentence("No good backup for too long: ask the administrator to make one")),
    UNANSWERED: Code(1, Sentence("Nobody has answered a referral")),
    "agency_asks_often": Code(
        3,
        Sentence("An agency has asked by finger, or for fingers, as often as it may in a day"),
        Sentence(
            "Look at its requests. If they look like a trawl and no investigation, refuse them and call it."
        ),
    ),
    "agency_tries_numbers": Code(
        3,
        Sentence("A program of an agency has asked about many numbers that nobody here has"),
        Sentence("Call the agency. If it cannot say why, take the program's certificate back."),
    ),
    "inbox_liberty_overdue": Code(
        2,
        Sentence("What an agency sent may let somebody go, and nobody has decided on it in time"),
        Sentence("Call the records officer on duty: it stands first under What agencies sent."),
        "inbox",
    ),
    "inbox_overdue": Code(
        3,
        Sentence("What an agency sent says how long somebody is held, and lies longer than it may"),
        Sentence("Call the records office: it stands under What agencies sent."),
        "inbox",
    ),
    "escape_not_told": Code(
        2,
        Sentence("An escape has not reached the agency that hunts"),
        Sentence("Telephone the agency now, and read the reference of the stay to it."),
        "agencies",
    ),
    "agency_given_up": Code(
        3,
        Sentence("Something for an agency was given up: it knows nothing of it"),
        Sentence("Open the agency under Agencies: send it again, or tell the agency by hand."),
        "agencies",
    ),
    "agency_silent": Code(
        3,
        Sentence("An agency has not taken for a day what was sent or lies ready"),
        Sentence("Call the agency. Under Agencies stands what its program answers."),
        "agencies",
    ),
    "agency_certificate": Code(
        4,
        Sentence("A certificate between an agency and us runs out soon"),
        Sentence("Ask the administrator: a new one must be in use before."),
        "agencies",
    ),
    TEST: Code(
        5,
        Sentence("Test alarm of the shift"),
        Sentence("Acknowledge it: that proves that alarms are seen and heard here."),
    ),
}

_UNKNOWN: Final = Code(3, Sentence("Alarm"))


def code_of(code: str) -> Code:
    """What is known of a code; one of a later version is an alarm of the middle rank."""
    return CODES.get(code, _UNKNOWN)


def group_of(code: str) -> str:
    """What storms of this code are grouped by."""
    return code_of(code).group or code


ENDS: Final = {"sensor": "sensor"}
"""Lines about a terminal that tell the end of a cause; besides them every `<code>_over`."""


def ended_by(what: str) -> str | None:
    """The code whose cause a line about a terminal says is over, None when it says no such thing."""
    if what in ENDS:
        return ENDS[what]
    base = what.removesuffix("_over")
    return base if base != what and base in CODES else None


class CloseReason(StrEnum):
    """Why an alarm was closed."""

    DEALT_WITH = "DEALT_WITH"
    FALSE = "FALSE"
    DRILL = "DRILL"
    REPAIRED = "REPAIRED"
    DOUBLE = "DOUBLE"
    OTHER = "OTHER"


CLOSE_REASONS: Final = {
    CloseReason.DEALT_WITH: Sentence("Dealt with"),
    CloseReason.FALSE: Sentence("False alarm"),
    CloseReason.DRILL: Sentence("Drill or test"),
    CloseReason.REPAIRED: Sentence("Repaired"),
    CloseReason.DOUBLE: Sentence("Told by another alarm as well"),
    CloseReason.OTHER: Sentence("Something else"),
}
