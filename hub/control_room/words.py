"""What codes mean in words: decisions, rules, alarms. No code stands on a screen alone."""

from __future__ import annotations

from typing import Final

from hub.custody.absence import Why
from hub.custody.sentencing.dates import Certainty
from hub.headcount.words import STEPS as COUNT_STEPS
from hub.movements.alarms.codes import CODES
from hub.movements.passes.words import STATES as PASS_STATES
from hub.movements.whereabouts.words import DOUBTS, SOURCES
from hub.reception.words import DECISIONS, RULES
from hub.sentences import Sentence
from hub.web.language import current_language, messages
from wire.state import SensorWord

ALARMS: Final = {code: kind.words for code, kind in CODES.items()}

EVENTS: Final = {
    "area_reset": Sentence("Who is in an area is to be found out anew"),
    "area_reset_refused": Sentence("An area could not be reset"),
    "count": Sentence("Headcount"),
    "muster": Sentence("An emergency muster began"),
    "shift_taken": Sentence("A unit was taken over"),
    "alarm_taken": Sentence("An officer is on the way to an alarm"),
    "alarm_taken_late": Sentence("An officer was on the way to an alarm that was closed already"),
    "alarm_up": Sentence("An alarm that nobody answered went up"),
    "online": Sentence("Connected"),
    "offline": Sentence("No longer connected"),
    "started": Sentence("Started"),
    "sensor": Sentence("The sensor answers again"),
    "received": Sentence("Took over the new roll"),
    "configuration_applied": Sentence("Tries a new configuration"),
    "configuration_kept": Sentence("Keeps its configuration"),
    "orders_taken": Sentence("Acts by the orders"),
    "lockdown": Sentence("A lockdown was ordered"),
    "lockdown_over": Sentence("A lockdown was ended"),
    "evacuate": Sentence("An evacuation was ordered"),
    "evacuate_over": Sentence("An evacuation was ended"),
    "door_duress_over": Sentence("The duress button was let go"),
    "door_forced_over": Sentence("The door that was forced is shut"),
    "door_tamper_over": Sentence("The terminal's housing is shut"),
    "door_held_open_over": Sentence("The door is no longer held open"),
    "door_not_opened_over": Sentence("The door was used again"),
    "door_hardware_over": Sentence("The gate's lock and lamp answer again"),
    "door_interlocked": Sentence("The door stayed locked because the other door was open"),
    "door_safe_state": Sentence("The gate's lock went to its safe state"),
}
"""What a terminal says of itself that is no alarm."""

SENSORS: Final = {
    SensorWord.OK.value: Sentence("answers"),
    SensorWord.STARTING.value: Sentence("starting"),
    SensorWord.COVERED.value: Sentence("covered"),
    SensorWord.SILENCE.value: Sentence("does not answer"),
    SensorWord.GARBAGE.value: Sentence("answers nonsense"),
    SensorWord.REFUSAL.value: Sentence("refuses"),
    SensorWord.LOST.value: Sentence("not plugged in"),
    SensorWord.FAILED.value: Sentence("does not work"),
    SensorWord.LYING.value: Sentence("repeats itself"),
    SensorWord.OUT_OF_SERVICE.value: Sentence("out of service"),
}

DOORS: Final = {
    "shut": Sentence("shut"),
    "open": Sentence("open"),
    "locked": Sentence("locked"),
    "granted": Sentence("released for somebody"),
    "waiting": Sentence("waits for the other door"),
    "evacuation": Sentence("released: evacuation"),
    "no_hardware": Sentence("lock and lamp do not answer"),
}
"""How a gate's door stands."""

TERMINAL_ALARMS: Final = {
    "echo": Sentence("no answer from the hub"),
    "room": Sentence("little room in the journal"),
    "hot": Sentence("too hot"),
    "undervoltage": Sentence("supply too weak"),
    "clock": Sentence("clock off"),
    "door_forced": Sentence("door forced"),
    "door_held_open": Sentence("door held open"),
    "door_not_opened": Sentence("door not used"),
    "door_tamper": Sentence("housing open"),
    "gate_hardware": Sentence("gate does not answer"),
}
"""What a terminal says is wrong with itself. Duress is left out: this page stands open on many a desk."""

PROTECTION_SHORT: Final = {
    "none": Sentence("not protected"),
    "hub_released": Sentence("by the hub"),
    "tpm": Sentence("by its chip"),
}

LEVELS: Final = {
    "well": Sentence("well"),
    "trouble": Sentence("needs care"),
    "down": Sentence("not connected"),
    "unknown": Sentence("never heard"),
    "cut_off": Sentence("cut off"),
}

ROLL_WORDS: Final = {
    Why.COURT: Sentence("court"),
    Why.HOSPITAL: Sentence("hospital"),
    Why.TEMPORARY: Sentence("absence"),
    Why.FUNERAL: Sentence("funeral"),
    Why.WORK: Sentence("work outside"),
    Why.TRANSFER: Sentence("en route to another site"),
    Why.OTHER: Sentence("away for another reason"),
}

PARTS: Final = {
    "in": Sentence("in"),
    "outside": Sentence("outside without permission"),
    "not_placed": Sentence("not placed"),
    "other_site": Sentence("at another site"),
    **{why.value: words for why, words in ROLL_WORDS.items()},
}
"""What the roll is made of."""

MOVES: Final = {
    **{state.value: words for state, words in PASS_STATES.items()},
    "OUTSIDE": Sentence("Outside"),
    "OUTSIDE_LATE": Sentence("Late coming back"),
}

CERTAINTIES: Final = {
    Certainty.VERIFIED.value: Sentence("verified"),
    Certainty.UNVERIFIED.value: Sentence("not verified"),
    Certainty.NOT_LATER_THAN.value: Sentence("not later than"),
    Certainty.NO_DATE.value: Sentence("no date can be reckoned"),
}

SCREEN: Final = {
    "again": Sentence("Asked for the finger again"),
    "late": Sentence("told late"),
    "late_passages": Sentence("%(count)s late passages from %(terminals)s terminals came in"),
    "late_attempts": Sentence("%(count)s late attempts from %(terminals)s terminals came in"),
    "late_passages_of": Sentence("%(count)s late passages from %(terminal)s came in"),
    "late_attempts_of": Sentence("%(count)s late attempts from %(terminal)s came in"),
    "late_span": Sentence("From %(first)s to %(last)s"),
    "late_count": Sentence("Passages"),
    "late_why": Sentence(
        "These terminals were cut off, or this was entered from paper. "
        "Each entry stands in the trail of its person, and in the replay of its hour."
    ),
    "replay_from": Sentence("Replay"),
    "nobody": Sentence("nobody identified"),
    "unproven": Sentence("unproven"),
    "never_seen": Sentence("not seen yet"),
    "clock_unsure": Sentence("clock unsure"),
    "agrees": Sentence("agrees"),
    "differs": Sentence("differs by %(count)s"),
    "live": Sentence("Feed live"),
    "lost": Sentence("The feed is lost. What you see is %(age)s old. The hub is being called again."),
    "starting": Sentence("Calling the hub"),
    "signed_out": Sentence("You are signed out. Sign in again to go on watching."),
    "over": Sentence("over by %(count)s"),
    "of_capacity": Sentence("of %(count)s"),
    "terminal": Sentence("Terminal"),
    "roll": Sentence("Roll"),
    "time": Sentence("Time"),
    "decision": Sentence("Decision"),
    "rule": Sentence("Reason"),
    "person": Sentence("Person"),
    "checkpoint": Sentence("Checkpoint"),
    "way": Sentence("From and to"),
    "journal": Sentence("Journal entry"),
    "source": Sentence("Source"),
    "proven": Sentence("Last proof"),
    "zone": Sentence("Zone"),
    "heard": Sentence("Heard"),
    "queue": Sentence("Waiting to be sent"),
    "state": Sentence("State"),
    "advice": Sentence("What to do"),
    "open_person": Sentence("Open the person"),
    "open_page": Sentence("Open the page"),
    "with": Sentence("With %(name)s"),
    "with_nobody": Sentence("With nobody yet"),
    "noted": Sentence("Known to the hub"),
    "clock": Sentence("Clock"),
    "clock_sure": Sentence("sure"),
    "nothing": Sentence("not known"),
    "alarm": Sentence("Alarm"),
    "match": Sentence("Match"),
    "one_in": Sentence("score %(power)s: chance likeness of one in 10 to the power %(power)s"),
    "quality": Sentence("Finger image, of 100"),
    "hidden": Sentence("hidden while a count goes on"),
    "unlock": Sentence("unlock roll, from the records of midnight"),
    "unlock_counted": Sentence("unlock roll, from the count of %(time)s"),
    "came": Sentence("in since"),
    "went": Sentence("out since"),
    "late_back": Sentence("%(count)s late"),
    "elsewhere": Sentence("%(count)s more at other sites. Show all sites"),
    "elsewhere_rings": Sentence("%(count)s more at other sites, %(rings)s ring. Show all sites"),
    "and_more": Sentence("And %(count)s more."),
    "acknowledged": Sentence("Acknowledged: %(title)s"),
    "nothing_rings": Sentence("Nothing rings."),
    "sign_in": Sentence("Sign in in a new window"),
    "LOCKDOWN": Sentence("locked down"),
    "EVACUATE": Sentence("evacuated"),
    "likely": Sentence("likely"),
    "doubts": Sentence("Doubts"),
    "officer": Sentence("Officer"),
    "pass": Sentence("Pass"),
    "rank": Sentence("Rank %(rank)s of 5"),
    "up_supervisor": Sentence("with the shift supervisor"),
    "up_director": Sentence("with the director"),
    "cause_over": Sentence("Over: %(title)s"),
    "due": Sentence("by %(time)s"),
    "units_in": Sentence("%(units)s of %(all)s units in"),
    "waiting_for": Sentence("waiting for %(names)s"),
    "recount": Sentence("recount %(names)s"),
    "late_units": Sentence("late: %(names)s"),
    "well_of": Sentence("%(well)s of %(all)s well"),
    "nobody_found": Sentence("Nobody matches"),
    "sound_on": Sentence("Sound on"),
    "sound_blocked": Sentence("Sound is off: press any key"),
    "muted": Sentence("Muted %(time)s"),
}
"""What the scripts of the screen say."""


def screen_words() -> dict[str, dict[str, str]]:
    """Everything the scripts say, in the language of this request; places for values stay as %(name)s."""
    translated = messages(current_language())
    groups = {
        "decisions": DECISIONS,
        "rules": RULES,
        "sources": SOURCES,
        "alarms": ALARMS,
        "events": EVENTS,
        "levels": LEVELS,
        "parts": PARTS,
        "moves": MOVES,
        "doubts": DOUBTS,
        "count_steps": COUNT_STEPS,
        "screen": SCREEN,
    }
    return {
        group: {code: str(translated.get(sentence.text, sentence.text)) for code, sentence in words.items()}
        for group, words in groups.items()
    }
