"""What a process that has just begun waits for: imports, the first scan, and whether anything is compiled on the way.

`python -m simulation.bench.fresh` is that process; it prints its figures as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from simulation.processes import run


def first_scan_of_the_day() -> dict[str, Any]:
    """The middle one of three processes of their own; the kernels must have been compiled and kept before."""
    found = [json.loads(run("python", "-m", "simulation.bench.fresh")) for _ in range(3)]
    figures: dict[str, Any] = sorted(found, key=lambda each: float(each["first_scan_ms"]))[1]
    return figures


def main() -> int:
    begun = time.perf_counter()
    import matching
    from matching.gallery import Gallery

    imported = time.perf_counter()
    image, enrolled = _image_and_enrolled()
    gallery = Gallery()
    for key, template in enumerate(enrolled):
        gallery.enrol(str(key), template)
    compiled_before = _compiled()
    ready = time.perf_counter()
    matching.assess(image)
    gallery.identify(matching.extract(image))
    done = time.perf_counter()
    figures = {
        "import_s": round(imported - begun, 3),
        "first_scan_ms": round((done - ready) * 1000, 1),
        "kernels_compiled": sorted(_compiled() - compiled_before),
    }
    print(json.dumps(figures))
    return 0


def _image_and_enrolled() -> tuple[Any, list[Any]]:
    """Neither the image nor the roll is what is measured here."""
    from matching.synthesis import make_finger
    from simulation.bench.population import enrolled_touch

    return make_finger(1).impression(1, grey_levels=16), [enrolled_touch(number) for number in range(100)]


def _compiled() -> set[str]:
    """Names of the kernels of the engine that this process has compiled because they were not kept from before."""
    from numba.core.dispatcher import Dispatcher

    modules = [module for name, module in sys.modules.items() if name.startswith("matching.")]
    kernels = {
        id(kernel): kernel
        for module in modules
        for kernel in vars(module).values()
        if isinstance(kernel, Dispatcher)
    }
    return {str(kernel.py_func.__name__) for kernel in kernels.values() if kernel.stats.cache_misses}


if __name__ == "__main__":
    sys.exit(main())
