"""Templates keep one form for each language, with the words of that language in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, g, render_template

from hub.web import language
from hub.web.compiling import SpokenEnvironment

PAGES = {
    "page.html": "{% extends 'frame.html' %}{% import 'piece.html' as piece with context %}"
    "{% block main %}{{ _('Search') }}|{{ piece.boxed(_('Close')) }}|{% include 'more.html' %}{% endblock %}",
    "frame.html": "<title>{{ _('People') }}</title>{% block main %}{% endblock %}",
    "piece.html": "{% macro boxed(words) %}<p title=\"{{ _('Close') }}\">{{ words }}</p>{% endmacro %}",
    "more.html": "{{ _('page %(page)s of %(last)s', page=page, last=2) }}, {{ _(chosen) }}, {{ _('5 < 6 & 7') }}",
    "bare.txt": "{{ _('5 < 6 & 7') }}",
}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    class Site(Flask):
        jinja_environment = SpokenEnvironment

    for name, text in PAGES.items():
        (tmp_path / name).write_text(text)
    made = Site("site", template_folder=str(tmp_path))
    language.install(made)
    return made


def shown(app: Flask, speaks: str, name: str = "page.html") -> str:
    with app.test_request_context():
        g.language = speaks
        return render_template(name, page=1, chosen="Search")


def test_each_language_has_its_own_words_in_every_part_of_a_page(app: Flask) -> None:
    english, spanish = shown(app, "en"), shown(app, "es")
    assert english == (
        '<title>People</title>Search|<p title="Close">Close</p>|page 1 of 2, Search, 5 &lt; 6 &amp; 7'
    )
    assert spanish == (
        '<title>Personas</title>Buscar|<p title="Cerrar">Cerrar</p>|página 1 de 2, Buscar, 5 &lt; 6 &amp; 7'
    )
    assert shown(app, "en") == english  # and the one did not take the other's place


def test_fixed_words_are_put_in_once_and_not_asked_for_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shown(app, "es")
    asked: list[str] = []

    def heard(words: str, **_values: object) -> str:
        asked.append(words)
        return words

    monkeypatch.setitem(app.jinja_env.globals, "_", heard)
    again = shown(app, "es")
    assert asked == ["page %(page)s of %(last)s"]  # of which a value is filled in
    assert again.split("|")[:2] == first.split("|")[:2]


def test_what_is_no_html_is_not_escaped(app: Flask) -> None:
    assert shown(app, "en", "bare.txt") == "5 < 6 & 7"
