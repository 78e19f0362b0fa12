// What the client of graphql-ws makes of our close codes and pings: node sockets.mjs URL KEY.
import { createClient } from "graphql-ws";

import { resuming, untilConnected } from "@quotegraph/client";
import { EVENTS, headers, print, printing, url } from "./program.mjs";

const address = url.replace("http", "ws");

// The server closes the socket of a key that is not valid, and the client does not try again.
let connected = 0;
const refused = createClient({
  url: address,
  connectionParams: { authorization: "Bearer qk_live_nobody" },
  on: { connecting: () => connected++ },
});
const { code, reason } = await new Promise((resolve) =>
  refused.subscribe({ query: EVENTS }, { next: resolve, error: resolve, complete: resolve }),
);
print({ code, reason, connected });

// A client that sends pings is answered, and is cut off when it does not read; then it resumes.
const pongs = [];
const client = createClient({
  url: address,
  connectionParams: headers,
  keepAlive: 20,
  ...untilConnected,
  on: {
    pong: (received) => received && pongs.push(received) === 1 && print({ pong: true }),
    closed: ({ code, reason }) => print({ closed: code, reason }),
  },
});
resuming(client).subscribe({ query: EVENTS }, printing);
