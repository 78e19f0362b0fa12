// Subscriptions that lose no event: when the connection is lost, they go on after the last event they received.

const SUBSCRIPTION = /\bsubscription\b/;

/** Returns the cursor of the event in a subscription's data. */
export function cursorOf(data) {
  return Object.values(data ?? {}).find((event) => typeof event?.cursor === "string")?.cursor;
}

/** Throws if a subscription cannot be resumed: nothing else would tell, and events would be lost. */
export function requireResumable(query) {
  if (typeof query !== "string" || !SUBSCRIPTION.test(query)) return;
  if (!/\$after\b/.test(query) || !/\bcursor\b/.test(query)) {
    throw new Error("A subscription resumes only if it declares `$after: String`, passes it as `after`, and selects `cursor`.");
  }
}

/** Returns how many milliseconds to wait before a connection is tried again: 0.1 to 0.2 seconds, at last 2.5 to 5. */
export function delay(failures) {
  return Math.min(5_000, 200 * 2 ** failures) * (0.5 + Math.random() / 2);
}

const wait = (failures) => new Promise((resolve) => setTimeout(resolve, delay(failures)));

/** Options for the clients of graphql-ws (`retryWait`) and graphql-sse (`retry`): connect again until it succeeds. */
export const untilConnected = {
  retryAttempts: Infinity,
  retryWait: wait,
  retry: wait,
  // graphql-ws gives up at an `error` event, which is what Node reports of a server that is not there.
  shouldRetry: () => true,
};

/**
 * Wraps a client of graphql-ws or graphql-sse, whose subscriptions then go on after their last event when the client
 * connects again. The client sends the variables anew for each connection, so they are changed in place.
 */
export function resuming(client) {
  return {
    ...client,
    iterate() {
      throw new Error("Use `subscribe`: `iterate` does not tell when an event arrives, so that it cannot resume.");
    },
    subscribe(request, sink, ...more) {
      requireResumable(request.query);
      const variables = { ...request.variables };
      const next = (result) => {
        variables.after = cursorOf(result.data) ?? variables.after;
        sink.next(result);
      };
      const passed = { next, error: (error) => sink.error(error), complete: () => sink.complete() };
      return client.subscribe({ ...request, variables }, passed, ...more);
    },
  };
}
