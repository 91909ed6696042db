"""The open database: short transactions, one writer at a time where the database has one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from leadbot.errors import ConfigError, Problem, TransientError
from leadbot.store import dialect, migrate

Transaction = Connection
"""What `Database.write` and `read` hand out, for rooms that pass it on without speaking SQL."""


class Database:
    """Hands out transactions. Safe to share between threads; `close` it at the end."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lock: AbstractContextManager[object] = (
            threading.Lock() if dialect.has_one_writer(engine) else nullcontext()
        )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction, durable when the block ends without an error.

        Keep work outside of it: all other writers wait. Raises TransientError when the database stays busy
        or the disk is full.
        """
        try:
            with self._lock, self.engine.connect() as plain:
                connection = plain.execution_options(**{dialect.WRITES: True})
                with connection.begin():
                    yield connection
        except OperationalError as error:
            raise _as_transient(error) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction: everything in the block sees the same moment. Raises TransientError."""
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except OperationalError as error:
            raise _as_transient(error) from error

    def empty_log(self) -> bool:
        """Leave nothing in the write-ahead log, where words would outlive their deletion.

        False: somebody reads; try again later. Other writers wait for some milliseconds. Raises
        TransientError.
        """
        try:
            with self._lock:
                return dialect.empty_log(self.engine, busy_s=0.1)
        except OperationalError as error:
            raise _as_transient(error) from error

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


_PASSING = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
)
"""What may pass without anybody touching leadbot: another program, a full disk, a lost mount."""


def _as_transient(error: OperationalError) -> Exception:
    name = getattr(error.orig, "sqlite_errorname", "")
    is_passing = name.startswith(_PASSING) or error.connection_invalidated
    return TransientError(f"the database cannot be used now: {error.orig}") if is_passing else error


def open_database(url: str, *, busy_s: float = dialect.BUSY_S) -> Database:
    """Open the database and bring its tables up to date.

    url: ``sqlite:///leadbot.db`` (three slashes relative, four absolute); busy_s: how long to wait for
    another program that writes. Raises ConfigError for a URL that cannot be understood, a place that cannot
    be written, or tables made by a newer leadbot; TransientError when another program keeps it locked.
    """
    parsed = _parse(url)
    try:
        engine = dialect.make_engine(parsed, busy_s=busy_s)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise _config_error(f"no driver for {parsed.drivername} ({error})", _GOOD_URL) from error
    try:
        migrate.upgrade(engine)
    except migrate.NewerSchemaError as error:
        engine.dispose()
        raise _config_error(
            f"the database was last used by a newer leadbot (its tables are at revision {error.revision})",
            "upgrade leadbot, or point database.url at another file",
        ) from error
    except DBAPIError as error:
        engine.dispose()
        if getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise TransientError(f"another program keeps {parsed.render_as_string()} locked") from error
        raise _config_error(
            f"cannot open or write {parsed.render_as_string()}: {error.orig}",
            "check that the folder exists, that it may be written, and that the file is a leadbot database",
        ) from error
    return Database(engine)


_GOOD_URL = "write for example sqlite:///leadbot.db"


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise _config_error(f"{url!r} is not a database URL ({error})", _GOOD_URL) from error
    if parsed.get_backend_name() == "sqlite":
        _check_sqlite_file(parsed)
    return parsed


def _check_sqlite_file(url: URL) -> None:
    if not url.database or url.database == ":memory:":
        raise _config_error("a database in memory forgets everything at a restart", _GOOD_URL)
    folder = Path(url.database).expanduser().parent
    if not folder.is_dir():
        raise _config_error(f"the folder {folder} does not exist", f"create it: mkdir -p {folder}")
    # What people wrote is for the owner alone. SQLite gives its other files the mode of this one.
    with suppress(OSError):
        Path(url.database).expanduser().touch(mode=0o600, exist_ok=False)


def _config_error(what: str, fix: str) -> ConfigError:
    return ConfigError([Problem(where="database.url", what=what, fix=fix, rule="database-url")])
