"""A site comes in from files: shown before it does, with everything that is wrong where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.__main__ import main
from hub.accounts.audit import OPERATOR
from hub.database import session_scope
from hub.movements.site.exporting import as_toml, site_file
from hub.movements.site.files import SiteError, read_site, text_of
from hub.movements.site.forms import Kind
from hub.movements.site.holding import everything
from hub.movements.site.importing import Preview, bring_in, import_site, preview
from hub.movements.site.table_files import as_table, read_table

from .site_world import SITE, World

TWO_SITES = b"""
[[site]]
code = "main"
name = "Central"
[[site]]
code = "farm"
name = "Farm"
[[zone]]
code = "block-b"
name = "Block B"
kind = "BLOCK"
[[zone]]
code = "b-1"
name = "Tier 1"
kind = "TIER"
parent = "block-b"
unit = true
capacity = 20
maximum = 24
[[zone]]
code = "farm-yard"
name = "Farm yard"
kind = "MOVEMENT_AREA"
site = "farm"
[[zone]]
code = "dairy"
name = "Dairy"
kind = "WORKSHOP"
site = "farm"
needs_pass = true
[[checkpoint]]
code = "dairy-in"
name = "Dairy, entry"
from_zone = "farm-yard"
to_zone = "dairy"
walk_s = 45
[[curfew]]
code = "night"
name = "Night"
zones = ["dairy"]
between = "21:30"
until = "05:00"
[[cell]]
code = "b-1-01"
name = "B 1-01"
zone = "b-1"
certified = 4
"""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (b"", "zone"),
        (b"[[zone]\n", "site file"),
        (b'[[zone]]\ncode="Yard"\nname="Y"\nkind="BLOCK"\n', "code"),
        (b'[[zone]]\ncode="yard"\nname="Y"\nkind="GARDEN"\n', "GARDEN"),
        (
            b'[[site]]\ncode="a"\nname="A"\n[[zone]]\ncode="b"\nname="B"\nkind=1\n',
            "[[zone]] number 1 of the file, kind",
        ),
        (b'[[zone]]\ncode="yard"\nname="Y"\nkind="BLOCK"\ncolour="red"\n', "colour"),
        (b'[[zone]]\ncode="yard"\nname="Y"\nkind="BLOCK"\n' * 2, "stand twice in the file: zone yard"),
        (b'[[curfew]]\ncode="n"\nname="N"\nzones=["yard"]\nbetween="24:00"\nuntil="05:00"\n', "between"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(text: bytes, named: str) -> None:
    with pytest.raises(SiteError) as refused:
        read_site(text)
    assert named in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        (
            b'[[checkpoint]]\ncode="x"\nname="X"\nfrom_zone="yard"\nto_zone="moon"\n',
            "checkpoint x",
            "no zone moon",
        ),
        (
            b'[[checkpoint]]\ncode="x"\nname="X"\nfrom_zone="yard"\nto_zone="yard"\n',
            "checkpoint x",
            "into another one",
        ),
        (b'[[zone]]\ncode="t"\nname="T"\nkind="TIER"\nparent="moon"\n', "zone t", "no zone moon to lie in"),
        (b'[[zone]]\ncode="t"\nname="T"\nkind="TIER"\nparent="t"\n', "zone t", "lie in itself"),
        (
            b'[[zone]]\ncode="t"\nname="T"\nkind="BLOCK"\nparent="block-a"\n',
            "zone t",
            "cannot lie in Block A",
        ),
        (
            b'[[zone]]\ncode="t"\nname="T"\nkind="TIER"\ncapacity=9\nmaximum=8\n',
            "zone t",
            "maximum is not below",
        ),
        (b'[[zone]]\ncode="t"\nname="T"\nkind="TIER"\nsite="moon"\n', "zone t", "no site moon"),
        (b'[[cell]]\ncode="c"\nname="C"\nzone="moon"\ncertified=2\n', "cell c", "no zone moon"),
        (
            b'[[curfew]]\ncode="n"\nname="N"\nzones=["moon"]\nbetween="21:00"\nuntil="05:00"\n',
            "curfew n",
            "moon",
        ),
        (
            b'[[site]]\ncode="farm"\nname="Farm"\n[[zone]]\ncode="f"\nname="F"\nkind="YARD"\n'.replace(
                b"YARD", b"WORKSHOP"
            )
            + b'[[checkpoint]]\ncode="x"\nname="X"\nfrom_zone="yard"\nto_zone="f"\n',
            "checkpoint x",
            "one site",
        ),
    ],
)
def test_a_site_that_could_not_be_used_is_shown_with_where_it_is_wrong(
    world: World, text: bytes, where: str, words: str
) -> None:
    world.site()
    found = previewed(world, text)
    assert [(str(one.where).lower(), words in str(one.words)) for one in found.troubles] == [(where, True)]
    with session_scope(world.sessions) as session, pytest.raises(SiteError, match=f"(?i){where}"):
        bring_in(session, found, actor=OPERATOR, at=world.at)


def test_two_sites_come_in_with_all_they_have_and_go_out_again_the_same(world: World) -> None:
    bring(world, TWO_SITES)
    with session_scope(world.sessions, writes=False) as session:
        held = everything(session)
        written = as_toml(site_file(session))
    assert [site.name for site in held.sites.values()] == ["Central", "Farm"]
    assert (held.zones["b-1"].site, held.zones["b-1"].parent, held.zones["b-1"].is_unit) == (
        "main",
        "block-b",
        True,
    )
    assert (held.zones["dairy"].site, held.zones["dairy"].needs_pass) == ("farm", True)
    assert (held.curfews["night"].site, held.curfews["night"].from_minute) == ("farm", 21 * 60 + 30)
    again = previewed(world, written.encode())
    assert (again.troubles, again.added, again.changed, again.same) == ([], [], [], 8)
    assert [cell.block for cell in read_site(written.encode()).cell] == ["Block B"]


def test_what_a_file_leaves_out_stays_as_it_is(world: World) -> None:
    bring(world, TWO_SITES)
    bring(world, b'[[zone]]\ncode="b-1"\nname="Lower tier"\nkind="TIER"\n')
    with session_scope(world.sessions, writes=False) as session:
        held = everything(session).zones["b-1"]
    assert (held.name, held.parent, held.is_unit, held.certified, held.maximum) == (
        "Lower tier", "block-b", True, 20, 24,
    )  # fmt: skip


ZONES_CSV = """code;name;kind;parent;unit;capacity;maximum
block-b;Block B;block;;no;;
b-1;Tier 1;TIER;block-b;yes;20;24
b-2;Tier 2;TIER;block-b;sí;20;
"""


def test_a_table_of_zones_comes_in(world: World) -> None:
    world.site()
    table = read_table(ZONES_CSV.encode("utf-8-sig"))
    assert table.troubles == []
    with session_scope(world.sessions) as session:
        assert import_site(session, table.file, actor=OPERATOR, at=world.at) == 3
        held = everything(session).zones
        written = as_table(site_file(session), Kind.ZONE)
    assert [(held[code].is_unit, held[code].certified) for code in ("block-b", "b-1", "b-2")] == [
        (False, None), (True, 20), (True, 20),
    ]  # fmt: skip
    with session_scope(world.sessions, writes=False) as session:
        again = preview(session, read_table(written.encode()).file, world.at)
    assert (again.added, again.changed, again.same) == ([], [], 6)


def test_everything_wrong_in_a_table_is_said_by_row() -> None:
    table = read_table(
        b"code,name,kind,capacity\nB 1,Tier,TIER,4\nb-2,,TIER,many\nb-3,Tier,GARDEN,4\n\nb-4,Tier,TIER,4,5\n"
        b"b-5,Tier,TIER,\nb-5,Tier,TIER,\n"
    )
    assert [str(one.where) for one in table.troubles] == [
        "row 2",
        "row 3",
        "row 3",
        "row 4",
        "row 6",
        "row 8",
    ]
    assert "many" not in "".join(str(one.words) for one in table.troubles)
    assert "capacity: Write a whole number" in str(table.troubles[2].words)
    assert [zone.code for zone in table.file.zone] == ["b-5"]


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (b"", "first row"),
        (b"code,name\n", "no column kind"),
        (b"code,name,kind,colour\nb,B,BLOCK,red\n", "colour"),
        (b"code,name,kind\n", "no rows"),
        (b"\x00\x01code", "no text"),
        (b'code,name,kind\n"b\n', "cannot be read"),
    ],
)
def test_what_is_no_table_of_a_site_is_refused(raw: bytes, named: str) -> None:
    with pytest.raises(SiteError, match=named):
        read_table(raw)


def test_a_table_as_a_spreadsheet_saves_it_is_read() -> None:
    text = "Code;Name;Kind;;\r\nD-1;Celda de castigo nº 1, Peñón;cell;;\r\n;;;;\r\n"
    for encoding in ("cp1252", "utf-8-sig", "utf-16"):
        (zone,) = read_table(text.encode(encoding)).file.zone
        assert (zone.code, zone.name, zone.kind) == ("d-1", "Celda de castigo nº 1, Peñón", "CELL"), encoding
    assert [text_of(text.encode(encoding))[1] for encoding in ("cp1252", "utf-16")] == [False, True]


def test_one_row_that_cannot_be_read_is_one_trouble_and_one_missing_site_is_one(world: World) -> None:
    world.site()
    rows = ["code,name,kind,site,parent", "b,B,GARDEN,main,", "b-1,B1,TIER,main,b", "b-2,B2,TIER,main,b"]
    rows += [f"f-{number},F {number},WORKSHOP,farm," for number in range(9)]
    table = read_table("\n".join(rows).encode())
    with session_scope(world.sessions, writes=False) as session:
        found = preview(session, table.file, world.at, table.places, table.troubles, table.unread)
    assert [(str(one.where), str(one.words).partition(":")[0]) for one in found.troubles] == [
        ("row 2", "kind"),
        ("row 5, row 6, row 7, row 8, row 9 and 4 more", "There is no site farm. Add it first."),
    ]


def test_a_zone_and_all_that_hangs_on_it_are_closed_by_one_file(world: World) -> None:
    world.site()
    bring(
        world,
        b'[[zone]]\ncode="workshop"\nname="Workshop"\nkind="WORKSHOP"\nclosed=true\n'
        b'[[checkpoint]]\ncode="w-in"\nname="W"\nfrom_zone="yard"\nto_zone="workshop"\nclosed=true\n',
    )
    with session_scope(world.sessions, writes=False) as session:
        assert everything(session).zones["workshop"].closed


def test_the_command_says_what_is_wrong_what_it_would_do_and_what_it_did(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.settings()

    def run(*words: object) -> tuple[int, str]:
        code = main(["site", str(words[0]), "--data", str(tmp_path), *map(str, words[1:])])
        said = capsys.readouterr()
        return code, said.out + said.err

    missing, good, bad = tmp_path / "missing.toml", tmp_path / "site.toml", tmp_path / "doors.csv"
    out = tmp_path / "out.toml"
    good.write_bytes(SITE)
    bad.write_text("code,name,from_zone,to_zone\nx,X,yard,moon\n")
    assert run("import", missing) == (2, f"{missing} cannot be read: No such file or directory.\n")
    assert run("import", "--dry-run", good)[1].endswith(
        "would be imported: 5 added, 0 changed, 0 as they were.\n"
    )
    assert run("import", good)[1] == "site.toml: was imported: 5 added, 0 changed, 0 as they were.\n"
    code, said = run("import", bad)
    assert code == 2
    assert "row 2: There is no zone moon." in said
    assert run("export", out)[0] == 0
    assert run("import", "--dry-run", out)[1].endswith("0 added, 0 changed, 6 as they were.\n")


def previewed(world: World, text: bytes) -> Preview:
    with session_scope(world.sessions, writes=False) as session:
        return preview(session, read_site(text), world.at)


def bring(world: World, text: bytes) -> None:
    with session_scope(world.sessions) as session:
        import_site(session, read_site(text), actor=OPERATOR, at=world.at)
