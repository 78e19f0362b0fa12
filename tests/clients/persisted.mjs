// Runs a query by Apollo's and urql's persisted documents, with their default settings: node persisted.mjs URL KEY.
// Prints for each client and run what came back, and how it was asked: by which method, and with or without the text.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql as apolloGql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange, gql as urqlGql } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

const [url, key] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}` };
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

let requests = [];
const recordingFetch = (address, options = {}) => {
  const hasText = new URL(address).searchParams.has("query") || Boolean(options.body && JSON.parse(options.body).query);
  requests.push(`${options.method ?? "GET"} ${hasText ? "text" : "hash"}`);
  return fetch(address, options);
};

const apollo = (options) => () => {
  const http = new HttpLink({ uri: url, headers, fetch: recordingFetch });
  const link = ApolloLink.from([new PersistedQueryLink({ sha256, ...options }), http]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return async (query) => (await client.query({ query: apolloGql(query), fetchPolicy: "no-cache" })).data;
};

const urql = () => {
  const exchanges = [persistedExchange(), fetchExchange];
  const client = new Client({ url, exchanges, fetch: recordingFetch, fetchOptions: { headers } });
  return async (query) => {
    const { data, error } = await client.query(urqlGql(query), {}).toPromise();
    if (error) throw error;
    return data;
  };
};

const CLIENTS = { apollo: apollo({}), "apollo by GET": apollo({ useGETForHashedQueries: true }), urql };

for (const [name, make] of Object.entries(CLIENTS)) {
  const operation = `query ${name.replaceAll(" ", "_")} { viewer { environment } }`;
  const first = make();
  for (const run of [first, first, make()]) {
    requests = [];
    let outcome;
    try {
      outcome = (await run(operation)).viewer.environment;
    } catch (error) {
      outcome = error.message;
    }
    console.log(JSON.stringify({ name, outcome, requests }));
  }
}
