"""Backups: what stands against one is said in a sentence, and what was backed up comes back whole."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from hub.__main__ import main
from hub.accounts.audit import OPERATOR
from hub.accounts.records import AuditEntry, LoginSession
from hub.biometrics.records import PersonKey
from hub.custody.actions import open_booking, register_person
from hub.custody.facts.records import Fact
from hub.custody.records import Person
from hub.custody.rules import PersonFacts, Sex
from hub.database import make_engine, make_sessions, session_scope
from hub.keeping.backup import deleted
from hub.keeping.backup import settings as kept_in
from hub.keeping.backup.container import CHUNK_BYTES, Reader, Writer
from hub.keeping.backup.deleted import Deleted
from hub.keeping.backup.errors import BackupError
from hub.keeping.backup.records import Backup
from hub.keeping.backup.recovery import ALPHABET, groups_of, key_of
from hub.keeping.backup.restoring import restore, verify_backup
from hub.keeping.backup.rotation import name_of, to_delete
from hub.keeping.backup.settings import BackupSettings
from hub.keeping.backup.standing import backup_standing
from hub.keeping.backup.taking import Taken, take_backup
from hub.settings import Settings, write_first
from hub.settings import load as load_settings
from hub.terminals.epochs import current_epoch
from wire.keys import OpeningKey, SigningKey, opening_key, public_bytes

from ... import databases

KEY = OpeningKey.generate()
KEPT = BackupSettings(recovery_key=public_bytes(KEY.public_key()).hex())
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def clock() -> datetime:
    return AT


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub as `init` makes it, with somebody in it."""
    data = tmp_path_factory.mktemp("made") / "hub"
    words = ["init", "--data", str(data), "--admin-password-file", str(data.parent / "password")]
    assert main([*words, *databases.chosen(data)]) == 0
    kept_in.write(data, KEPT)
    engine = make_engine(load_settings(data).database)
    with session_scope(make_sessions(engine)) as session:
        for surname in ("Novelo", "Pérez"):
            person = register_person(
                session, PersonFacts(surname, "Ana", date(1990, 5, 1), Sex.FEMALE), actor=OPERATOR, at=AT
            )
            open_booking(session, person, admitted_at=AT, recorded_at=AT, by="test")
            session.add(PersonKey(person_id=person.id, wrapped=b"k" * 60, created_at=AT))
        session.add(
            Backup(began_at=AT, ended_at=AT, name="old", size_bytes=1, digest="", restored=False, journals=[])
        )
    engine.dispose()
    return data


@pytest.fixture
def hub(made: Path, tmp_path: Path) -> Settings:
    shutil.copytree(made, tmp_path / "hub")
    if databases.on_postgresql():
        write_first(tmp_path / "hub", database=databases.copy_of(load_settings(made).database))
    return load_settings(tmp_path / "hub")


def empty(folder: Path) -> str:
    """What `restore` is told of the database: nothing on SQLite, where the backup's own is a file of the new folder."""
    return databases.new_database(folder) if databases.on_postgresql() else ""


@pytest.fixture
def engine(hub: Settings) -> Iterator[Engine]:
    found = make_engine(hub.database)
    yield found
    found.dispose()


def take(hub: Settings, engine: Engine, target: Path, at: datetime = AT) -> Taken:
    return take_backup(hub, KEPT, engine, target, clock=lambda: at, actor=OPERATOR)


def rows_of(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in (
                "persons",
                "bookings",
                "facts",
                "accounts",
                "audit_entries",
                "person_keys",
                "docket_queue",
            )
        }


# What is refused.


def test_without_a_recovery_key_there_is_no_backup(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(made, tmp_path / "hub")
    (tmp_path / "hub" / "backup.toml").unlink()
    assert main(["backup", "--data", str(tmp_path / "hub"), "--to", str(tmp_path)]) == 2
    assert "pims-hub recovery-key" in capsys.readouterr().err
    assert list(tmp_path.glob("*.backup")) == []


def test_settings_that_cannot_be_used_name_the_file(hub: Settings) -> None:
    (hub.data / "backup.toml").write_text('recovery_key = "short"\n')
    with pytest.raises(BackupError, match=r"backup\.toml cannot be used"):
        kept_in.load(hub.data)


def test_a_backup_is_never_overwritten(hub: Settings, engine: Engine, tmp_path: Path) -> None:
    target = tmp_path / "one.backup"
    target.write_bytes(b"precious")
    with pytest.raises(BackupError, match="exists already"):
        take(hub, engine, target)
    assert target.read_bytes() == b"precious"


def test_a_folder_that_is_not_there_is_not_taken_for_a_file(
    hub: Settings, engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="There is no folder"):
        take(hub, engine, tmp_path / "backups")
    assert not (tmp_path / "backups").exists()


def test_where_it_cannot_be_written_nothing_is_left(hub: Settings, engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="Make room there or name another place"):
        take(hub, engine, tmp_path / "missing" / "one.backup")


def test_a_full_disk_is_said_and_nothing_is_left(hub: Settings, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk; it is set in a process of its own."""
    (hub.keys / "large.key").write_bytes(os.urandom(400_000))
    (hub.keys / "large.key").chmod(0o600)
    run = [sys.executable, "-m", "hub", "backup", "--data", str(hub.data), "--to", str(tmp_path)]
    done = subprocess.run(
        run,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
    )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["hub"]


@pytest.fixture
def taken(hub: Settings, engine: Engine, tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return take(hub, engine, tmp_path / "backups").path


@pytest.fixture(scope="module")
def first(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For all tests that look at a backup alone, and not at the hub that it was taken of."""
    folder = tmp_path_factory.mktemp("first")
    shutil.copytree(made, folder / "hub")
    if databases.on_postgresql():
        write_first(folder / "hub", database=databases.copy_of(load_settings(made).database))
    hub = load_settings(folder / "hub")
    engine = make_engine(hub.database)
    (folder / "backups").mkdir()
    path = take(hub, engine, folder / "backups").path
    engine.dispose()
    return path


@pytest.fixture
def given(first: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    (tmp_path / "backups").mkdir()
    return Path(shutil.copy(first, tmp_path / "backups"))


def test_another_key_is_told_which_paper_is_wanted(given: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"is locked for the recovery key .* the one given is"):
        verify_backup(given, OpeningKey.generate())
    with pytest.raises(BackupError, match="locked for"):
        restore(given, tmp_path / "new", OpeningKey.generate(), clock=clock)
    assert not (tmp_path / "new").exists()


def test_every_changed_byte_is_found(given: Path) -> None:
    whole = given.read_bytes()
    for place in (0, 5, 20, 200, len(whole) // 2, len(whole) - 100, len(whole) - 1):
        spoilt = bytearray(whole)
        spoilt[place] ^= 1
        given.write_bytes(spoilt)
        for key in (None, KEY):
            with pytest.raises(BackupError):
                verify_backup(given, key)
    given.write_bytes(whole)
    assert verify_backup(given, KEY).end is not None


def test_every_way_of_cutting_it_off_is_found(given: Path) -> None:
    whole = given.read_bytes()
    for length in (0, 3, 14, 100, 700, len(whole) // 2, len(whole) - 96, len(whole) - 1):
        given.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            verify_backup(given, KEY)


def test_a_changed_piece_is_found_even_under_a_new_sum_of_somebody_else(given: Path) -> None:
    """Whoever can write the file can sum and sign it anew, but not without the hub's key or the recovery key."""
    from hashlib import sha256

    body = bytearray(given.read_bytes()[:-96])
    body[-1] ^= 1
    digest = sha256(body).digest()
    given.write_bytes(bytes(body) + digest + SigningKey.generate().sign(b"pims" + digest))
    with pytest.raises(BackupError, match="not signed by the hub"):
        verify_backup(given, None)
    with given.open("rb") as file, pytest.raises(BackupError, match="was changed after it was written"):
        list(Reader(file).chunks(KEY))


def test_pieces_cannot_be_dropped_moved_or_taken_from_another(tmp_path: Path) -> None:
    def write(name: str) -> bytes:
        path = tmp_path / name
        with path.open("wb") as out:
            writer = Writer(out, KEY.public_key(), SigningKey.generate(), AT, "s", "1")
            writer.write(b"a" * (3 * CHUNK_BYTES))
            writer.close()
        return path.read_bytes()

    one = write("one")
    start = one.index(b"PIMS-BACKUP\n") + 12
    start += 4 + int.from_bytes(one[start : start + 4], "big")
    size = 4 + CHUNK_BYTES + 16
    head, pieces = one[:start], [one[start + n * size : start + (n + 1) * size] for n in range(3)]
    for spoilt in ([pieces[0], pieces[2]], [pieces[1], pieces[0], pieces[2]], [pieces[0], pieces[1]]):
        (tmp_path / "spoilt").write_bytes(head + b"".join(spoilt))
        with (tmp_path / "spoilt").open("rb") as file, pytest.raises(BackupError):
            list(Reader(file).chunks(KEY))


def test_what_is_no_backup_and_what_is_newer_are_told_apart(given: Path, tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear hub")
    with pytest.raises(BackupError, match="is no backup"):
        verify_backup(other, None)
    raw = given.read_bytes()
    other.write_bytes(raw.replace(b'"format":1', b'"format":9', 1))
    with pytest.raises(BackupError, match="newer version"):
        verify_backup(other, None)


def test_a_database_that_this_version_does_not_know_is_refused(
    hub: Settings, engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    path = take(hub, engine, tmp_path / "one.backup").path
    with pytest.raises(BackupError, match="newer version of this software"):
        restore(path, tmp_path / "new", KEY, clock=clock, database=empty(tmp_path))
    assert not (tmp_path / "new").exists()


def test_nothing_is_restored_over_a_hub_unless_told(taken: Path, hub: Settings) -> None:
    before = sorted(path.name for path in hub.data.rglob("*"))
    with pytest.raises(BackupError, match="--replace"):
        restore(taken, hub.data, KEY, clock=clock)
    assert sorted(path.name for path in hub.data.rglob("*")) == before


@pytest.mark.sqlite
def test_nothing_is_restored_over_a_hub_that_runs(taken: Path, hub: Settings) -> None:
    held = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; f = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()",
            str(hub.data / "hub.sqlite"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert held.stdout is not None
        held.stdout.readline()
        with pytest.raises(BackupError, match=r"is running\. Stop it first"):
            restore(taken, hub.data, KEY, clock=clock, replace=True)
    finally:
        held.communicate()
    assert (hub.data / "hub.sqlite").exists()


@pytest.mark.sqlite
def test_an_interrupted_restore_leaves_the_hub_as_it_was_and_is_done_again(
    taken: Path, hub: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.dispose()

    def power_cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("hub.keeping.backup.restoring._begin_again", power_cut)
        patch.setattr("hub.keeping.backup.restoring.shutil.rmtree", lambda *_args, **_more: None)
        with pytest.raises(KeyboardInterrupt):
            restore(taken, hub.data, KEY, clock=clock, replace=True)
    left = hub.data.with_name("hub.restoring")
    assert (left / "hub.sqlite").exists(), "the test must leave something half done"
    assert load_settings(hub.data).database == hub.database
    done = restore(taken, hub.data, KEY, clock=clock, replace=True)
    assert done.aside is not None
    assert (done.aside / "hub.sqlite").exists()
    assert not left.exists()


# What comes back.


def test_a_hub_comes_back_whole_in_an_empty_place(
    taken: Path, hub: Settings, engine: Engine, tmp_path: Path
) -> None:
    done = restore(
        taken, tmp_path / "new", KEY, clock=lambda: AT + timedelta(days=1), database=empty(tmp_path)
    )
    back = load_settings(tmp_path / "new")
    there = make_engine(back.database)
    before, after = rows_of(engine), rows_of(there)
    assert after == {**before, "audit_entries": after["audit_entries"]}
    assert after["audit_entries"] == before["audit_entries"]  # one noted the backup, one notes the restore
    with session_scope(make_sessions(there)) as session:
        assert [one.surname for one in session.scalars(select(Person).order_by(Person.id))] == [
            "Novelo",
            "Pérez",
        ]
        assert current_epoch(session) == done.epoch == 2
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert last.act == "backup.restore"
    for name in ("vault.key", "signing.key", "ca.key"):
        assert (back.keys / name).read_bytes() == (hub.keys / name).read_bytes()
    assert [path for path in back.data.rglob("*") if path.stat().st_mode & 0o077] == []
    assert done.aside is None
    there.dispose()


def test_what_may_not_be_changed_may_not_be_changed_in_a_restored_hub_either(
    taken: Path, tmp_path: Path
) -> None:
    restore(taken, tmp_path / "new", KEY, clock=clock, database=empty(tmp_path))
    there = make_engine(load_settings(tmp_path / "new").database)
    with pytest.raises(DBAPIError, match="append-only"), there.begin() as connection:
        connection.execute(text("DELETE FROM facts"))
    there.dispose()


def test_what_is_written_during_a_backup_is_in_it_whole_or_not_at_all(
    hub: Settings, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.keeping.backup import taking

    plain = taking._files

    def busy(data: Path) -> Iterator[object]:
        with session_scope(make_sessions(engine)) as session:
            register_person(session, PersonFacts("Late", "Lee", None, Sex.MALE), actor=OPERATOR, at=AT)
        yield from plain(data)

    monkeypatch.setattr(taking, "_files", busy)
    path = take(hub, engine, tmp_path / "one.backup").path
    end = verify_backup(path, KEY).end
    assert end is not None
    with session_scope(make_sessions(engine), writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 3
    assert end.tables["persons"] == 2
    assert end.tables["facts"] == 2


def test_nothing_in_the_clear_is_in_the_file_or_left_beside_it(
    taken: Path, hub: Settings, tmp_path: Path
) -> None:
    raw = taken.read_bytes()
    for secret in (b"Novelo", (hub.keys / "vault.key").read_bytes(), b"PRIVATE KEY"):
        assert secret not in raw
    assert taken.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in taken.parent.iterdir()] == [taken.name]


def test_sessions_end_at_a_restore(hub: Settings, engine: Engine, tmp_path: Path) -> None:
    with session_scope(make_sessions(engine)) as session:
        session.add(
            LoginSession(token_hash=b"t" * 32, account_id=1, created_at=AT, seen_at=AT, address="here")
        )
    path = take(hub, engine, tmp_path / "one.backup").path
    restore(path, tmp_path / "new", KEY, clock=clock, database=empty(tmp_path))
    there = make_engine(load_settings(tmp_path / "new").database)
    with session_scope(make_sessions(there), writes=False) as session:
        assert session.scalars(select(LoginSession.ended_at)).all() == [AT]
    there.dispose()


def test_an_older_backup_does_not_bring_back_what_the_law_had_deleted(given: Path, tmp_path: Path) -> None:
    found = [
        Deleted(1, "biometrics", AT + timedelta(days=1)),
        Deleted(1, "facts", AT + timedelta(days=1)),
        Deleted(2, "biometrics", AT - timedelta(days=1)),
    ]
    deleted.write_deleted([given.parent], found, KEPT.receiver)
    assert b"biometrics" not in (given.parent / deleted.FILE).read_bytes()
    done = restore(given, tmp_path / "new", KEY, clock=clock, database=empty(tmp_path))
    there = make_engine(load_settings(tmp_path / "new").database)
    with session_scope(make_sessions(there), writes=False) as session:
        assert session.scalars(select(PersonKey.person_id)).all() == [2]
        assert session.scalars(select(Fact.person_id)).all() == [2]
        blank = session.get_one(Person, 1)
        assert (blank.surname, blank.given, blank.born_on, blank.number) == ("", "", None, "P-000001")
    assert done.list_found
    assert done.left_out == 5  # the key, the fact, and what the file was found by: an entry and two words
    there.dispose()


def test_a_list_of_deletions_that_cannot_be_opened_stops_the_restore(given: Path, tmp_path: Path) -> None:
    (given.parent / deleted.FILE).write_bytes(b"?" * 80)
    with pytest.raises(BackupError, match="deleted people would come back"):
        restore(given, tmp_path / "new", KEY, clock=clock, database=empty(tmp_path))


@pytest.mark.skipif(bool(databases.missing()), reason=databases.missing() or "PostgreSQL is here")
@pytest.mark.long
def test_a_hub_moves_to_postgresql_and_back(taken: Path, engine: Engine, tmp_path: Path) -> None:
    url = databases.new_database(tmp_path, postgresql=True)
    done = restore(taken, tmp_path / "large", KEY, clock=clock, database=url)
    large = load_settings(tmp_path / "large")
    assert large.database == url
    there = make_engine(url)
    assert rows_of(there) == rows_of(engine)
    with session_scope(make_sessions(there)) as session:
        added = register_person(session, PersonFacts("New", "One", None, Sex.MALE), actor=OPERATOR, at=AT)
        assert added.id == 3
    with pytest.raises(BackupError, match="not empty"):
        restore(taken, tmp_path / "other", KEY, clock=clock, database=url)
    path = take(large, there, tmp_path / "two.backup", AT + timedelta(hours=1)).path
    there.dispose()
    back = restore(
        path, tmp_path / "small", KEY, clock=clock, database=f"sqlite:///{tmp_path / 'back.sqlite'}"
    )
    assert back.epoch == done.epoch + 1
    small = make_engine(load_settings(tmp_path / "small").database)
    with session_scope(make_sessions(small), writes=False) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 3
    small.dispose()


# Its key, its room, its age.


def test_the_recovery_key_survives_paper() -> None:
    groups = groups_of(KEY)
    assert len(groups) == 13
    typed = " ".join(groups).lower().replace("0", "o").replace("1", "l")
    assert public_bytes(key_of(typed).public_key()) == public_bytes(KEY.public_key())


@pytest.mark.parametrize("place", range(13))
def test_a_mistyped_group_is_named(place: int) -> None:
    groups, passed = groups_of(opening_key(bytes(range(32)))), 0
    for wrong in sorted(set(ALPHABET) - {groups[place][2]}):
        typed = [*groups]
        typed[place] = groups[place][:2] + wrong + groups[place][3:]
        try:
            key_of("-".join(typed))
        except BackupError as error:
            said = error.sentence
            assert f"Group {place + 1} of" in said
        else:
            passed += 1
    assert passed <= 3, "one in 32 passes by chance, and is found when the whole key is compared"


def test_groups_in_the_wrong_order_and_too_few_are_said() -> None:
    groups = groups_of(KEY)
    with pytest.raises(BackupError, match="was mistyped"):
        key_of(" ".join([groups[1], groups[0], *groups[2:]]))
    with pytest.raises(BackupError, match="65 in all; 60 were given"):
        key_of(" ".join(groups[:-1]))


def test_the_key_is_shown_once_and_a_paper_can_be_tried(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "hub"
    shutil.copytree(made, data)
    (data / "backup.toml").unlink()
    capsys.readouterr()
    assert main(["recovery-key", "--data", str(data)]) == 0
    shown = capsys.readouterr().out
    words = [
        word
        for line in shown.splitlines()
        if line.startswith("  ")
        for word in line.split()
        if ":" not in word
    ]
    assert len(words) == 13
    assert not any(word in path.read_text(errors="replace") for word in words for path in data.glob("*.toml"))
    (tmp_path / "paper").write_text(" ".join(words))
    assert main(["recovery-key", "--data", str(data), "--check", "--key-file", str(tmp_path / "paper")]) == 0
    assert main(["recovery-key", "--data", str(data)]) == 2
    assert "has a recovery key already" in capsys.readouterr().err
    (tmp_path / "other").write_text(" ".join(groups_of(OpeningKey.generate())))
    assert main(["recovery-key", "--data", str(data), "--check", "--key-file", str(tmp_path / "other")]) == 2


def test_backup_verify_and_restore_as_an_operator_types_them(
    hub: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    assert main(["backup", "--data", str(hub.data), "--to", str(folder)]) == 0
    (name,) = folder.glob("*.backup")
    (tmp_path / "paper").write_text(" ".join(groups_of(KEY)))
    assert main(["verify", "--from", str(name)]) == 0
    assert main(["verify", "--from", str(name), "--key-file", str(tmp_path / "paper")]) == 0
    capsys.readouterr()
    words = ["restore", "--data", str(tmp_path / "new"), "--from", str(name)]
    assert main([*words, "--key-file", str(tmp_path / "paper"), *databases.chosen(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "enter from paper" in said
    assert "No list of deletions" not in said, "the backup wrote one beside itself"
    (folder / deleted.FILE).unlink()
    words += ["--replace", "--key-file", str(tmp_path / "paper")]
    assert main([*words, *databases.chosen(tmp_path)]) == 0
    assert "whoever was deleted by law after" in capsys.readouterr().out
    assert main(["audit", "seal", "--data", str(tmp_path / "new")]) == 0
    assert main(["audit", "verify", "--data", str(tmp_path / "new")]) == 0


def test_old_backups_make_room_and_others_files_stay() -> None:
    days = [AT - timedelta(days=number) for number in range(40)]
    names = [name_of(at) for at in days] + [name_of(AT - timedelta(hours=1)), "photo.jpg", "pims-x.backup"]
    gone = to_delete(names, days=7, weeks=4)
    kept = sorted(set(names) - set(gone))
    assert kept == sorted(
        [name_of(at) for at in days[:7]] + [name_of(days[8]), name_of(days[15]), "photo.jpg", "pims-x.backup"]
    )
    assert to_delete([name_of(AT)], days=1, weeks=0) == []


def test_a_backup_that_is_too_old_is_an_alarm(hub: Settings, engine: Engine, tmp_path: Path) -> None:
    sessions = make_sessions(engine)
    with session_scope(sessions, writes=False) as session:
        assert not backup_standing(session, AT + timedelta(hours=26)).alarm
        assert backup_standing(session, AT + timedelta(hours=27)).alarm
    take(hub, engine, tmp_path / "one.backup", AT + timedelta(days=2))
    with session_scope(sessions, writes=False) as session:
        found = backup_standing(session, AT + timedelta(days=2, hours=1))
    assert (found.name, found.alarm) == ("one.backup", False)
