"""The engine as a whole on real fingerprints; skips, saying so, where there are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import matching
from matching.evaluation import error_rates, evaluate_set
from matching.prints import Impression, dpi_of, find_impressions


@pytest.mark.long
def test_equal_error_rate_on_fvc2002_db1_b_is_under_one_per_cent(real_prints: Path) -> None:
    folder = real_prints / "fvc2002_db1_b"
    dpi = dpi_of(folder)

    def extract(impression: Impression) -> matching.Template:
        with Image.open(impression.path) as image:
            return matching.extract(np.array(image.convert("L")), dpi)

    result = evaluate_set(find_impressions(folder), extract)
    assert (len(result.genuine), len(result.impostor), result.refused) == (280, 2880, 0)
    assert error_rates(result.genuine, result.impostor).eer < 1.0
