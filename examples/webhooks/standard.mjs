// Receives webhooks and verifies them with the library of Standard Webhooks (npm install standardwebhooks).
//
// WEBHOOK_SECRET=… node standard.mjs [port]

import { Webhook } from "standardwebhooks";
import { add } from "./inbox.mjs";
import { serve } from "./server.mjs";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);

serve((body, headers) => {
  let event;
  try {
    // Compares in constant time, and refuses what was signed more than five minutes ago.
    event = webhook.verify(body, headers);
  } catch {
    return 401;
  }
  add(headers["webhook-id"], event);
  return 204;
});
