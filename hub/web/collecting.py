"""How often a serving process looks for unused objects: seldom, as pages and batches make thousands and leave none."""

from __future__ import annotations

import gc
from typing import Final

_NEW_OBJECTS: Final = 20_000
"""Between two looks at new objects; those of a page or two. With Python's 700 a quarter of a page's time goes to it."""
_OLDER: Final = (20, 50)


def collect_seldom() -> None:
    """To be called once everything is loaded: what is there by then is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *_OLDER)
