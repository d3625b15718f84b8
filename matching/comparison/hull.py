"""Convex hulls of places."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def convex_hull(x: Any, y: Any) -> Any:
    """Corners (indices) of the hull in turning order (Andrew's monotone chain), collinear points left out."""
    count = len(x)
    order = np.argsort(x * np.float64(32768.0) + y)
    corners = np.empty(2 * count + 1, dtype=np.int64)
    size, floor = 0, 2
    for step in range(2 * count - 1):
        if step == count:
            floor = size + 1
        point = order[step] if step < count else order[2 * count - 2 - step]
        while size >= floor:
            a, b = corners[size - 2], corners[size - 1]
            if (x[b] - x[a]) * (y[point] - y[a]) - (y[b] - y[a]) * (x[point] - x[a]) > 0:
                break
            size -= 1
        corners[size] = point
        size += 1
    return corners[: max(1, size - 1)]


@njit(cache=True, nogil=True)
def near_hull(px: Any, py: Any, x: Any, y: Any, hull: Any, margin: Any) -> bool:
    """Inside the polygon, or at most `margin` from its edge. All numbers of one type."""
    inside = len(hull) >= 3
    for corner in range(len(hull)):
        start, end = hull[corner], hull[(corner + 1) % len(hull)]
        edge_x, edge_y = x[end] - x[start], y[end] - y[start]
        to_x, to_y = px - x[start], py - y[start]
        if edge_x * to_y - edge_y * to_x <= 0:
            inside = False
            length = edge_x * edge_x + edge_y * edge_y
            share = np.float32(0.0)
            if length > 0:
                share = min(np.float32(1.0), max(np.float32(0.0), (to_x * edge_x + to_y * edge_y) / length))
            off_x, off_y = to_x - share * edge_x, to_y - share * edge_y
            if off_x * off_x + off_y * off_y <= margin * margin:
                return True
    return inside
