"""The door of the site: forms, cookies, headers, languages, errors, and where it may send a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import abort
from flask.testing import FlaskClient

import hub.database
import hub.web
from hub.accounts.permissions import Permission, Role
from hub.web.addresses import safe_path
from hub.web.formats import age_text
from hub.web.language import current_language, messages, say_in
from hub.web.navigation import GROUPS
from hub.web.routes import Pages

from .messages import ROOT
from .messages import messages as said
from .site_world import PASSWORD, World, post, sign_in, token_of

ROLE = Role.CONTROL_ROOM

SECRET = "NOVELO, Ana"
HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
)


def test_wrong_password_says_what_to_do_and_keeps_the_login(world: World) -> None:
    world.account("ada")
    answer = sign_in(world.app().test_client(), "ada", "wrong")
    assert answer.status_code == 401
    assert "Login or password is wrong. Check both and try again." in answer.text
    assert 'value="ada"' in answer.text
    assert "wrong" not in answer.headers.get("Set-Cookie", "")


def test_waiting_is_said_in_seconds(world: World) -> None:
    world.account("ada")
    client = world.app().test_client()
    for _ in range(4):
        sign_in(client, "ada", "wrong")
    answer = sign_in(client, "ada")
    assert answer.status_code == 429
    assert "Wait 1 s and try again" in answer.text


@pytest.mark.parametrize("form", [{}, {"csrf_token": "made-up"}])
def test_a_form_without_its_token_is_refused(world: World, form: dict[str, str]) -> None:
    world.account("ada")
    answer = world.app().test_client().post("/login", data={"login": "ada", "password": PASSWORD, **form})
    assert answer.status_code == 400
    assert "This form has expired" in answer.text


def test_signing_in_gives_a_new_session_each_time_and_ends_old_forms(world: World) -> None:
    world.account("ada")
    client = world.app().test_client()
    before = token_of(client.get("/login"))
    sign_in(client, "ada")
    first = client.get_cookie("pims-session")
    client.post("/logout", data={"csrf_token": before})
    assert client.get("/people").status_code == 200  # the form of before signing in did not sign out
    post(client, "/logout", {}, page="/people")
    assert client.get("/people").status_code == 302
    sign_in(client, "ada")
    second = client.get_cookie("pims-session")
    assert first is not None
    assert second is not None
    assert first.value != second.value


def test_a_planted_session_cookie_is_not_taken_over(world: World) -> None:
    world.account("ada")
    client = world.app().test_client()
    client.set_cookie("pims-session", "planted")
    sign_in(client, "ada")
    taken = client.get_cookie("pims-session")
    assert taken is not None
    assert taken.value != "planted"


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_are_closed(world: World, secure: bool) -> None:
    world.account("ada")
    client = world.app(secure=secure).test_client()
    base = "https://hub.test" if secure else "http://hub.test"
    page = client.get("/login", base_url=base)
    form = {"csrf_token": token_of(page), "login": "ada", "password": PASSWORD}
    answer = client.post("/login", data=form, base_url=base, headers={"Referer": f"{base}/login"})
    assert answer.status_code == 303
    set_by = answer.headers.getlist("Set-Cookie") + page.headers.getlist("Set-Cookie")
    assert len(set_by) >= 3
    for cookie in set_by:
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert ("Secure" in cookie) is secure
        assert cookie.startswith("__Host-") is secure


def test_idle_sessions_ask_again_but_the_watching_screen_goes_on(client: FlaskClient, world: World) -> None:
    world.later(minutes=31)
    assert client.get("/people").status_code == 302
    assert client.get("/control-room").status_code == 200
    world.later(hours=13)
    assert client.get("/control-room").status_code == 302


def test_watching_does_not_keep_the_rest_awake(client: FlaskClient, world: World) -> None:
    for _ in range(4):
        world.later(minutes=10)
        client.get("/control-room/picture")
    assert client.get("/people").status_code == 302


def test_using_pages_keeps_the_session_awake(client: FlaskClient, world: World) -> None:
    for _ in range(4):
        world.later(minutes=10)
        assert client.get("/people").status_code == 200


@pytest.mark.parametrize(
    "address", ["/login", "/control-room", "/people", "/nothing-here", "/control-room/picture"]
)
def test_headers_stand_on_every_answer(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    for name in HEADERS:
        assert name in answer.headers, name
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_assets_may_be_kept_for_ever_and_only_under_their_own_state(world: World) -> None:
    client = world.app().test_client()
    page = client.get("/login").text
    css = re.search(r'href="(/assets/[0-9a-f]{16}/css/base\.css)"', page)
    assert css is not None
    answer = client.get(css[1])
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/assets/0000000000000000/css/base.css").status_code == 404
    assert client.get(css[1].replace("css/base.css", "../door.py")).status_code == 404


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/people",
        "/\\evil.test",
        "\\\\evil.test",
        "/people\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "people",
        "/nothing-here",
        "/logout",
        "",
    ],
)
def test_nobody_is_sent_away_after_signing_in(world: World, target: str) -> None:
    world.account("ada")
    answer = sign_in(world.app().test_client(), "ada", next=target)
    assert answer.location == "/"


def test_one_is_sent_back_to_the_page_one_wanted(world: World) -> None:
    world.account("ada")
    client = world.app().test_client()
    assert client.get("/people?q=a+b").location == "/login?next=%2Fpeople%3Fq%3Da%2Bb"
    assert sign_in(client, "ada", next="/people?q=a+b").location == "/people?q=a+b"


def test_safe_path_takes_only_our_own_pages(world: World) -> None:
    with world.app().test_request_context("/"):
        assert safe_path("/people/P-000001") == "/people/P-000001"
        assert safe_path("/assets/x/y") == "/"
        assert safe_path(None, "/people") == "/people"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("application/json", "application/problem+json"), ("text/html", "text/html; charset=utf-8")],
)
def test_errors_answer_in_the_form_that_was_asked_for(client: FlaskClient, accept: str, kind: str) -> None:
    answer = client.get("/nothing-here", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.content_type == kind
    assert "There is no such page" in answer.text


def test_problem_documents_have_the_agreed_members(world: World) -> None:
    answer = world.app().test_client().get("/control-room/picture", headers={"Accept": "application/json"})
    document = json.loads(answer.data)
    assert answer.status_code == 401
    assert document == {
        "type": "about:blank",
        "title": "Sign in",
        "status": 401,
        "detail": "Sign in to go on.",
    }


def test_an_unexpected_error_shows_and_logs_nothing_of_its_text(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    app = world.app()
    pages = Pages("broken", "broken")

    @pages.page("/broken", Permission.PUBLIC)
    def broken() -> str:
        raise RuntimeError(SECRET)

    @pages.page("/teapot", Permission.PUBLIC)
    def teapot() -> str:
        abort(418)

    app.register_blueprint(pages)
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong in the hub" in answer.text
    assert "Traceback" not in answer.text
    assert "NOVELO" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text
    incident = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)
    assert incident is not None
    assert incident[1] in caplog.text
    assert app.test_client().get("/teapot").status_code == 418


def test_a_body_that_is_too_large_is_refused_in_words(client: FlaskClient) -> None:
    token = token_of(client.get("/password"))
    answer = client.post("/password", data={"csrf_token": token, "old": "x" * 70_000})
    assert answer.status_code == 413
    assert "Choose smaller files" in answer.text


@pytest.mark.parametrize(
    ("cookie", "accept", "language"),
    [
        ("", "es-BZ,es;q=0.9", "es"),
        ("", "fr", "en"),
        ("es", "en", "es"),
        ("xx", "es", "es"),
        ("en", "es", "en"),
    ],
)
def test_language_is_the_visitors_choice_then_the_browsers(
    world: World, cookie: str, accept: str, language: str
) -> None:
    headers = {"Accept-Language": accept, "Cookie": f"pims-language={cookie}"}
    with world.app().test_request_context("/", headers=headers):
        assert current_language() == language


def test_choices_are_kept_and_lead_back(client: FlaskClient) -> None:
    answer = post(client, "/preferences", {"language": "es", "next": "/people"}, page="/people")
    assert answer.location == "/people"
    page = client.get("/people").text
    assert '<html lang="es"' in page
    assert "Última prueba" in page or "Aún no se ha admitido a nadie" in page
    post(client, "/preferences", {"theme": "dark", "next": "//evil.test"}, page="/people")
    assert 'data-theme="dark"' in client.get("/people").text


def test_every_sentence_has_its_spanish() -> None:
    spanish = messages("es")
    missing = sorted({text if isinstance(text, str) else text[0] for _, text in said()} - set(spanish))
    assert missing == []


def test_spanish_keeps_the_places_for_values() -> None:
    place = re.compile(r"%\(\w+\)s")
    for english, translated in messages("es").items():
        for form in (translated,) if isinstance(translated, str) else translated:
            assert set(place.findall(form)) - {"%(num)s"} == set(place.findall(english)) - {"%(num)s"}, (
                english
            )


def test_a_message_without_translation_is_said_in_english() -> None:
    assert say_in("es", "Never translated %(n)s", n=3) == "Never translated 3"


NAMES_ITS_SCRIPT = {"replay_offline.html"}
"""A page that leaves the site: its policy is in the page, and allows its one script by what it hashes to."""


def test_no_markup_that_the_policy_would_forbid() -> None:
    for path in ROOT.rglob("*.html"):
        source = path.read_text()
        # Between braces `one=` may name a value.
        markup = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", source, flags=re.DOTALL)
        assert not re.search(r"\sstyle=|\son\w+=|javascript:", markup), path
        assert not re.search(r"\|\s*safe\b", source), path
        for opening in re.findall(r"<script[^>]*>", source):
            inside = "src=" in opening or 'type="application/json"' in opening
            assert inside or path.name in NAMES_ITS_SCRIPT, path


def test_scripts_never_write_markup() -> None:
    for path in (Path(hub.web.__file__).parent / "static").rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text()
        ), path


def test_nothing_is_fetched_from_elsewhere() -> None:
    static = Path(hub.web.__file__).parent / "static"
    for path in [*static.rglob("*.js"), *static.rglob("*.css"), *ROOT.rglob("*.html")]:
        source = path.read_text().replace("http://www.w3.org/2000/svg", "")
        # The hub itself in a command that an engineer copies, and how an address begins that somebody types.
        source = source.replace("https://$PIMS", "").replace('placeholder="https://"', "")
        assert "http://" not in source, path
        assert "https://" not in source, path


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (86_400, "1 d")]
)
def test_ages_have_one_unit(seconds: int, text: str) -> None:
    assert age_text(seconds) == text


def test_a_page_of_the_password(client: FlaskClient) -> None:
    form = {"old": "wrong", "new": "four new good words", "again": "four new good words"}
    assert "The present password is wrong" in post(client, "/password", form).text
    form |= {"old": PASSWORD, "again": "another"}
    assert "The two new passwords differ" in post(client, "/password", form).text
    form |= {"again": form["new"]}
    assert post(client, "/password", form).location == "/login"
    assert client.get("/people").status_code == 302
    assert sign_in(client, "ada", "four new good words").status_code == 303


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrasts_of_both_grounds() -> None:
    """Text at least 7:1 on everything it stands on, shapes at least 3:1."""
    source = (Path(hub.web.__file__).parent / "static/css/base.css").read_text()
    palette = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", source.split("--ground")[0]))
    checked = 0
    for block in re.findall(r"\{([^{}]*--ground:[^{}]*)\}", source):
        tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6}|var\(--\w+\));", block))
        tokens = {name: palette.get(value[6:-1], value) for name, value in tokens.items()}
        for text in ("ink", "quiet"):
            for ground in ("ground", "panel", "raised", "urgent-ground", "late-ground", "done-ground"):
                assert contrast(tokens[text], tokens[ground]) >= 7, (
                    text,
                    ground,
                    tokens[text],
                    tokens[ground],
                )
        for shape in ("known", "moving", "late", "urgent", "done", "unknown"):
            for ground in ("panel", "raised"):
                assert contrast(tokens[shape], tokens[ground]) >= 3, (shape, ground)
        checked += 1
    assert checked == 4


def test_every_entry_of_the_navigation_leads_to_a_page(world: World) -> None:
    app = world.app()
    router = app.url_map.bind("")
    entries = [entry for group in GROUPS for entry in group.entries]
    for entry in entries:
        endpoint, _ = router.match(entry.href, method="GET")
        assert endpoint in app.view_functions
    keys = [entry.key for entry in entries if entry.key]
    assert len(keys) == len(set(keys))


def test_the_list_of_keys_tells_every_letter_that_goes_somewhere_here(world: World) -> None:
    page = world.browser("rita", Role.RECORDS_OFFICER).get("/people").text
    going = re.findall(r'data-go="(\w)"', page)
    assert {"p", "a", "d", "y", "x"} <= set(going)
    assert re.findall(r"<kbd>g</kbd> <kbd>(\w)</kbd>", page) == going


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.DIRECTOR, "/docket/board"),
        (Role.AUDITOR, "/audit"),
        (Role.HEALTH, "/people"),
        (Role.ADMINISTRATOR, "/accounts"),
        (Role.OFFICER, "/officer"),
        (Role.AGENCY_CLIENT, "/account"),
    ],
)
def test_everybody_begins_where_their_work_is(world: World, role: Role, page: str) -> None:
    client = world.browser("rita", role)
    assert client.get("/").location == page
    assert client.get(page).status_code == 200


def test_the_file_with_all_its_parts_has_each_id_once(world: World) -> None:
    world.site()
    world.person("Novelo", "Ana")
    page = world.browser("rita", Role.RECORDS_OFFICER).get("/people/P-000001").text
    ids = re.findall(r'<\w+[^>]* id="([^"]+)"', page)
    assert len(ids) > 20
    assert len(ids) == len(set(ids))


def test_a_database_that_somebody_holds_is_said_to_be_busy(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.browser("rita", Role.RECORDS_OFFICER)
    monkeypatch.setattr(hub.database, "BUSY_TIMEOUT_MS", 1)
    world.engine.dispose()
    with world.engine.connect() as holder:
        # To begin is to hold all of it on SQLite; on PostgreSQL it is a table that every page writes to.
        sqlite = world.engine.dialect.name == "sqlite"
        holder.exec_driver_sql("SELECT 1" if sqlite else "LOCK TABLE login_sessions")
        answer = client.get("/people/admit")
    assert answer.status_code == 503
    assert "The hub is busy. Wait a moment and try again." in answer.text
    assert client.get("/people/admit").status_code == 200


def test_the_navigation_shows_what_one_may_open_and_where_one_is(world: World) -> None:
    world.account("tess", Role.TECHNICIAN)
    client = world.app().test_client()
    sign_in(client, "tess")
    page = client.get("/terminals").text
    assert 'href="/terminals" aria-current' in page
    assert 'href="/people"' not in page
