// Accepting an item, by hand: the rows that quotegraph writes, in one transaction with as few statements as it takes.
import { randomUUID } from "node:crypto";
import { query } from "./node.js";

const VENDOR_BRANDS = new Set(
  ["ACER", "ASUS", "DELL", "HP", "LENOVO", "SAMSUNG", "LG", "VAIO", "MICROSOFT", "APPLE"],
);
const WARRANTIES = { WARRANTY_MAC: "EXTENDED_WARRANTY_MAC", WARRANTY_WINDOWS: "EXTENDED_WARRANTY_WINDOWS" };
const NO_ADDRESS = "The recipient has no e-mail address, by which the vendor knows employees.";

const isOpen = (offer) => offer.status === "PENDING" || offer.status === "SOURCED";
const isFulfilled = (item) => item.decision === "ITEM_ACCEPTED" || item.decision === "ALTERNATIVE_ACCEPTED";
const sum = (values) => values.reduce((total, value) => total + value, 0);

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
  check(quote, item);
  const alternatives = await run("accept_alternatives", quote.id);
  const everybody = await run("accept_recipients", quote.id);
  const recipients = everybody.filter((it) => it.item_id === itemId);
  const rejected = alternatives.filter((it) => it.item_id === itemId && isOpen(it));

  const changes = [["QuoteItem", itemId, item.status, "ACCEPTED"]];
  for (const it of rejected) changes.push(["Alternative", it.id, it.status, "REJECTED"]);
  for (const it of recipients) if (it.status === "PENDING") changes.push(["Recipient", it.id, "PENDING", "APPROVED"]);
  item.decision = "ITEM_ACCEPTED";
  const states = statesOf(quote, items, everybody);
  const ofQuote = [];
  for (const [column, ...field] of [["decision_status", "DECISION_STATUS"], ["fulfilment_status", "FULFILMENT_STATUS"],
    ["status"]])
    if (quote[column] !== states[column]) ofQuote.push(["Quote", quote.id, quote[column], states[column], ...field]);
  changes.push(...ofQuote);

  const [hardware, orders] = ordersOf(item, recipients);
  const each = (attribute) => orders.map((it) => it[attribute]);
  await run("accept_vendor_orders", tenant, quote.id, itemId, hardware, each("id"), each("status"), each("sendTo"),
    each("country"), each("email"), each("amount"), each("problem"), each("employee"));
  const sums = sumsOf(quote, items, alternatives);
  const line = sums && item.price_minor * item.quantity;
  await run("accept_item", itemId, caller.key_id, caller.key_name, line, sums && 0, sums && 0, line,
    sums && quote.currency);
  if (rejected.length) await run("accept_reject_alternatives", rejected.map((it) => it.id));
  const placed = orders.flatMap((order) => order.recipients.map((it) => [it.id, order.id]));
  await run("accept_approve_recipients", placed.map((it) => it[0]), placed.map((it) => it[1]));
  await run("accept_quote", quote.id, states.decision_status, states.fulfilment_status, states.status,
    sums && sums.subtotal, sums && 0, sums && sums.shipping, sums && 0, sums && sums.subtotal + sums.shipping);

  const jobs = [...new Set([quote.requester_email, ...JSON.parse(quote.notification_emails)])].map((to) => [
    "SEND_ITEM_ACCEPTED", `accepted:${itemId}:${to}`, { quoteId: quote.id, itemIds: [itemId], to },
  ]);
  for (const { id, status } of orders)
    if (status === "QUEUED") jobs.push(["PLACE_VENDOR_ORDER", `vendor-order:${id}`, { vendorOrderId: id }]);
  await run("accept_jobs", tenant, jobs.map(() => randomUUID()), jobs.map((it) => it[0]), jobs.map((it) => it[1]),
    jobs.map((it) => JSON.stringify(it[2])));

  const events = [["QUOTE_ITEM_ACCEPTED", changes]];
  if (quote.decision_status !== states.decision_status) events.push(["QUOTE_APPROVED", []]);
  if (quote.fulfilment_status !== states.fulfilment_status) events.push(["QUOTE_DELIVERED", []]);
  const [{ last_event: last }] = await run("accept_number", tenant, events.length);
  await run("accept_events", tenant, quote.id, caller.key_id, caller.key_name,
    events.map((_, index) => last - events.length + 1 + index), events.map(() => randomUUID()),
    events.map((it) => it[0]), events.map((it) => JSON.stringify(it[1])), itemId);
  await run("accept_times", tenant, changes.map((it) => it[1]), changes.map((it) => it[3]));
  return { quoteId: quote.id, changes: changes.map(([, , from, to]) => ({ from, to })) };
}

function check(quote, item) {
  const live = ["DRAFT", "SENT", "VIEWED"].includes(quote.offer_status) && !quote.is_over;
  const undecided = quote.decision_status === "PENDING" && item.decision === "UNDECIDED" && isOpen(item);
  if (!live || !undecided || item.price_minor === null) throw new Error("cannot be accepted");
}

function statesOf(quote, items, everybody) {
  if (items.some((it) => it.decision === "UNDECIDED")) return quote;
  const fulfilled = new Set(items.filter(isFulfilled).map((it) => it.id));
  const waiting = everybody.filter((it) => fulfilled.has(it.item_id) && it.destination !== "QUOTE_ONLY");
  const arrived = waiting.length > 0 && waiting.every((it) => it.status === "DELIVERED");
  const delivered = quote.fulfilment_status === "IN_PROGRESS" && arrived;
  const fulfilment = delivered ? "DELIVERED" : quote.fulfilment_status;
  const status = fulfilment === "NONE" || fulfilment === "ORDERED" ? "APPROVED" : fulfilment;
  return { decision_status: "APPROVED", fulfilment_status: fulfilment, status };
}

// The data set has neither discounts nor taxes.
function sumsOf(quote, items, alternatives) {
  if (quote.discount_type !== null || items.some((it) => it.discount_type !== null || (it.taxable && it.tax_rate)))
    throw new Error("cannot be added up");
  const counted = items.filter((it) => it.decision !== "REJECTED");
  const prices = counted.map((it) => priceOf(it, alternatives));
  if (quote.currency === null || prices.some(([minor, currency]) => minor === null || currency !== quote.currency))
    return null;
  const subtotal = sum(counted.map((it, index) => prices[index][0] * it.quantity));
  return { subtotal, shipping: counted.length ? quote.shipping_minor ?? 0 : 0 };
}

function priceOf(item, alternatives) {
  if (item.agreed_price_minor !== null) return [item.agreed_price_minor, item.agreed_price_currency];
  if (isOpen(item)) return [item.price_minor, item.price_currency];
  const left = alternatives.filter((it) => it.item_id === item.id && isOpen(it));
  return left.length === 1 ? [left[0].price_minor, left[0].price_currency] : [null, null];
}

function ordersOf(item, recipients) {
  const [hardware, obstacle] = hardwareOf(item);
  const groups = new Map();
  for (const it of recipients) {
    const sendTo = it.storage ? "STORAGE" : it.destination;
    const person = sendTo === "EMPLOYEE" ? it.email_key ?? it.id : "";
    const key = `${it.country} ${sendTo} ${person}`;
    if (!groups.has(key)) groups.set(key, { sendTo, recipients: [] });
    groups.get(key).recipients.push(it);
  }
  const orders = [...groups.values()].map(({ sendTo, recipients: group }) => {
    const [first] = group;
    const toPerson = sendTo === "EMPLOYEE";
    const unknown = toPerson && first.email === null;
    return {
      id: randomUUID(),
      status: obstacle ? "NOT_ORDERABLE" : unknown ? "NEEDS_DATA" : "QUEUED",
      sendTo,
      country: first.country,
      email: toPerson ? first.email : null,
      amount: recipients.length === 1 ? item.quantity : group.length,
      problem: obstacle ?? (unknown ? NO_ADDRESS : null),
      employee: toPerson ? described(first) : null,
      recipients: group,
    };
  });
  return [hardware, orders];
}

function described(recipient) {
  const [, first, last] = /^([^ ]*) ?(.*)$/s.exec(recipient.name);
  const { email, phone_number, government_id, address, city, post_code, country, address_extra } = recipient;
  const known = [first, last.trim(), email, phone_number, government_id, address, city, post_code];
  return known.every(Boolean) ? JSON.stringify([...known, country, address_extra]) : null;
}

function hardwareOf(item) {
  const type = item.product_type;
  if (WARRANTIES[type]) return [WARRANTIES[type], null];
  if (type !== "LAPTOP")
    return [null, `The vendor sells only laptops, not ${type.toLowerCase()}s.`];
  const brand = (item.brand ?? "").toUpperCase();
  if (!VENDOR_BRANDS.has(brand)) return [null, `The vendor does not carry the brand ${brand || "(none given)"}.`];
  return [brand === "APPLE" ? "MACBOOK" : "PC", null];
}
