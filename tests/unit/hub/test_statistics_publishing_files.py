"""Files of a publication, read by others than who wrote them: csvw, a reader of JSON-stat, JSON-LD, sha256sum."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import warnings
from math import prod
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW

from hub.__main__ import main
from hub.database import session_scope
from hub.statistics.control import plan_of, protect
from hub.statistics.control.names import COLUMNS as CUTS
from hub.statistics.periods import period_of
from hub.statistics.publishing import body
from hub.statistics.publishing.files import make
from hub.statistics.publishing.files.about import About
from hub.statistics.publishing.proving import prove
from hub.statistics.publishing.records import Publication

from .control_world import AT, YEAR, prison
from .publishing_world import DECEMBER, prison_of, published
from .site_world import World
from .statistics_world import at

PERIOD = period_of(str(YEAR))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of an invented prison's year."""
    found = tmp_path_factory.mktemp("files")
    figures = protect(prison(1), plan_of(PERIOD), 5).figures
    for one in make(figures, About(PERIOD, 2, AT, AT, 5, "Late admissions.")):
        (found / one.name).write_bytes(one.content.encode())
    return found


def read(path: Path) -> list[dict[str, Any]]:
    """The table as the csvw library reads it by its metadata; it complains of whatever does not fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = CSVW(str(path), validate=True)
        assert table.is_valid
        return list(table.tables[0])


def test_csvw_validates(folder: Path) -> None:
    path = folder / "figures.csv"
    assert len(read(path)) == path.read_text().count("\n") - 1


def test_csvw_finds_a_code_that_is_none(folder: Path, tmp_path: Path) -> None:
    """The fault that the test above is there for."""
    for name in ("figures.csv", "figures.csv-metadata.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes().replace(b",F,_T,_T,_T", b",X,_T,_T,_T"))
    with pytest.raises((ValueError, Warning), match=r"SEX: invalid lexical value|invalid"):
        read(tmp_path / "figures.csv")


def test_json_stat_holds_together_and_says_what_the_table_says(folder: Path) -> None:
    document = json.loads((folder / "figures.json").read_bytes())
    assert (document["version"], document["class"]) == ("2.0", "collection")
    rows = list(csv.DictReader(io.StringIO((folder / "figures.csv").read_text())))
    flat = {
        (row["INDICATOR"], row["TIME_PERIOD"]): row["OBS_VALUE"]
        for row in rows
        if all(row[name] == "_T" for name in CUTS)
    }
    for dataset in document["link"]["item"]:
        _is_dataset(dataset)
    population = next(
        one for one in document["link"]["item"] if one["id"] == ["REF_AREA", "INDICATOR", "TIME_PERIOD"]
    )
    periods = population["dimension"]["TIME_PERIOD"]["category"]["index"]
    for period, value in zip(periods, population["value"], strict=True):
        assert float(flat["population", period]) == value


def _is_dataset(dataset: dict[str, Any]) -> None:
    """The rules of json-stat.org/full that a dataset has to keep."""
    assert dataset["class"] == "dataset"
    assert len(dataset["id"]) == len(dataset["size"]) == len(set(dataset["id"]))
    assert set(dataset["dimension"]) == set(dataset["id"])
    assert len(dataset["value"]) == prod(dataset["size"])
    for name, size in zip(dataset["id"], dataset["size"], strict=True):
        category = dataset["dimension"][name]["category"]
        assert len(category["index"]) == size
        assert set(category["label"]) == set(category["index"])
    assert {each for role in dataset["role"].values() for each in role} <= set(dataset["id"])
    for place in dataset.get("status", {}):
        assert dataset["value"][int(place)] is None


def test_the_catalogue_names_each_file_with_its_checksum(folder: Path) -> None:
    catalogue = json.loads((folder / "catalog.jsonld").read_bytes())
    [dataset] = catalogue["dcat:dataset"]
    for one in dataset["dcat:distribution"]:
        raw = (folder / one["dcat:downloadURL"]["@id"]).read_bytes()
        assert int(one["dcat:byteSize"]["@value"]) == len(raw)
        assert one["spdx:checksum"]["spdx:checksumValue"]["@value"] == body.sha256(raw.decode())
    assert dataset["dcat:previousVersion"]["@id"].endswith(":1")
    prefixes = set(catalogue["@context"])
    assert all(name.split(":")[0] in prefixes or name.startswith("@") for name in dataset)


def test_sha256sum_agrees(folder: Path) -> None:
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_auditor_proves_a_publication_again_and_sees_what_fails(world: World) -> None:
    register = prison_of(world)
    number = published(world, DECEMBER)
    with session_scope(world.sessions, writes=False) as session:
        proved = prove(session, number)
        assert len(proved) == 7
        assert [one.what for one in proved if not one.holds] == []
        row = session.get_one(Publication, number)
        session.expunge(row)
        row.body = row.body.replace("36", "63", 1)
        assert body.digest_of(row) != row.digest
    # A fact that claims to have been known then, and was not: only somebody inside the database can do that.
    register.admit(at("2025-03-01"), known=at("2025-04-01"))
    with session_scope(world.sessions, writes=False) as session:
        failed = [one.what for one in prove(session, number) if not one.holds]
    assert "The facts as known then give the same numbers." in failed


def test_the_command_proves_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    prison_of(world)
    number = published(world, DECEMBER)
    world.settings()
    assert main(["statistics", "prove", str(number), "--data", str(world.folder)]) == 0
    assert capsys.readouterr().out.count(" holds  ") == 7
