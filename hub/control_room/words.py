"""What codes mean in words: decisions, rules, alarms. No code stands on a screen alone."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from wire.state import SensorWord

ALARMS: Final = {
    "fork": Sentence("Two different journal entries claim one place"),
    "cut_tail": Sentence("Journal entries are missing that were here before"),
    "quarantined": Sentence("An entry could not be applied"),
    "sensor": Sentence("A sensor does not answer properly"),
    "journal_set_aside": Sentence("A terminal put a damaged journal aside"),
    "other_link": Sentence("A journal no longer says what it said before"),
    "roll_ahead": Sentence("A terminal holds a newer roll than the hub"),
    "orders_ahead": Sentence("A terminal holds newer orders than the hub and takes no others"),
    "configuration_ahead": Sentence("A terminal holds a newer configuration than the hub"),
    "configuration_reverted": Sentence("A terminal took a configuration back by itself"),
    "configuration_refused": Sentence("A terminal refused a configuration"),
    "rollout_stopped": Sentence("A roll-out stopped because a terminal took harm"),
    "two_devices": Sentence(
        "Two devices speak as one terminal: its card was copied. Cut it off, and take a device in under a new name"
    ),
    "stolen": Sentence("A terminal was reported stolen"),
    "answers_differ": Sentence("Two officers answered one referral differently"),
    "referral_unanswered": Sentence("Nobody has answered a referral"),
    "pin_locked": Sentence("Too many wrong PINs at a terminal"),
    "door_duress": Sentence("Duress: somebody at a terminal needs help, send people quietly"),
    "door_forced": Sentence("A door was opened that nobody had released"),
    "door_tamper": Sentence("A terminal's housing is open"),
    "door_held_open": Sentence("A door is being held open"),
    "door_not_opened": Sentence("A door was released and nobody went through"),
    "door_hardware": Sentence("A gate's lock and lamp do not answer"),
    "docket_overdue": Sentence("Findings of the liberty docket are overdue: somebody's liberty is in doubt"),
    "backup_overdue": Sentence("No good backup for too long: ask the administrator to make one"),
    "release_seen": Sentence("A released person was seen at a terminal: look who went out"),
    "release_hold": Sentence("Somebody was released although another authority asks for them"),
    "release_order": Sentence("Somebody was released although an order holds them"),
    "release_early": Sentence("Somebody was released before the date that is reckoned now"),
    "release_twin_order": Sentence("An order to release stands on two files: look who went out"),
}

EVENTS: Final = {
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
