// What operations are sent with: an API key or the token of a person who signed in; the field and the buttons for it, and
// what the page says about it. A key is stored in this tab's sessionStorage only, and a token nowhere.
import { canSignIn, signedIn, signIn } from "./sign_in.js";

const STORE = "quotegraph:key";
const box = document.getElementById("key");
const show = document.getElementById("key-show");
const badge = document.getElementById("key-state");
const note = document.getElementById("note");
const offered = document.getElementById("demo-keys");
const signInButton = document.getElementById("sign-in");
const demoKeys = JSON.parse(document.getElementById("playground").dataset.demoKeys);

let key = "";
// The name of the person whose token the key is; empty for an API key.
let person = "";
let choice = {};
let onChange = () => {};

/** Returns the key or the token in use, or an empty string. */
export const currentKey = () => key;

/** Returns the headers of operations: the key or the token, and the company that a person has chosen. */
export const authorization = () => ({ ...choice, Authorization: `Bearer ${key}` });

/** Calls `listener` with the first key or token and with every later one. */
export async function watchKey(listener) {
  onChange = listener;
  const answer = await signedIn();
  if (answer?.token) take(answer.token, answer.name, answer.choice);
  else take(keyFromAddress() ?? sessionStorage.getItem(STORE) ?? "");
  if (answer?.problem) tell(answer.problem);
}

/** Tells that the server does not accept the key or the token. */
export function keyRefused() {
  if (person) {
    nameButton("Sign in");
    state("bad", "signed out");
    tell("Your sign-in has ended. Sign in again.");
    return;
  }
  if (!environment()) return; // The note says already what is wrong with it.
  state("bad", "key rejected");
  tell(`The server does not accept this key: it is mistyped, expired, revoked, or of another server. ${remedy()}`);
}

/** Shows a line above the editors; an empty one hides it. */
export function tell(text) {
  note.textContent = text;
  note.hidden = !text;
}

function take(next, name = "", chosen = {}) {
  key = next;
  person = name;
  choice = chosen;
  box.value = person ? "" : key;
  offered.value = Object.values(demoKeys).includes(key) ? key : "";
  if (key && !person) sessionStorage.setItem(STORE, key);
  else sessionStorage.removeItem(STORE);
  describe();
  onChange(key);
}

function describe() {
  nameButton(person ? "Sign out" : "Sign in");
  if (person) {
    state("person", person);
    tell("");
    return;
  }
  if (!key) state("", "no key");
  else if (environment()) state(environment(), `${environment()} data`);
  else state("bad", "invalid key");
  if (!key) tell(`The playground needs an API key to load the schema and run operations. ${remedy()}`);
  else if (!environment()) tell(`A key begins with qk_live_ or qk_test_. ${remedy()}`);
  else tell("");
}

function nameButton(words) {
  signInButton.textContent = words;
}

const environment = () => /^qk_(live|test)_/.exec(key)?.[1];

function remedy() {
  const other = offered.hidden
    ? "Enter a key in the field above; “quotegraph keys create” makes one."
    : "Choose one of the demo's keys above, or enter your own.";
  return canSignIn ? `Sign in with the button above. ${other}` : other;
}

function state(name, text) {
  badge.dataset.state = name;
  badge.textContent = text;
  badge.title = text;
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
signInButton.hidden = !canSignIn;
signInButton.addEventListener("click", () => (signInButton.textContent === "Sign out" ? take("") : signIn()));
addEventListener("hashchange", () => {
  const found = keyFromAddress();
  if (found !== null) changed(found);
});

offered.hidden = !Object.keys(demoKeys).length;
offered.append(new Option("Demo keys…", ""), ...Object.entries(demoKeys).map(([name, value]) => new Option(name, value)));
offered.addEventListener("change", () => offered.value && changed(offered.value));
