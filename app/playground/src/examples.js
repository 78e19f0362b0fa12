// The examples in the tabs: the documents of examples/playground, with ids of what the server has.
import acceptItem from "../../../examples/playground/AcceptItem.graphql?raw";
import allSystems from "../../../examples/playground/AllSystems.graphql?raw";
import dryRun from "../../../examples/playground/DryRun.graphql?raw";
import findIds from "../../../examples/playground/FindIds.graphql?raw";
import followQuote from "../../../examples/playground/FollowQuote.graphql?raw";
import priceItem from "../../../examples/playground/PriceItem.graphql?raw";
import quotes from "../../../examples/playground/Quotes.graphql?raw";
import webhooks from "../../../examples/playground/Webhooks.graphql?raw";
import { ask } from "./fetcher.js";

const NONE = { open: {}, unpriced: {}, latest: {} };

const EXAMPLES = [
  { name: "Quotes", words: "Nested query", query: quotes, variables: () => ({ first: 3 }) },
  { name: "DryRun", words: "Dry run", query: dryRun, variables: ({ open }) => ({ item: open.item }) },
  { name: "AcceptItem", words: "Accept an item", query: acceptItem, variables: ({ open }) => ({ item: open.item, price: open.price }) },
  { name: "FollowQuote", words: "Subscription with resume", query: followQuote, variables: ({ open, latest }) => ({ quote: open.quote ?? latest.id }) },
  { name: "PriceItem", words: "Price as an operator", query: priceItem, variables: ({ unpriced }) => ({ quote: unpriced.quote, item: unpriced.item }) },
  { name: "Webhooks", words: "Webhooks and deliveries", query: webhooks, variables: () => ({ first: 3 }) },
  { name: "AllSystems", words: "Quotes of all systems", query: allSystems, variables: () => ({ first: 50 }) },
];

/** Returns the examples with their variables as JSON. Ids that the server does not have are explained in their place. */
export async function examples() {
  const found = await ids();
  return EXAMPLES.map((it) => ({ ...it, variables: JSON.stringify(filled(it.variables(found)), null, 2) }));
}

async function ids() {
  try {
    const { latest, quotes } = await ask(findIds);
    return { ...chosen(quotes.nodes), latest: latest.nodes[0] ?? {} };
  } catch {
    return NONE; // Without a valid key there are none; the page says so elsewhere.
  }
}

function chosen(nodes) {
  // Decisions on quotes of connected systems change nothing at once.
  const items = nodes.filter((it) => !it.origin).flatMap((quote) => quote.items.map((it) => ({ quote: quote.id, item: it.id, ...it })));
  const undecided = items.filter((it) => it.decision === "UNDECIDED");
  return { open: undecided.find((it) => it.price) ?? {}, unpriced: undecided.find((it) => !it.price) ?? {} };
}

function filled(variables) {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? absent(name)]));
}

const absent = (name) => (name === "price" ? null : `the id of ${name === "item" ? "an item" : "a quote"}`);
