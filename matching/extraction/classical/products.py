"""Matrix products on one thread.

numpy shares larger products among all cores, where threads that wait for each other burn the time of the others'
extractions: measured on two busy cores, three times the processor time for a result that is no sooner.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, fastmath=True)
def product(left: Any, right: Any) -> Any:
    """float32 [n, m] times [m, k]; what is 0 on the left costs nothing."""
    result = np.zeros((left.shape[0], right.shape[1]), np.float32)
    for row in range(left.shape[0]):
        for middle in range(left.shape[1]):
            weight = left[row, middle]
            if weight != 0:
                for column in range(right.shape[1]):
                    result[row, column] += weight * right[middle, column]
    return result


@njit(cache=True, nogil=True, fastmath=True)
def products_down(left: Any, right: Any, step: int) -> Any:
    """`left` [n, m] times the rows [0, m), [step, step + m), ... of `right` [rows, k]: [windows, n, k]."""
    windows = (right.shape[0] - left.shape[1]) // step + 1
    result = np.zeros((windows, left.shape[0], right.shape[1]), np.float32)
    for window in range(windows):
        for row in range(left.shape[0]):
            for middle in range(left.shape[1]):
                weight = left[row, middle]
                for column in range(right.shape[1]):
                    result[window, row, column] += weight * right[step * window + middle, column]
    return result
