"""Opening, migrating, and what an operator hears when that fails."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from leadbot.errors import ConfigError, TransientError
from leadbot.store import migrate, open_database
from leadbot.store.columns import RowId, UtcTime
from leadbot.store.tables import TABLES


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/leadbot.db"


def test_migrated_tables_equal_the_declared_ones(tmp_path: Path) -> None:
    same_types = (RowId, UtcTime)
    with open_database(url(tmp_path)) as database, database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": lambda _c, _i, column, _t, declared: (
                    False if isinstance(declared, same_types) else None
                ),
                "include_object": lambda _o, name, kind, _r, _c: (
                    kind != "table" or name in {table.name for table in TABLES}
                ),
            },
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    open_database(url(tmp_path)).close()
    open_database(url(tmp_path)).close()


def test_processes_that_start_together_migrate_once(tmp_path: Path) -> None:
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            open_database(url(tmp_path)).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_commits_are_durable_and_keys_are_checked(tmp_path: Path) -> None:
    with open_database(url(tmp_path)) as database, database.read() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("nonsense", "not a database URL"),
        ("oracle-of-delphi://x", "not a database URL"),
        ("sqlite://", "in memory"),
        ("sqlite:////no/such/folder/leadbot.db", "does not exist"),
    ],
)
def test_a_bad_url_is_told_with_its_fix(bad: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        open_database(bad)
    (problem,) = caught.value.problems
    assert problem.where == "database.url"
    assert problem.fix


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "leadbot.db").write_text("this is a shopping list, not a database" * 100)
    with pytest.raises(ConfigError, match="cannot open or write"):
        open_database(url(tmp_path))


def test_a_place_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "leadbot.db").mkdir()
    with pytest.raises(ConfigError, match="cannot open or write"):
        open_database(url(tmp_path))


def test_tables_of_a_newer_leadbot_are_left_alone(tmp_path: Path) -> None:
    open_database(url(tmp_path)).close()
    engine = create_engine(url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConfigError, match="newer leadbot"):
        open_database(url(tmp_path))


def test_a_failed_block_leaves_nothing_behind(tmp_path: Path) -> None:
    with open_database(url(tmp_path)) as database:

        def fail() -> None:
            with database.write() as connection:
                connection.exec_driver_sql(
                    "INSERT INTO spend (brand_id, day, kind, count, usd) VALUES ('1', 'd', 'k', 1, 1)"
                )
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fail()
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM spend").scalar() == 0


def test_a_full_disk_is_waited_out_and_nothing_of_a_block_remains(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path / 'leadbot.db'}") as database:
        with database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        words = "somebody's words " * 10_000
        insert = "INSERT INTO aside (raw, why, at) VALUES (?, '', 0)"
        with pytest.raises(TransientError, match="full") as full, database.write() as connection:
            connection.exec_driver_sql(insert, (words.encode(),))
        assert "somebody" not in str(full.value) + str(full.value.__cause__)
        with database.read() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=100000")
        with database.write() as connection:
            connection.exec_driver_sql(insert, (words.encode(),))
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM aside").scalar() == 1


def test_a_database_another_program_locks_is_no_fault_of_the_settings(tmp_path: Path) -> None:
    file = tmp_path / "leadbot.db"
    open_database(f"sqlite:///{file}").close()
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(TransientError, match="locked"):
            open_database(f"sqlite:///{file}", busy_s=0.2)
    finally:
        other.close()
