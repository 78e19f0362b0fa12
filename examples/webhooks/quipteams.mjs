// Receives webhooks in the format of quipteams with nothing but Node.js, and verifies `X-Quip-Signature`.
//
// WEBHOOK_SECRET=… node quipteams.mjs [port]

import { createHmac, timingSafeEqual } from "node:crypto";
import { add } from "./inbox.mjs";
import { serve } from "./server.mjs";

const SECRET = process.env.WEBHOOK_SECRET;
// The last attempt is 28 hours after the event, or later if you ask for it with Retry-After.
const OLDEST = 3 * 24 * 60 * 60 * 1000;

/** Whether one of the signatures is right: there are two while the secret is replaced. */
function isSigned(body, signatures = "") {
  const expected = Buffer.from(`sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`);
  return signatures.split(",").some((it) => {
    const given = Buffer.from(it.trim());
    // `===` would take longer for a better guess.
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

serve((body, headers) => {
  if (!isSigned(body, headers["x-quip-signature"])) return 401;
  const event = JSON.parse(body);
  // Only the body is signed, so the time is read from there.
  if (!(Date.now() - Date.parse(event.created_at) < OLDEST)) return 401;
  // X-Quip-Delivery-Id is not signed; the id in the body is, and is the same in all attempts too.
  add(event.id, event);
  return 204;
});
