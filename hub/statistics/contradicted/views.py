"""The page of the files that have to be put right before a period can be published."""

from __future__ import annotations

from collections import Counter

from flask import render_template, request

from hub.accounts.permissions import Permission
from hub.sentences import Sentence
from hub.statistics.contradicted.cases import HOLDS, WORDS, What, cases_of
from hub.statistics.periods import Period, period_of, year_of
from hub.web.door import reading
from hub.web.known import known_at, known_on, site_today
from hub.web.routes import Pages

pages = Pages("contradicted", __name__, template_folder="templates")


@pages.page("/figures/contradictions", Permission.SEE_FIGURES)
def contradictions() -> str | tuple[str, int]:
    """How many there are, and for those who may see files which."""
    text = request.args.get("period", "").strip()
    try:
        period = period_of(text) if text else year_of((known_on() or site_today()).year)
    except ValueError:
        return _page(None, text, Sentence("Write a year as 2025, or a month as 2025-11.")), 400
    return _page(period, period.code, None)


def _page(period: Period | None, text: str, problem: Sentence | None) -> str:
    cases = []
    if period is not None:
        with reading() as session:
            cases = cases_of(session, period, known_at())
    many = Counter(one.what for one in cases)
    return render_template(
        "contradicted.html", period=period, text=text, problem=problem, cases=cases, words=WORDS, holds=HOLDS,
        many=[(what, many[what]) for what in What if many[what]], known=known_on(),
    )  # fmt: skip
