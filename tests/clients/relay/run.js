// A page of Relay without React: node relay/run.js URL KEY INPUT, where INPUT is that of createQuote. Prints the statuses of
// the list by order id after each step.
const {
  ConnectionHandler,
  ROOT_ID,
  commitMutation,
  createOperationDescriptor,
  fetchQuery,
  getPaginationMetadata,
  getPaginationVariables,
  getSingularSelector,
  requestSubscription,
} = require("relay-runtime");
const { createEnvironment } = require("./environment.js");
const PageAppendMutation = require("./generated/PageAppendMutation.graphql.js");
const PageChangedSubscription = require("./generated/PageChangedSubscription.graphql.js");
const PageCreateMutation = require("./generated/PageCreateMutation.graphql.js");
const PageDeleteMutation = require("./generated/PageDeleteMutation.graphql.js");
const PageQuery = require("./generated/PageQuery.graphql.js");
const Page_quotes = require("./generated/Page_quotes.graphql.js");

const [url, key, input] = process.argv.slice(2);
const environment = createEnvironment(url, key);
const connections = [ConnectionHandler.getConnectionID(ROOT_ID, "Page_quotes")];
const variables = { first: 2 };

/** What usePaginationFragment reads. */
function fragment() {
  const { data } = environment.lookup(createOperationDescriptor(PageQuery, variables).fragment);
  return environment.lookup(getSingularSelector(Page_quotes, data));
}

function print(step) {
  // A deleted record leaves an edge without a node.
  const nodes = fragment().data.quotes.edges.map((edge) => edge.node).filter(Boolean);
  console.log(JSON.stringify({ step, quotes: Object.fromEntries(nodes.map((it) => [it.orderId, it.status])) }));
  return nodes;
}

/** What loadNext of usePaginationFragment does. */
async function loadNext(count) {
  const { paginationRequest, paginationMetadata } = getPaginationMetadata(Page_quotes, "run.js");
  const { endCursor } = fragment().data.quotes.pageInfo;
  const next = getPaginationVariables("forward", count, endCursor, variables, {}, paginationMetadata);
  await fetchQuery(environment, paginationRequest, next).toPromise();
}

const mutate = (mutation, mutationVariables) =>
  new Promise((resolve, reject) =>
    commitMutation(environment, { mutation, variables: mutationVariables, onCompleted: resolve, onError: reject }),
  );

/** Follows a quote until its second event, which `act` causes after the first. */
const follow = (id, act) =>
  new Promise((resolve, reject) => {
    const onNext = ({ quoteChanged: { type } }) => (type === "CURRENT_STATE" ? act().catch(reject) : resolve());
    requestSubscription(environment, { subscription: PageChangedSubscription, variables: { id }, onNext, onError: reject });
  });

/** Another client, which Relay's cache knows nothing of. */
async function declineElsewhere(id) {
  const query = "mutation($input: DeclineQuoteInput!) { declineQuote(input: $input) { userErrors { message } } }";
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const body = JSON.stringify({ query, variables: { input: { quoteId: id } } });
  const { data } = await (await fetch(url, { method: "POST", headers, body })).json();
  if (data.declineQuote.userErrors.length) throw new Error(data.declineQuote.userErrors[0].message);
}

async function main() {
  await fetchQuery(environment, PageQuery, variables).toPromise();
  // Without it the garbage collector would take what no component shows.
  environment.retain(createOperationDescriptor(PageQuery, variables));
  print("first page");
  await loadNext(2);
  print("both pages");
  await mutate(PageCreateMutation, { input: JSON.parse(input), connections });
  const [created, second] = print("created");
  await mutate(PageDeleteMutation, { input: { quoteId: created.id } });
  print("deleted");
  await follow(second.id, () => declineElsewhere(second.id));
  print("declined");
  await mutate(PageAppendMutation, { input: JSON.parse(input), connections });
  print("appended");
  process.exit(0);
}

main();
