"""Templates compiled once for each language, with their fixed words put in: a page asks for some hundred of them."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

from hub.web.language import current_language, say_in


class SpokenEnvironment(Environment):
    """Gives every template in the language of the request. What a template includes is in the same language."""

    speaks: str | None = None
    """The language of this environment's templates; None for the one of the whole site, which keeps one of each."""

    def __init__(self, *what: Any, **options: Any) -> None:
        super().__init__(*what, **options)
        self._spoken: dict[str, SpokenEnvironment] = {}

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        if self.speaks is None:
            return self._speaking(current_language())._load_template(name, globals)
        return super()._load_template(name, globals)

    def _speaking(self, language: str) -> SpokenEnvironment:
        if language not in self._spoken:
            made = self.overlay()
            made.speaks = language
            self._spoken[language] = made
        return self._spoken[language]

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if self.speaks is not None:
            source = _WordsPutIn(self.speaks).visit(source)
        return super()._generate(source, name, filename, defer_init)


class _WordsPutIn(NodeTransformer):
    """In place of `_("words")` what it gives; sentences with values are still said when the page is made."""

    def __init__(self, language: str) -> None:
        self._language = language

    def visit_Call(self, node: nodes.Call, *rest: Any, **options: Any) -> nodes.Node:  # noqa: N802 - Jinja's name
        words = _fixed_words(node)
        if words is None:
            return self.generic_visit(node, *rest, **options)
        return nodes.Const(say_in(self._language, words), lineno=node.lineno, environment=node.environment)


def _fixed_words(node: nodes.Call) -> str | None:
    if not isinstance(node.node, nodes.Name) or node.node.name != "_":
        return None
    if len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
        return None
    said = node.args[0]
    return said.value if isinstance(said, nodes.Const) and isinstance(said.value, str) else None
