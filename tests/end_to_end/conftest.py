"""Patience for every browser test."""

from __future__ import annotations

from playwright.sync_api import expect

from ..waiting import PATIENCE_S

# A page's own default timeout does not hold for `expect`, which by itself waits for five seconds only.
expect.set_options(timeout=PATIENCE_S * 1000)
