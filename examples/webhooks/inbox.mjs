// What the receivers of this folder have accepted: each delivery once, on disk, and processed after the answer.

import { DatabaseSync } from "node:sqlite";

const db = new DatabaseSync(process.env.WEBHOOK_INBOX ?? "inbox.db");
db.exec("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, body TEXT, done INTEGER DEFAULT 0)");
const store = db.prepare("INSERT OR IGNORE INTO inbox (id, body) VALUES (?, ?)");
const next = db.prepare("SELECT id, body FROM inbox WHERE NOT done ORDER BY rowid LIMIT 1");
const finish = db.prepare("UPDATE inbox SET done = 1 WHERE id = ?");

let working = false;

/** Stores a delivery, unless it was stored before: what is sent again has the same id. */
export function add(deliveryId, event) {
  store.run(deliveryId, JSON.stringify(event));
  setImmediate(work);
}

async function work() {
  if (working) return;
  working = true;
  for (let row = next.get(); row; row = next.get()) {
    await handle(JSON.parse(row.body));
    finish.run(row.id);
  }
  working = false;
}

/** Here is what your program does with an event. After a crash it may be called with the same event again. */
async function handle(event) {
  console.log(event.type, JSON.stringify(event.data));
}

// What an earlier process has left.
setImmediate(work);
