// graphql-sse in distinct connections mode.
import { resuming, untilConnected } from "@quotegraph/client";
import { createClient } from "graphql-sse";

import { EVENTS, headers, printing, url } from "../program.mjs";

const client = resuming(createClient({ url, headers, ...untilConnected }));
client.subscribe({ query: EVENTS }, printing);
