"""Templates compiled once for each language, with their fixed words put in: a page asks for some hundred of them."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import partial
from typing import Any, Final

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
            made.filters = {**self.filters, _SAID: partial(say_in, language)}
            self._spoken[language] = made
        return self._spoken[language]

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if self.speaks is not None:
            source = _WordsPutIn(self.speaks).visit(source)
        return super()._generate(source, name, filename, defer_init)


_SAID: Final = "said in the language of the template"
_SAYING: Final = frozenset({"_", "say"})


class _WordsPutIn(NodeTransformer):
    """In place of `_("words")` what it gives; `say(sentence)` becomes a filter, which costs less than a call.

    What is given values where it stands is still said by its function.
    """

    def __init__(self, language: str) -> None:
        self._language = language

    def visit_Call(self, node: nodes.Call, *rest: Any, **options: Any) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node, *rest, **options)
        what = _only_said(node)
        if what is None:
            return node
        if isinstance(what, nodes.Const) and isinstance(what.value, str):
            words = say_in(self._language, what.value)
            return nodes.Const(words, lineno=node.lineno, environment=node.environment)
        return nodes.Filter(what, _SAID, [], [], None, None, lineno=node.lineno, environment=node.environment)


def _only_said(node: nodes.Call) -> nodes.Expr | None:
    """What is said where nothing else is asked of the call."""
    if not isinstance(node.node, nodes.Name) or node.node.name not in _SAYING:
        return None
    if len(node.args) != 1 or node.kwargs or node.dyn_args or node.dyn_kwargs:
        return None
    return node.args[0]
