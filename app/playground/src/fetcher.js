// Sends operations: queries and mutations over HTTP, subscriptions over a WebSocket with the key in connection_init,
// where browsers cannot set headers.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { parse } from "graphql";
import { createClient } from "graphql-ws";
import { report } from "./answers.js";
import { authorization, currentKey, keyRefused, tell } from "./key.js";
import { listed } from "./events.js";
import { sorted } from "./introspection.js";

const root = document.getElementById("playground");
export const endpoint = new URL(root.dataset.endpoint, location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

let client = null;

/** Returns a fetcher for the current key. Closes the socket of the one before. */
export function fetcherForKey() {
  client?.dispose();
  client = connect();
  if (!currentKey()) return () => ({ note: "There is no API key: enter one in the field at the top, then run this again." });
  const send = createGraphiQLFetcher({ url: endpoint.href, fetch: sent, wsClient: client });
  return async (params, options) => {
    const { document, operation } = selected(params);
    if (params.operationName === "IntrospectionQuery") return sorted(await send(params, options));
    const chosen = { ...params, operationName: operation?.name?.value };
    const result = await send(chosen, { ...options, documentAST: document });
    if (operation?.operation === "subscription") return listed(result, operation);
    return withoutCost(result);
  };
}

/** Runs a query that the page itself needs. Returns its data, or null. */
export async function ask(query) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { ...authorization(), "Content-Type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return (await response.json()).data ?? null;
}

/** The document, and the operation that is to run: the only one, or the one that is named. */
export function selected({ query, operationName }) {
  let document;
  try {
    document = parse(query);
  } catch {
    return {}; // The server reports syntax errors.
  }
  const operations = document.definitions.filter((it) => it.kind === "OperationDefinition");
  // GraphiQL knows the name from its last parse, which may be of the text before.
  const named = operations.find((it) => it.name?.value === operationName);
  return { document, operation: operations.length === 1 ? operations[0] : named };
}

function connect() {
  const used = currentKey();
  return createClient({
    url: socket.href,
    connectionParams: authorization,
    // A lost subscription is shown as ended: it is for the reader to resume it.
    retryAttempts: 0,
    on: { closed: (event) => [4401, 4403].includes(event?.code) && used === currentKey() && keyRefused() },
  });
}

async function sent(url, options) {
  const used = currentKey();
  const started = performance.now();
  const headers = new Headers({ ...authorization(), "X-Quotegraph-Cost": "statements" });
  // A header from the tab of headers goes before the key's.
  new Headers(options.headers).forEach((value, name) => headers.set(name, value));
  // What is deferred comes in the form that GraphiQL understands.
  headers.set("Accept", headers.get("Accept").replace("multipart/mixed", "multipart/mixed;incrementalSpec=v0.2"));
  const response = await fetch(url, { ...options, headers });
  report({ status: response.status });
  response.clone().text().then((text) => {
    report((before) => ({ ...before, milliseconds: performance.now() - started, bytes: new Blob([text]).size }));
    if (used === currentKey()) explain(response.status, text, options.body.includes("IntrospectionQuery"));
  });
  return response;
}

/** Says above the editors what keeps the page as a whole from working. */
function explain(status, text, forSchema) {
  const { data, errors = [] } = parsed(text);
  // An answer with data means that the key was accepted.
  if (status === 401 || (!data && errors.some((it) => it.extensions?.code === "UNAUTHORIZED"))) keyRefused();
  // The schema needs no scope: who may not read it is a person without access.
  if (status === 403 && forSchema) tell(errors[0]?.message ?? "");
  const untrusted = errors.find((it) => it.extensions?.reason === "DOCUMENT_NOT_TRUSTED");
  if (untrusted) tell(untrusted.message);
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

// The cost is shown under the answer and not in it.
async function* withoutCost(results) {
  for await (const result of results) {
    const { cost, ...extensions } = result.extensions ?? {};
    if (cost) report((before) => ({ ...before, cost }));
    const { extensions: _, ...rest } = result;
    yield Array.isArray(result) ? result : Object.keys(extensions).length ? { ...rest, extensions } : rest;
  }
}
