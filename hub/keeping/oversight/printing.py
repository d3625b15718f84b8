"""An access report as lines of plain text, for a hub whose pages are down."""

from __future__ import annotations

from collections.abc import Iterator

from hub.keeping.oversight.access import AccessReport
from hub.sentences import Sentence
from hub.web.formats import SITE_ZONE
from hub.web.language import say_in

TITLE = Sentence("Who looked at or changed the file of %(number)s")
MADE = Sentence("Made on %(day)s at %(time)s.")
MAY_LACK = Sentence(
    "Uses that the law lets be withheld, because they would endanger somebody or a search, may be missing here. "
    "Whoever doubts this report can ask the auditor, and the Data Protection Commissioner."
)
TIMES = Sentence("%(what)s (%(times)s times)")
NOBODY = Sentence("Nobody has looked at this file yet.")


def plain_report(report: AccessReport, language: str) -> Iterator[str]:
    """The report, line by line, in `language`."""
    made = report.made_at.astimezone(SITE_ZONE)
    yield say_in(language, Sentence(TITLE.text, {"number": ", ".join(report.numbers)}))
    yield say_in(language, Sentence(MADE.text, {"day": made.date(), "time": made.strftime("%H:%M")}))
    yield ""
    for use in report.uses:
        at = use.first_at.astimezone(SITE_ZONE)
        what = say_in(language, use.what)
        if use.times > 1:
            what = say_in(language, Sentence(TIMES.text, {"what": what, "times": use.times}))
        yield f"{at:%Y-%m-%d %H:%M}  {say_in(language, use.role)}: {what}. {say_in(language, use.why)}."
    if not report.uses:
        yield say_in(language, NOBODY)
    yield ""
    yield say_in(language, MAY_LACK)
