"""Where a ledger is kept: from an address to what the library needs to open it."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from ledger.errors import BadUrl, ExtraMissing, NoLedger, NotALedger, StoreDamaged, StoreUnavailable

# The library wraps most of a store's errors, not those of BEGIN or of the lock file; and Python
# cannot read what SQLite says of a name that is not UTF-8.
FAILURES = (PersistenceError, sqlite3.Error, OSError, UnicodeDecodeError)


def first_line(error: Exception) -> str:
    """The first line of a library's message, without its address book."""
    text = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    return str(text).splitlines()[0].rstrip(".:")


# "no such table" or column, a page or a schema that makes no sense, a text where a number was.
_DAMAGE = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
           sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_FORMAT}  # fmt: skip


def is_damage(error: BaseException) -> bool:
    """Whether a store was reached and what it keeps cannot be read, rather than the store."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, UnicodeDecodeError):
            return True
        if isinstance(cause, sqlite3.Error):
            code = getattr(cause, "sqlite_errorcode", None)  # Python's own errors have none
            return code is None or code & 0xFF in _DAMAGE
        # PostgreSQL: class 42 (no such table or column), class XX (data or index corrupted)
        state = getattr(cause, "sqlstate", None)
        if state is not None:
            return str(state)[:2] in ("42", "XX")
        cause = cause.__cause__ or cause.__context__
    return False


def shown(url: str) -> str:
    """The address without its password, wherever it stands."""
    hidden = re.sub(r"(?<=://)([^/?#:@]*):.*@", r"\1:…@", url)
    return re.sub(r"([?&]\w*password=)[^&#]*", r"\1…", hidden)


def environment(url: str, *, create: bool) -> tuple[Path | None, dict[str, str]]:
    """The file (if it is one) and the settings the library needs for an address."""
    if url.startswith(("postgresql://", "postgres://")):
        return None, _postgres(url, create=create)
    if "://" in url and not url.startswith("sqlite:///"):
        raise BadUrl(url=shown(url), what="it names no kind of store that is known")
    try:
        # Without symbolic links: one ledger must not have two lock files.
        path = Path(url.removeprefix("sqlite:///")).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise BadUrl(url=shown(url), what=str(error)) from error
    return path, _sqlite(path, url, create=create)


def _sqlite(path: Path, url: str, *, create: bool) -> dict[str, str]:
    from ledger.store import sqlite

    try:
        if path.is_dir():
            raise NotALedger(url=url, what="it is a directory")
        if sqlite.is_new(str(path)):
            if not create:
                raise NoLedger(url=url)
            sqlite.brand(str(path))
        what, only = sqlite.inspect(str(path)), sqlite.read_only(path)
    except FAILURES as error:
        raise StoreUnavailable(url=url, what=first_line(error)) from error
    if what:
        raise NotALedger(url=url, what=what)
    return {
        "PERSISTENCE_MODULE": "ledger.store.sqlite:LedgerFactory",
        "SQLITE_DBNAME": only or str(path),
        "ORIGINATOR_ID_TYPE": "text",
        "CREATE_TABLE": "y" if create else "n",
    }


def _postgres(url: str, *, create: bool) -> dict[str, str]:
    try:
        import psycopg
    except ImportError as error:
        raise ExtraMissing(package="psycopg", extra="postgres") from error
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            query = "SELECT to_regclass(%s) IS NOT NULL"
            tables = ("stored_events", "stored_events_marks")
            there = [connection.execute(query, (f"public.{t}",)).fetchone() for t in tables]
            missing = [t for t, one in zip(tables, there, strict=True) if one != (True,)]
    except psycopg.ProgrammingError as error:
        raise BadUrl(url=shown(url), what=first_line(error)) from error
    except psycopg.Error as error:
        raise StoreUnavailable(url=shown(url), what=first_line(error)) from error
    if len(missing) == 1:
        raise StoreDamaged(url=shown(url), what=f"the table {missing[0]} is gone")
    if missing and not create:
        raise NoLedger(url=shown(url))
    return {
        "PERSISTENCE_MODULE": "ledger.store.postgres:LedgerFactory",
        "LEDGER_URL": url,
        # The library asks for these words of an address; the factory gives it the whole.
        "POSTGRES_DBNAME": "",
        "POSTGRES_HOST": "",
        "POSTGRES_USER": "",
        "POSTGRES_PASSWORD": "",
        "ORIGINATOR_ID_TYPE": "text",
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_MAX_OVERFLOW": "4",
        "POSTGRES_CONNECT_TIMEOUT": "5",
        "POSTGRES_LOCK_TIMEOUT": "30",
        "POSTGRES_PRE_PING": "y",  # the server may have been restarted since
        "CREATE_TABLE": "y" if missing else "n",
    }
