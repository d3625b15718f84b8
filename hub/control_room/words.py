"""What codes mean in words: decisions, rules, alarms. No code stands on a screen alone."""

from __future__ import annotations

from typing import Final

from hub.movements.alarms.codes import CODES
from hub.sentences import Sentence
from wire.state import SensorWord

ALARMS: Final = {code: kind.words for code, kind in CODES.items()}

EVENTS: Final = {
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

SCREEN: Final = {
    "again": Sentence("Asked for the finger again"),
    "late": Sentence("told late"),
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
    "not_placed": Sentence("not placed"),
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
    "open_file": Sentence("Open the file"),
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
    "shown": Sentence("%(shown)s of %(total)s"),
}
"""What the scripts of the screen say."""
