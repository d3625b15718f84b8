"""Which extractor works where none was asked for."""

from __future__ import annotations

import logging
from functools import cache
from typing import Final

from matching.extraction import Extractor
from matching.extraction.leader import LeaderExtractor

_LOG: Final = logging.getLogger(__name__)
_LEADER: Final = LeaderExtractor()


@cache
def default_extractor() -> Extractor:
    """The network; the classical extractor on machines where onnxruntime cannot be imported, which the log says once.

    `name` tells which one it is.
    """
    try:
        import onnxruntime  # noqa: F401  whether it can be imported is the question
    except ImportError as fault:
        from matching.extraction.classical import ClassicalExtractor

        _LOG.warning(
            "onnxruntime cannot be imported (%s): the classical extractor, which is less accurate, finds minutiae.",
            fault,
        )
        return ClassicalExtractor()
    return _LEADER
