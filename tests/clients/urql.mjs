// urql with graphcache and default settings: node urql.mjs URL KEY QUOTE_ID ITEM_ID.
import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";

import { headers, print, url } from "./program.mjs";

const [quoteId, itemId] = process.argv.slice(4);
const methods = [];
const client = new Client({
  url,
  fetchOptions: { headers },
  exchanges: [cacheExchange({}), fetchExchange],
  fetch: (address, options) => {
    methods.push(options.method);
    return fetch(address, options);
  },
});

const PAGE = gql`query Page($id: ID!) { quote(by: { id: $id }) { id status items { id status } } }`;
const ACCEPT = gql`mutation Accept($id: ID!) {
  acceptItem(input: { itemId: $id }) { quote { id status items { id status } } userErrors { message } }
}`;
const shown = [];
const page = client.query(PAGE, { id: quoteId }).subscribe(({ data, error }) => {
  shown.push(error ? String(error) : `${data.quote.status} ${data.quote.items[0].status}`);
});
while (shown.length < 1) await new Promise(setImmediate);
const accepted = await client.mutation(ACCEPT, { id: itemId }).toPromise();
if (accepted.error) shown.push(String(accepted.error));
page.unsubscribe();
print({ shown, methods });

const { error } = await client.query(gql`{ quote(by: { id: "nonsense" }) { id } }`, {}).toPromise();
print({ code: error.graphQLErrors[0].extensions.code });
