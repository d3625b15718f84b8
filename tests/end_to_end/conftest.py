"""Patience for every browser test, and the browser itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from ..waiting import PATIENCE_S

# A page's own default timeout does not hold for `expect`, which by itself waits for five seconds only.
expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; a module's tests share it, and each opens windows of its own."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "Chromium is missing. Install it: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
