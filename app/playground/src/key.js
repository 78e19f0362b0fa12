// The API key: its field, the choice of the demo's keys, and what the page says about it. The key is stored in this
// tab's sessionStorage only.
const STORE = "quotegraph:key";
const box = document.getElementById("key");
const show = document.getElementById("key-show");
const badge = document.getElementById("key-state");
const note = document.getElementById("note");
const choice = document.getElementById("demo-keys");
const demoKeys = JSON.parse(document.getElementById("playground").dataset.demoKeys);

let key = "";
let onChange = () => {};

/** Returns the key in use, or an empty string. */
export const currentKey = () => key;

/** Calls `listener` with the first key and with every later one. */
export function watchKey(listener) {
  onChange = listener;
  take(keyFromAddress() ?? sessionStorage.getItem(STORE) ?? "");
}

/** Tells that the server does not accept the key. */
export function keyRefused() {
  if (!environment()) return; // The note says already what is wrong with it.
  state("bad", "key rejected");
  tell(`The server does not accept this key: it is mistyped, expired, revoked, or of another server. ${remedy()}`);
}

/** Shows a line above the editors; an empty one hides it. */
export function tell(text) {
  note.textContent = text;
  note.hidden = !text;
}

function take(next) {
  key = next;
  box.value = key;
  choice.value = Object.values(demoKeys).includes(key) ? key : "";
  if (key) sessionStorage.setItem(STORE, key);
  else sessionStorage.removeItem(STORE);
  describe();
  onChange(key);
}

function describe() {
  if (!key) state("", "no key");
  else if (environment()) state(environment(), `${environment()} data`);
  else state("bad", "invalid key");
  if (!key) tell(`The playground needs an API key to load the schema and run operations. ${remedy()}`);
  else if (!environment()) tell(`A key begins with qk_live_ or qk_test_. ${remedy()}`);
  else tell("");
}

const environment = () => /^qk_(live|test)_/.exec(key)?.[1];

function remedy() {
  return choice.hidden
    ? "Enter a key in the field above; “quotegraph keys create” makes one."
    : "Choose one of the demo's keys above, or enter your own.";
}

function state(name, text) {
  badge.dataset.state = name;
  badge.textContent = text;
}

function keyFromAddress() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const found = fragment.get("key");
  if (found === null) return null;
  // The key must not stay in the address bar or the history.
  fragment.delete("key");
  history.replaceState(null, "", location.pathname + location.search + (fragment.size ? `#${fragment}` : ""));
  return found.trim();
}

function changed(next) {
  if (next !== key) take(next);
}

box.addEventListener("change", () => changed(box.value.trim()));
// A pasted key is complete, so it is used without Enter.
box.addEventListener("paste", () => setTimeout(() => changed(box.value.trim())));
show.addEventListener("click", () => {
  const visible = box.type === "password";
  box.type = visible ? "text" : "password";
  show.textContent = visible ? "Hide" : "Show";
  show.setAttribute("aria-pressed", String(visible));
});
addEventListener("hashchange", () => {
  const found = keyFromAddress();
  if (found !== null) changed(found);
});

choice.hidden = !Object.keys(demoKeys).length;
choice.append(new Option("Demo keys…", ""), ...Object.entries(demoKeys).map(([name, value]) => new Option(name, value)));
choice.addEventListener("change", () => choice.value && changed(choice.value));
