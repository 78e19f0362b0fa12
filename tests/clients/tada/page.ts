// A page whose types gql.tada takes from its documents. Lines after @ts-expect-error are mistakes that the types have to
// find.
import { type FragmentOf, type ResultOf, type VariablesOf, graphql, readFragment } from "./graphql.ts";

const ROW = graphql(`
  fragment Row on Quote {
    orderId
    status
    createdAt
    items {
      price {
        amount
      }
    }
  }
`);

export const QUOTES = graphql(
  `
    query Quotes($first: Int, $filter: QuoteFilter) {
      quotes(first: $first, filter: $filter) {
        nodes {
          id
          ...Row
        }
      }
    }
  `,
  [ROW],
);

export const CHANGED = graphql(`
  subscription Changed($id: ID!, $after: String) {
    quoteChanged(id: $id, after: $after) {
      cursor
      node {
        __typename
        ... on Quote {
          status
        }
      }
    }
  }
`);

export const variables: VariablesOf<typeof QUOTES> = { first: 2, filter: { status: ["PENDING"] } };
// @ts-expect-error: there is no such status
export const misspelt: VariablesOf<typeof QUOTES> = { filter: { status: ["PENDNG"] } };
// @ts-expect-error: the id is required
export const withoutId: VariablesOf<typeof CHANGED> = { after: "cursor" };

export function line(quote: FragmentOf<typeof ROW>): string {
  const { orderId, createdAt, items } = readFragment(ROW, quote);
  // @ts-expect-error: an item may have no price yet
  items.map((it) => it.price.amount);
  return [orderId, createdAt.slice(0, 10), ...items.map((it) => it.price?.amount ?? "not priced")].join(" ");
}

export function statusOf({ quoteChanged: { node } }: ResultOf<typeof CHANGED>): string | undefined {
  // @ts-expect-error: only quotes have it
  node?.status;
  return node?.__typename === "Quote" ? node.status : undefined;
}
