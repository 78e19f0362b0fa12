// graphql-request makes three quotes, each until it is answered, under one idempotency key: node requests.mjs URL KEY.
import { ClientError, GraphQLClient } from "graphql-request";

import { headers, print, url } from "./program.mjs";

const CREATE = `mutation Create($input: CreateQuoteInput!) {
  createQuote(input: $input) { quote { id } userErrors { message } }
}`;
const recipients = [{ name: "Ana Rodríguez", country: "UY", email: "ana@people.example" }];
const device = { custom: { productType: "LAPTOP", specification: { brand: "Dell", model: "XPS 13" } } };
const input = { requesterEmail: "it@austral.example", items: [{ device, recipients }] };

const client = new GraphQLClient(url, { headers });
try {
  await client.request("{ nothing }");
} catch (error) {
  print({ code: error.response.errors[0].extensions.code });
}

for (let number = 0; number < 3; number++) {
  const key = crypto.randomUUID();
  for (;;) {
    try {
      const { createQuote } = await client.request(CREATE, { input }, { "Idempotency-Key": key });
      print(createQuote.quote ?? createQuote.userErrors);
      break;
    } catch (error) {
      // Only an answer ends the attempts; a connection that was lost may have made the quote or not.
      if (error instanceof ClientError && error.response.status < 500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
