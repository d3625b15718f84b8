"""Words of the site's pages."""

from __future__ import annotations

from typing import Final

from hub.movements.records import ZoneKind
from hub.movements.site.forms import Kind
from hub.sentences import Sentence

ZONE_KINDS: Final = {
    ZoneKind.BLOCK: Sentence("Block"),
    ZoneKind.TIER: Sentence("Tier"),
    ZoneKind.CELL: Sentence("Cell"),
    ZoneKind.HOLDING_CELL: Sentence("Holding cell"),
    ZoneKind.MOVEMENT_AREA: Sentence("Yard, hall or corridor"),
    ZoneKind.WORKSHOP: Sentence("Workshop, school or other work"),
    ZoneKind.CLINIC: Sentence("Clinic"),
    ZoneKind.VISITS: Sentence("Visits"),
    ZoneKind.COURT: Sentence("Court"),
    ZoneKind.OUTSIDE: Sentence("Outside"),
}
THINGS: Final = {
    Kind.SITE: Sentence("Site"),
    Kind.ZONE: Sentence("Zone"),
    Kind.CHECKPOINT: Sentence("Checkpoint"),
    Kind.CURFEW: Sentence("Curfew"),
}
CHANGED: Final = {
    **{kind.value: words for kind, words in THINGS.items()},
    "plan": Sentence("Floor plan"),
    "tie": Sentence("Place on the plan"),
    "spot": Sentence("Place on the plan"),
}
FIELDS: Final = {
    "code": Sentence("Code"),
    "name": Sentence("Name"),
    "sort": Sentence("Place in lists"),
    "kind": Sentence("Kind"),
    "site": Sentence("Site"),
    "parent": Sentence("Lies in"),
    "is_unit": Sentence("Counts are taken here"),
    "certified": Sentence("Certified places"),
    "working": Sentence("Working places"),
    "maximum": Sentence("At most"),
    "needs_pass": Sentence("Nobody enters without a pass"),
    "is_locked_at_night": Sentence("Locked at night"),
    "closed": Sentence("Closed"),
    "from_zone": Sentence("From"),
    "to_zone": Sentence("Into"),
    "walk_s": Sentence("Seconds at the least from the middle of the one zone to the other"),
    "zones": Sentence("Zones"),
    "from_minute": Sentence("From"),
    "until_minute": Sentence("Until"),
    "weekdays": Sentence("Days on which it begins"),
    "floor": Sentence("Floor"),
    "shape": Sentence("Shape"),
    "plan": Sentence("Drawing"),
    "x": Sentence("From the left"),
    "y": Sentence("From the top"),
    "sha256": Sentence("Checksum"),
}
WEEKDAYS: Final = (
    Sentence("Monday"),
    Sentence("Tuesday"),
    Sentence("Wednesday"),
    Sentence("Thursday"),
    Sentence("Friday"),
    Sentence("Saturday"),
    Sentence("Sunday"),
)
LEFT_OUT: Final = {
    "script": Sentence("scripts"),
    "image": Sentence("pictures"),
    "use": Sentence("parts that point to others"),
    "foreignObject": Sentence("parts of other documents"),
    "handlers": Sentence("actions on parts"),
    "links": Sentence("links"),
    "unreadable": Sentence("parts that could not be read"),
}
"""What a drawing may hold that is not taken over; anything else is named as the file names it."""
