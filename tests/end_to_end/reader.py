"""What somebody who cannot see, or sees little, would stumble over on a page: axe, which is dear, asked sparingly."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
"""Half the work of all rules; what serious and critical faults are is all in these."""
_MARK: Final = """(seen) => {
  const known = new Set(seen), grounds = new Map(), fresh = [];
  const ground = (one) => {
    if (!one) return '';
    if (grounds.has(one)) return grounds.get(one);
    const style = getComputedStyle(one), own = [];
    if (!/, 0\\)$/.test(style.backgroundColor)) own.push(style.backgroundColor);
    if (style.backgroundImage !== 'none') own.push(style.backgroundImage);
    if (style.opacity !== '1') own.push(style.opacity);
    const whole = ground(one.parentElement) + (own.length ? '|' + own.join(' ') : '');
    grounds.set(one, whole);
    return whole;
  };
  for (const one of document.body.querySelectorAll('*')) {
    const said = [...one.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!(said || one.matches('input, select, textarea')) || !one.getClientRects().length) continue;
    const style = getComputedStyle(one);
    const paint = [one.tagName, style.color, style.fontSize, style.fontWeight, style.textShadow,
      one.matches(':disabled, [aria-disabled=true]'), ground(one)].join(' ');
    if (known.has(paint)) continue;
    known.add(paint);
    fresh.push(paint);
    one.setAttribute('data-new-paint', '');
  }
  axe.configure({rules: [{id: 'color-contrast', selector: '[data-new-paint]'}]});
  return fresh;
}"""


class Reader:
    """Looks at one page after the other, each as it stands.

    How well letters stand off from their ground is two thirds of axe's work. Pages share their colours: a kind of
    letter on a ground that this reader has judged once is not judged again.
    """

    def __init__(self) -> None:
        self._axe = Axe()
        self._seen: set[str] = set()

    def faults(self, page: Page) -> list[str]:
        """The serious and critical faults, each with its rule and the mark that has it."""
        page.evaluate(self._axe.axe_script)
        self._seen |= set(page.evaluate(_MARK, sorted(self._seen)))
        found: list[dict[str, Any]] = page.evaluate(
            "(options) => axe.run(options).then((told) => told.violations)", OPTIONS
        )
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
