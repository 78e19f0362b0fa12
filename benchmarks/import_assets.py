"""Time and peak memory of importing and exporting a large file of assets, on SQLite and PostgreSQL.

python -m benchmarks.import_assets [rows]
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.database import QUOTEGRAPH, new_database
from tests.postgres import stop_postgres

ROWS = 100_000
MOST_MIB = 300
HEADER = "serial_number,device_type,country,description,employee,condition,price,currency"


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    worst = 0.0
    with tempfile.TemporaryDirectory(prefix="quotegraph-import-") as directory:
        file = write(Path(directory) / "assets.csv", rows)
        print(f"{rows:,} rows, {file.stat().st_size / 2**20:.1f} MiB")
        for name, url in (("SQLite", f"sqlite+aiosqlite:///{directory}/assets.db"), ("PostgreSQL", new_database())):
            if name == "SQLite":
                run(url, "migrate")
            run(url, "companies", "create", "BENCH", "Bench")
            for label, words in (
                ("import --dry-run", ("import", str(file), "--company", "BENCH", "--dry-run")),
                ("import", ("import", str(file), "--company", "BENCH")),
                ("export", ("export", "--company", "BENCH", "--to", f"{directory}/out.csv")),
            ):
                seconds, mib = run(url, "assets", *words)
                worst = max(worst, mib)
                print(
                    f"{name:<11}{label:<17}{seconds:6.1f} s  {rows / seconds:8,.0f} rows/s  peak {mib:5.0f} MiB",
                    flush=True,
                )
    stop_postgres()
    sys.exit(worst > MOST_MIB)


def write(file: Path, rows: int) -> Path:
    """Writes a file of laptops and monitors, three quarters of them with a holder."""
    with file.open("w", encoding="utf-8") as out:
        print(HEADER, file=out)
        for number in range(rows):
            kind, country = ("Laptop", "Uruguay") if number % 2 else ("monitor", "BR")
            who = f"Person {number % 500}" if number % 4 else ""
            print(
                f'SN-{number:07},{kind},{country},"A device, number {number}",{who},Good,{1000 + number % 100}.50,usd',
                file=out,
            )
    return file


def run(url: str, *words: str) -> tuple[float, float]:
    """Runs a command. Returns its duration and peak memory."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [QUOTEGRAPH, *words], env={**os.environ, "QUOTEGRAPH_DATABASE_URL": url}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"quotegraph {' '.join(words)} failed")
    return time.perf_counter() - started, _mib(usage)


def _mib(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
