// What is known of the last answer, for the line under it.
import { useSyncExternalStore } from "react";

let last = null;
const listeners = new Set();

/** Replaces what is known; a function adds to it. */
export function report(next) {
  last = typeof next === "function" ? next(last) : next;
  listeners.forEach((listener) => listener());
}

/** Returns what is known, and renders again when it changes. */
export function useLastAnswer() {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => last,
  );
}
