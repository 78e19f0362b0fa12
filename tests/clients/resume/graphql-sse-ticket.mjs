// graphql-sse without an API key: each connection has a ticket of its own in the address.
import { resuming, untilConnected } from "@quotegraph/client";
import { createClient, NetworkError } from "graphql-sse";

import { EVENTS, headers, printing, url } from "../program.mjs";

const client = resuming(
  createClient({
    url: async () => `${url}?ticket=${await ticket()}`,
    ...untilConnected,
  }),
);
client.subscribe({ query: EVENTS }, printing);

/** What a front end gets from its own server, which has the API key. */
async function ticket() {
  const query = "mutation { createStreamTicket(input: {}) { ticket } }";
  const sent = { method: "POST", headers: { ...headers, "Content-Type": "application/json" } };
  try {
    const response = await fetch(url, { ...sent, body: JSON.stringify({ query }) });
    return (await response.json()).data.createStreamTicket.ticket;
  } catch (error) {
    // Other errors are final for the client.
    throw new NetworkError(error);
  }
}
