// Accepting an item, by hand: the rows that quotegraph writes, in one transaction with as few statements as it takes.
import { randomUUID } from "node:crypto";
import { query } from "./node.js";

const VENDOR_BRANDS = new Set(
  ["ACER", "ASUS", "DELL", "HP", "LENOVO", "SAMSUNG", "LG", "VAIO", "MICROSOFT", "APPLE"],
);

export async function acceptItem(pool, caller, itemId) {
  const connection = await pool.connect();
  try {
    await connection.query("BEGIN");
    const done = await decide((name, ...values) => query(name, values, connection), caller, itemId);
    await connection.query("COMMIT");
    return done;
  } catch (error) {
    await connection.query("ROLLBACK");
    throw error;
  } finally {
    connection.release();
  }
}

async function decide(run, caller, itemId) {
  const tenant = caller.tenant_id;
  const [quote] = await run("accept_lock", itemId, tenant);
  const items = await run("accept_items", quote.id);
  const item = items.find((it) => it.id === itemId);
  if (item.decision !== "UNDECIDED" || item.price_minor === null) throw new Error("cannot be accepted");
  const offered = await run("accept_alternatives", itemId);
  const alternatives = offered.filter((it) => it.status === "PENDING" || it.status === "SOURCED");
  const recipients = await run("accept_recipients", itemId);
  const undecided = items.some((it) => it.id !== itemId && it.decision === "UNDECIDED");
  const status = undecided ? "PENDING" : "APPROVED";

  const changes = [["QuoteItem", itemId, item.status, "ACCEPTED"]];
  for (const it of alternatives) changes.push(["Alternative", it.id, it.status, "REJECTED"]);
  for (const it of recipients) if (it.status === "PENDING") changes.push(["Recipient", it.id, "PENDING", "APPROVED"]);
  const ofQuote = quote.status === status ? [] : [["Quote", quote.id, quote.status, status]];
  changes.push(...ofQuote);

  const [orderStatus, hardware, problem] = order(item);
  const orders = recipients.map(() => randomUUID());
  const amount = recipients.length === 1 ? item.quantity : 1;
  await run("accept_vendor_orders", tenant, quote.id, itemId, orderStatus, hardware, problem, orders,
    recipients.map((it) => it.country), recipients.map((it) => it.email), recipients.map(() => amount));
  await run("accept_item", itemId, caller.key_id, caller.key_name);
  if (alternatives.length) await run("accept_reject_alternatives", alternatives.map((it) => it.id));
  await run("accept_approve_recipients", recipients.map((it) => it.id), orders);
  await run("accept_quote", quote.id, status);

  const jobs = [...new Set([quote.requester_email, ...JSON.parse(quote.notification_emails)])].map((to) => [
    "SEND_ITEM_ACCEPTED", `item-accepted:${itemId}:${to}`, { quoteId: quote.id, itemId, to },
  ]);
  if (orderStatus === "QUEUED")
    for (const id of orders) jobs.push(["PLACE_VENDOR_ORDER", `vendor-order:${id}`, { vendorOrderId: id }]);
  await run("accept_jobs", tenant, jobs.map(() => randomUUID()), jobs.map((it) => it[0]), jobs.map((it) => it[1]),
    jobs.map((it) => JSON.stringify(it[2])));

  const events = [["QUOTE_ITEM_ACCEPTED", changes]];
  if (ofQuote.length && status !== "PENDING") events.push([`QUOTE_${status}`, ofQuote]);
  const [{ last_event: last }] = await run("accept_number", tenant, events.length);
  await run("accept_events", tenant, quote.id, caller.key_id, caller.key_name,
    events.map((_, index) => last - events.length + 1 + index), events.map(() => randomUUID()),
    events.map((it) => it[0]), events.map((it) => JSON.stringify(it[1])));
  await run("accept_times", tenant, changes.map((it) => it[1]), changes.map((it) => it[3]));
  return { quoteId: quote.id, changes: changes.map(([, , from, to]) => ({ from, to })) };
}

function order(item) {
  const type = item.product_type;
  if (type !== "LAPTOP")
    return ["NOT_ORDERABLE", null, `The vendor takes orders for laptops only, not for ${type.toLowerCase()}s.`];
  const brand = (item.brand ?? "").toUpperCase();
  if (!VENDOR_BRANDS.has(brand))
    return ["NOT_ORDERABLE", null, `The vendor does not carry the brand ${brand || "(none given)"}.`];
  return ["QUEUED", brand === "APPLE" ? "MACBOOK" : "PC", null];
}
