// The events of a subscription, as one list with the newest first.
import { report } from "./answers.js";

const MOST = 200;

/** Returns results for GraphiQL, each with all events so far. */
export function listed(results, operation) {
  const source = results[Symbol.asyncIterator]();
  const events = [];
  const resumable = operation.variableDefinitions?.some((it) => it.variable.name.value === "after");
  let received = 0;
  let cursor = null;
  let broken = false;
  const tellState = (state) => report({ subscription: { state, received, cursor: resumable ? cursor : null } });
  tellState("waiting for events");
  return {
    async next() {
      if (broken) return { value: undefined, done: true };
      try {
        const { value, done } = await source.next();
        if (done) {
          tellState("ended");
          return { value, done };
        }
        received += 1;
        cursor = cursorOf(value) ?? cursor;
        events.unshift({ received: new Date().toLocaleTimeString("en-GB"), ...value });
        events.length = Math.min(events.length, MOST);
        tellState("running");
        return { value: { events }, done: false };
      } catch (problem) {
        broken = true;
        tellState("interrupted");
        return { value: { errors: errorsOf(problem), events }, done: false };
      }
    },
    async return(value) {
      tellState("stopped");
      await source.return?.();
      return { value, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function cursorOf(result) {
  return Object.values(result.data ?? {})[0]?.cursor;
}

// The server's errors, or that the socket was closed.
function errorsOf(problem) {
  return Array.isArray(problem) ? problem : [{ message: problem.message || "The connection was lost." }];
}
