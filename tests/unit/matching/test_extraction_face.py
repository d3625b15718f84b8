"""What a stranger sees of the package."""

import subprocess
import sys

import pytest

import matching


def test_every_promised_name_is_there() -> None:
    for name in matching.__all__:
        assert getattr(matching, name) is not None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'idenfity'"):
        matching.idenfity  # noqa: B018  the look-up itself is what is tested


def test_who_only_holds_templates_loads_no_compiler_and_no_network() -> None:
    script = (
        "import sys, matching; matching.Template; "
        "sys.exit(any(name in sys.modules for name in ('numba', 'onnxruntime', 'scipy')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
