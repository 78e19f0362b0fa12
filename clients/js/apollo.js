// Subscriptions of Apollo Client over HTTP (multipart) that lose no event.

import { ApolloLink, CombinedProtocolErrors, ServerError } from "@apollo/client";
import { RetryLink } from "@apollo/client/link/retry";
import { print } from "@apollo/client/utilities";
import { tap } from "rxjs";

import { cursorOf, delay, requireResumable } from "./resume.js";

/**
 * Returns a link to put before `HttpLink`. A subscription whose connection is lost is sent again until it succeeds, and
 * goes on after its last event. Queries and mutations pass through.
 */
export function resumeLink() {
  const failures = new WeakMap();

  const retry = new RetryLink({
    attempts: (_, operation, error) => operation.operationType === "subscription" && isConnectionLost(error),
    delay: (_, operation) => {
      const count = failures.get(operation) ?? 0;
      failures.set(operation, count + 1);
      return delay(count);
    },
  });

  const track = new ApolloLink((operation, forward) => {
    if (operation.operationType !== "subscription") return forward(operation);
    requireResumable(print(operation.query));
    return forward(operation).pipe(
      tap((result) => {
        failures.delete(operation);
        const after = cursorOf(result.data);
        if (after) operation.variables = { ...operation.variables, after };
      }),
    );
  });

  return ApolloLink.from([retry, track]);
}

/** Whether an error may go away by connecting again. What the server has refused stays refused. */
function isConnectionLost(error) {
  if (ServerError.is(error)) return error.statusCode >= 500 || error.statusCode === 429;
  return !CombinedProtocolErrors.is(error);
}
