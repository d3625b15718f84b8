"""Whoever sits at the page, as the trail names them."""

from __future__ import annotations

from hub.accounts.audit import Actor
from hub.web.door import visitor


def acting() -> Actor:
    """The visitor of a route that needs one."""
    who = visitor()
    return Actor(who.login, who.address)
