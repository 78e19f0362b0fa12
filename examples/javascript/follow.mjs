// Prints the present state of a quote and its events as they happen. When the connection is lost, it continues after
// the last event.
//   QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… node follow.mjs Quote_… [cursor]

import { RequestError, post } from "./client.mjs";

const FOLLOW = `subscription Follow($id: ID!, $after: String, $includeCurrent: Boolean!) {
  quoteChanged(id: $id, after: $after, includeCurrent: $includeCurrent) { type cursor occurredAt }
}`;

/** The results of a subscription, read from a stream of server-sent events. */
async function* results(variables) {
  const response = await post(FOLLOW, variables, { Accept: "text/event-stream" });
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const messages = (text + chunk).split("\n\n");
    text = messages.pop();
    for (const message of messages) {
      const fields = Object.fromEntries(message.split("\n").map((it) => it.split(/: ?(.*)/s)));
      if (fields.event === "complete") return;
      if (fields.event === "next") yield JSON.parse(fields.data);
    }
  }
}

const [id, cursor] = process.argv.slice(2);
for (let after = cursor ?? null; ; ) {
  try {
    for await (const { data, errors } of results({ id, after, includeCurrent: !after })) {
      if (errors) throw new RequestError(errors);
      after = data.quoteChanged.cursor;
      console.log(data.quoteChanged.type, after);
    }
  } catch (error) {
    // A refused subscription is refused again; a lost connection is not.
    if (error instanceof RequestError) throw error;
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
