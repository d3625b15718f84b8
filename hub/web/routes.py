"""Routes that name their permission. One without it does not start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import Blueprint, Flask
from werkzeug.routing import IntegerConverter

PUBLIC: Final = "public"
SIGNED_IN: Final = "signed_in"

SMALL_BODY_BYTES: Final = 64 * 1024

View = Callable[..., Any]


class Number(IntegerConverter):
    """A number in an address: one that no table can hold leads nowhere."""

    regex = "[0-9]{1,9}"


def number_in(text: str, none: int = 0) -> int:
    """A number from a form or a question, `none` for what is no number or more than any table holds."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else none


class Pages(Blueprint):
    """A blueprint whose routes are declared with `page`."""

    def page(
        self,
        rule: str,
        permission: str,
        *,
        methods: Sequence[str] = ("GET",),
        watches: bool = False,
        max_bytes: int = SMALL_BODY_BYTES,
    ) -> Callable[[View], View]:
        """Declare a route. One that `watches` goes on after the session has been idle for long."""

        def declare(view: View) -> View:
            view.required = str(permission)  # type: ignore[attr-defined]
            view.watches = watches  # type: ignore[attr-defined]
            view.max_bytes = max_bytes  # type: ignore[attr-defined]
            self.add_url_rule(rule, view_func=view, methods=list(methods))
            return view

        return declare


def required_permission(view: View) -> str | None:
    """The permission that a view declared."""
    return getattr(view, "required", None)


def check_routes(app: Flask) -> None:
    """RuntimeError when any route declares no permission: such a site must not start."""
    bare = sorted(name for name, view in app.view_functions.items() if required_permission(view) is None)
    if bare:
        raise RuntimeError(f"These routes name no permission: {', '.join(bare)}")
