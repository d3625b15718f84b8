"""As it was known on an earlier day: every page shows it, or says that it shows what holds now."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from hub.accounts.permissions import Role

from .site_world import World

TOLD = re.compile(r"as (?:it was )?known on \S+ ?\S* ?\S*", re.IGNORECASE)
IN_VAIN = "This page shows what holds now: it is not kept for earlier days."
DAY = "2026-11-22"
AN_ACT = "a form, or a task that is under way"
OWN = "the visitor's own account and session"
PRESENT = "the live picture, or how a machine is doing at this moment"
IN_FILE = "what it shows of the past stands in the file, which is had as known on any day"
A_LOG = "the record of acts itself: it is appended to, and each line has its time"
NO_EARLIER_DAY = {
    "/gates": PRESENT, "/gates/<name>": PRESENT, "/officers/fingers": AN_ACT, "/officers/fingers/<login>": AN_ACT,
    "/my-fingers": OWN, "/signed-in": OWN, "/inbox/refusing": AN_ACT,
    "/account": OWN, "/account/app": OWN, "/account/key": OWN, "/pin": OWN, "/password": OWN, "/reset": OWN,
    "/accounts": PRESENT, "/accounts/new": AN_ACT, "/accounts/slips": AN_ACT, "/break-glass": AN_ACT,
    "/permissions": PRESENT, "/emergencies": A_LOG, "/audit": A_LOG, "/exports": A_LOG,
    "/replay/bundles": A_LOG, "/backups": PRESENT,
    "/alarms": A_LOG, "/alarms/limits": PRESENT,
    "/retention": AN_ACT, "/control-room": PRESENT, "/officer": PRESENT, "/orders": PRESENT, "/posts": PRESENT,
    "/referrals": PRESENT, "/terminals": PRESENT, "/terminals/claims": PRESENT, "/terminals/configuration": PRESENT,
    "/terminals/thefts": A_LOG, "/fingers": AN_ACT, "/re-enrolment": AN_ACT, "/standing": AN_ACT,
    "/receptions": AN_ACT, "/merges": AN_ACT, "/people/admit": AN_ACT, "/paper": AN_ACT, "/register": AN_ACT,
    "/visitors": AN_ACT, "/releases/form": AN_ACT, "/cells/new": AN_ACT, "/policies/new": AN_ACT,
    "/identity": AN_ACT, "/identity/FR-<number>": AN_ACT,
    "/sharing": PRESENT, "/sharing/interface": PRESENT, "/sharing/partners": PRESENT,
    "/sharing/partners/<client>": PRESENT, "/sharing/census": PRESENT,
    "/sharing/census/<agency>": PRESENT, "/sharing/corrections": A_LOG,
    "/inbox": AN_ACT, "/inbox/<number>": AN_ACT,
    "/moves": PRESENT, "/moves/plan": AN_ACT, "/moves/series": AN_ACT, "/external": PRESENT, "/external/new": AN_ACT,
    "/moves/lists": "moves as they are planned for one day: each pass has its steps with their times",
    "/units": PRESENT, "/counts": A_LOG, "/counts/musters": A_LOG, "/counts/running": PRESENT,
    "/counts/rules": "hours and limits, each with the day from which it holds and when it was recorded",
    "/site/import": AN_ACT, "/site/plan": AN_ACT,
    "/docket/rules": "figures of the law, each with the day from which it holds and when it was recorded",
    "/people/<number>/access": A_LOG, "/people/<number>/standing": AN_ACT,
    "/people/<number>/cell": AN_ACT, "/people/<number>/complaint": AN_ACT, "/people/<number>/documents/new": AN_ACT,
    "/people/<number>/fingers": AN_ACT, "/people/<number>/keep-apart": AN_ACT, "/people/<number>/merge": AN_ACT,
    "/people/<number>/photo/new": AN_ACT, "/people/<number>/property": IN_FILE, "/people/<number>/query": AN_ACT,
    "/people/<number>/release": AN_ACT, "/people/<number>/release-date/verify": AN_ACT,
    "/people/<number>/release/paper": AN_ACT, "/people/<number>/sentences/new": AN_ACT,
    "/people/<number>/slip": AN_ACT, "/people/<number>/visits": IN_FILE,
}  # fmt: skip
"""Pages that keep no earlier day, and why; every other one has to."""


def test_a_page_of_one_moment_says_that_it_keeps_no_earlier_day(world: World) -> None:
    world.site()
    rita = world.browser("rita")
    assert IN_VAIN in rita.get("/merges", query_string={"known": DAY}).text
    assert IN_VAIN not in rita.get("/merges").text
    assert IN_VAIN not in rita.get("/docket", query_string={"known": DAY}).text


def test_every_page_is_had_as_it_was_known_or_is_named_with_the_reason(world: World) -> None:
    world.site()
    world.person()
    pages: dict[str, str] = {}
    for login, role in (
        ("dora", Role.DIRECTOR), ("rita", Role.RECORDS_OFFICER), ("sam", Role.SHIFT_SUPERVISOR),
        ("ada", Role.ADMINISTRATOR), ("aldo", Role.AUDITOR),
    ):  # fmt: skip
        pages |= with_a_day(world.browser(login, role))
    in_vain = {path for path, page in pages.items() if IN_VAIN in page}
    assert sorted(in_vain - set(NO_EARLIER_DAY)) == []
    assert sorted(set(NO_EARLIER_DAY) & set(pages) - in_vain) == []
    assert sorted(path for path in set(pages) - in_vain if not TOLD.search(pages[path])) == []
    assert len(set(pages) - in_vain) > 14


def with_a_day(client: FlaskClient) -> dict[str, str]:
    """Pages that this account can open, alone or about the one person there is, each asked for an earlier day."""
    rules = client.application.url_map.iter_rules()
    open_ones = (rule for rule in rules if "GET" in (rule.methods or ()))
    plain = {
        rule.rule
        for rule in open_ones
        if not rule.arguments or (rule.arguments == {"number"} and rule.rule.startswith("/people/"))
    }
    answers = {
        path: client.get(path.replace("<number>", "P-000001"), query_string={"known": DAY})
        for path in sorted(plain)
    }
    return {
        path: page.text
        for path, page in answers.items()
        if page.status_code == 200 and page.mimetype == "text/html" and "</main>" in page.text
    }
