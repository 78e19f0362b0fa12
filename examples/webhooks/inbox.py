"""What the receivers of this folder have accepted: each delivery once, on disk, and processed after the answer."""

import json
import os
import sqlite3
import threading
from typing import Any

NEXT = "SELECT id, body FROM inbox WHERE NOT done ORDER BY rowid LIMIT 1"


class Inbox:
    """Deliveries in an SQLite file. One thread processes them, those that an earlier process left as well."""

    def __init__(self) -> None:
        path = os.environ.get("WEBHOOK_INBOX", "inbox.db")
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, body TEXT, done INTEGER DEFAULT 0)")
        self._waiting = threading.Event()
        threading.Thread(target=self._work, daemon=True).start()

    def add(self, delivery_id: str, event: Any) -> None:
        """Store a delivery, unless it was stored before: what is sent again has the same id."""
        self._db.execute("INSERT OR IGNORE INTO inbox (id, body) VALUES (?, ?)", (delivery_id, json.dumps(event)))
        self._waiting.set()

    def _work(self) -> None:
        while True:
            while found := self._db.execute(NEXT).fetchone():
                handle(json.loads(found[1]))
                self._db.execute("UPDATE inbox SET done = 1 WHERE id = ?", (found[0],))
            self._waiting.wait()
            self._waiting.clear()


def handle(event: Any) -> None:
    """Here is what your program does with an event. After a crash it may be called with the same event again."""
    print(event["type"], json.dumps(event["data"], ensure_ascii=False), flush=True)
