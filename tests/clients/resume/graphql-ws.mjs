// graphql-ws by itself.
import { resuming, untilConnected } from "@quotegraph/client";
import { createClient } from "graphql-ws";

import { EVENTS, headers, printing, url } from "../program.mjs";

const client = resuming(createClient({ url: url.replace("http", "ws"), connectionParams: headers, ...untilConnected }));
client.subscribe({ query: EVENTS }, printing);
