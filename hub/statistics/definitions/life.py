"""What happens inside: deaths, incidents, visits, complaints."""

from __future__ import annotations

from typing import Final

from hub.sentences import Sentence
from hub.statistics.definitions.model import Indicator, Sort, Unit

DEATHS: Final = Indicator(
    "deaths",
    Sentence("Deaths in custody"),
    Sentence("Stays that ended in the period by death."),
    Sentence("Number of releases with the reason died"),
    Sentence("Releases on the files"),
    Unit.EVENTS,
    Sort.FLOW,
    (Sentence("Causes are clinical and not in this register."),),
    (("SEX",), ("JUVENILE",)),
)

INCIDENTS: Final = Indicator(
    "incidents",
    Sentence("Incidents"),
    Sentence("Incidents reported as having happened in the period."),
    Sentence("Number of incidents by the sort in the newest report"),
    Sentence("The book of incidents"),
    Unit.EVENTS,
    Sort.FLOW,
    (Sentence("More reports can mean more incidents or better reporting."),),
    (("INCIDENT",),),
)

ASSAULTS: Final = Indicator(
    "assaults",
    Sentence("Assaults"),
    Sentence("Incidents of the sort assault in the period; fights are counted apart."),
    Sentence("Number of incidents of the sort assault"),
    Sentence("The book of incidents"),
    Unit.EVENTS,
    Sort.FLOW,
)

VISITS: Final = Indicator(
    "visits",
    Sentence("Visits that took place"),
    Sentence("Visits in the period that took place, to the end or not."),
    Sentence("Number of visits with such an outcome"),
    Sentence("The book of visits"),
    Unit.EVENTS,
    Sort.FLOW,
    (),
    (("VISIT",),),
)

COMPLAINTS: Final = Indicator(
    "complaints_in_time_share",
    Sentence("Complaints answered in time"),
    Sentence("Complaints whose answer was due in the period and that were answered by then, in per cent."),
    Sentence("Answered on or before the day due / due in the period × 100"),
    Sentence("The book of complaints"),
    Unit.PERCENT,
    Sort.RATIO,
    (Sentence("Confidential complaints are counted with the others, never shown apart."),),
)

ALL: Final = (DEATHS, INCIDENTS, ASSAULTS, VISITS, COMPLAINTS)
