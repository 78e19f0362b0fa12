// Apollo Client over HTTP, with multipart answers.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { resumeLink } from "@quotegraph/client/apollo";

import { EVENTS, headers, printing, url } from "../program.mjs";

const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.from([resumeLink(), new HttpLink({ uri: url, headers })]),
});
client.subscribe({ query: gql(EVENTS) }).subscribe(printing);
