"""Indicators computed: one reading of the facts, then every period from columns of numbers."""

from __future__ import annotations

from hub.statistics.indicators.computing import compute, compute_from
from hub.statistics.indicators.world import World, world_at

__all__ = ("World", "compute", "compute_from", "world_at")
