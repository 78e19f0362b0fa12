// graphql-sse in single connection mode, with several operations on the connection.
import { resuming, untilConnected } from "@quotegraph/client";
import { createClient } from "graphql-sse";

import { EVENTS, headers, printing, url } from "../program.mjs";

const client = resuming(createClient({ url, headers, singleConnection: true, ...untilConnected }));
client.subscribe({ query: EVENTS }, printing);
client.subscribe({ query: EVENTS }, { ...printing, next: () => {} });
