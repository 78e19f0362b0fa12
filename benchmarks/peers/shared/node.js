// What the Node peers share: the pool, prepared statements, rows shaped for the graph, edges, and who may ask.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import pg from "pg";
import { acceptItem } from "./accept.js";

const here = (name) => readFileSync(new URL(name, import.meta.url), "utf8");

export const typeDefs = here("./schema.graphql");
export const port = Number(process.env.PORT);

pg.types.setTypeParser(20, Number);
pg.types.setTypeParser(1184, (text) => text.replace(" ", "T").replace("+00", "Z"));

export const pool = new pg.Pool({
  host: process.env.PGHOST, database: process.env.PGDATABASE, user: process.env.PGUSER, max: 10,
});

const statements = Object.fromEntries(
  here("./statements.sql").split("-- name: ").slice(1).map((part) => {
    const end = part.indexOf("\n");
    return [part.slice(0, end).trim(), part.slice(end).trim()];
  }),
);

/** Runs a named statement, prepared once on each connection. */
export const query = async (name, values, on = pool) =>
  (await on.query({ name, text: statements[name], values })).rows;

const keys = new Map((await query("keys", [])).map((key) => [key.hash, key]));

/** Who asks, from the Authorization header; undefined for nobody. */
export function caller(authorization) {
  if (!authorization?.startsWith("Bearer ")) return undefined;
  return keys.get(createHash("sha256").update(authorization.slice(7)).digest("hex"));
}

const DIGITS = { JPY: 0, KWD: 3 };
const money = (minor, currency) => {
  if (minor === null) return null;
  const digits = DIGITS[currency] ?? 2;
  return { amount: (minor / 10 ** digits).toFixed(digits), currencyCode: currency };
};

// Rows as the graph has them, so that leaves need no resolver; `key` is the row's own id.
const shapes = {
  quote: (row) => ({
    key: row.id, id: `Quote_${row.id}`, orderId: row.order_id, status: row.status, poNumber: row.po_number,
    createdAt: row.created_at, requester: { email: row.requester_email, name: row.requester_name },
    tenantId: row.tenant_id,
  }),
  item: (row) => ({
    key: row.id, id: `QuoteItem_${row.id}`, quoteId: row.quote_id, productId: row.product_id, status: row.status,
    quantity: row.quantity, productType: row.product_type, decision: row.decision, comments: row.comments,
    price: money(row.price_minor, row.price_currency),
    specification: { brand: row.brand, model: row.model, ram: row.ram, storage: row.storage },
  }),
  alternative: (row) => ({
    id: `Alternative_${row.id}`, status: row.status, description: row.description, isExactMatch: row.is_exact_match,
    price: money(row.price_minor, row.price_currency),
  }),
  recipient: (row) => ({
    id: `Recipient_${row.id}`, name: row.name, status: row.status, country: row.country, emailKey: row.email_key,
    itemId: row.item_id,
  }),
  product: (row) => ({ id: `Product_${row.id}`, brand: row.brand, model: row.model, active: row.active }),
  employee: (row) => ({ id: `Employee_${row.id}`, name: row.name, email: row.email, department: row.department }),
  company: (row) => ({ id: `Company_${row.id}`, code: row.code, name: row.name }),
};

const many = (statement, column, shape, key) => ({ statement, column, shape, key, many: true });
const one = (statement, column, shape, key) => ({ statement, column, shape, key, many: false });

/** Every edge: the statement, the column of its keys, the shape of its rows, and the key of a parent. */
export const edges = {
  Quote: {
    items: many("items_by_quote", "quote_id", shapes.item, (quote) => quote.key),
    company: one("company_by_tenant", "tenant_id", shapes.company, (quote) => quote.tenantId),
  },
  QuoteItem: {
    quote: one("quote", "id", shapes.quote, (item) => item.quoteId),
    product: one("product", "id", shapes.product, (item) => item.productId),
    alternatives: many("alternatives_by_item", "item_id", shapes.alternative, (item) => item.key),
    recipients: many("recipients_by_item", "item_id", shapes.recipient, (item) => item.key),
  },
  Recipient: {
    item: one("item", "id", shapes.item, (recipient) => recipient.itemId),
    employee: one("employee_by_email", "email_key", shapes.employee, (recipient) => recipient.emailKey),
  },
};

/** The values of an edge for many keys, in order. */
export async function batch(edge, wanted, tenantId) {
  const rows = await query(edge.statement, [[...new Set(wanted)], tenantId]);
  const found = new Map();
  for (const row of rows) {
    const value = edge.shape(row);
    if (!edge.many) found.set(row[edge.column], value);
    else if (found.has(row[edge.column])) found.get(row[edge.column]).push(value);
    else found.set(row[edge.column], [value]);
  }
  return wanted.map((key) => found.get(key) ?? (edge.many ? [] : null));
}

const rowId = (id) => id.slice(id.lastIndexOf("_") + 1);

export const resolvers = {
  Query: {
    async quotes(_, { first }, { caller }) {
      const size = Math.min(first ?? 25, 100);
      const rows = await query("quotes", [caller.tenant_id, size + 1]);
      return { nodes: rows.slice(0, size).map(shapes.quote), pageInfo: { hasNextPage: rows.length > size } };
    },
    async quote(_, { by }, { caller }) {
      const [row] = await query("quote", [[rowId(by.id)], caller.tenant_id]);
      return row ? shapes.quote(row) : null;
    },
  },
  Mutation: {
    async acceptItem(_, { input }, { caller }) {
      const itemId = rowId(input.itemId);
      const done = await acceptItem(pool, caller, itemId);
      const [item] = await query("item", [[itemId], caller.tenant_id]);
      const [quote] = await query("quote", [[done.quoteId], caller.tenant_id]);
      return { item: shapes.item(item), quote: shapes.quote(quote), changes: done.changes, userErrors: [] };
    },
  },
};
