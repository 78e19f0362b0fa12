// Apollo Client with the cache of docs/guides/resume.md: node apollo.mjs URL KEY QUOTE_ID ITEM_ID.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { possibleTypes } from "@quotegraph/client/possibleTypes";

import { headers, print, url } from "./program.mjs";

const [quoteId, itemId] = process.argv.slice(4);
const client = new ApolloClient({
  cache: new InMemoryCache({
    possibleTypes,
    typePolicies: { Query: { fields: { quotes: relayStylePagination(["filter", "orderBy"]) } } },
  }),
  link: new HttpLink({ uri: url, headers }),
});

// A page that is shown follows a mutation, without an update function.
const PAGE = gql`query Page($id: ID!) { quote(by: { id: $id }) { id status items { id status } } }`;
const ACCEPT = gql`mutation Accept($id: ID!) {
  acceptItem(input: { itemId: $id }) { quote { id status items { id status } } userErrors { message } }
}`;
const shown = [];
const page = client.watchQuery({ query: PAGE, variables: { id: quoteId } });
const watching = page.subscribe(({ data }) => data && shown.push([data.quote.status, data.quote.items[0].status].join(" ")));
await client.query({ query: PAGE, variables: { id: quoteId } });
await client.mutate({ mutation: ACCEPT, variables: { id: itemId } });
watching.unsubscribe();
print({ shown });

// Pages of a list are one list in the cache.
const LIST = gql`query List($after: String) {
  quotes(first: 2, after: $after) { edges { node { id } } pageInfo { endCursor hasNextPage } }
}`;
const list = client.watchQuery({ query: LIST });
const lengths = [];
const quotes = await new Promise((resolve) => {
  list.subscribe(({ data, loading }) => {
    if (loading || data.quotes.edges.length === lengths.at(-1)) return;
    lengths.push(data.quotes.edges.length);
    if (data.quotes.pageInfo.hasNextPage) list.fetchMore({ variables: { after: data.quotes.pageInfo.endCursor } });
    else resolve(data.quotes);
  });
});
print({ lengths, different: new Set(quotes.edges.map((edge) => edge.node.id)).size });

// A fragment on an interface matches in the cache.
const OFFERS = gql`
  query Offers($id: ID!) { quote(by: { id: $id }) { id items { id ...Price } } }
  fragment Price on Offer { price { amount } }
`;
await client.query({ query: OFFERS, variables: { id: quoteId } });
const cached = client.readQuery({ query: OFFERS, variables: { id: quoteId } });
print({ price: cached?.quote.items[0].price.amount });
