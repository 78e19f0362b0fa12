// Names what a subscription lacks that `resuming` refuses; queries and complete subscriptions pass.
import { resuming } from "@quotegraph/client";

const client = resuming({ subscribe: () => () => {} });
const attempt = (query, lacks) => {
  try {
    client.subscribe({ query }, {});
    if (lacks) console.log(`${lacks} is not missed`);
  } catch {
    console.log(lacks);
  }
};

attempt("query { viewer { environment } }");
attempt("subscription($after: String) { events(after: $after) { cursor } }");
attempt("subscription { events { cursor } }", "after");
attempt("subscription($after: String) { events(after: $after) { id } }", "cursor");
