// The network of Relay: every request names its document, which was pushed to the server before.
const { resuming, untilConnected } = require("@quotegraph/client");
const { createClient } = require("graphql-ws");
const { Environment, Network, Observable, RecordSource, Store } = require("relay-runtime");

function createEnvironment(url, key) {
  const headers = { authorization: `Bearer ${key}` };
  const options = { url: url.replace("http", "ws"), connectionParams: headers, ...untilConnected };
  const socket = resuming(createClient(options));

  const fetchOperation = async ({ id }, variables) => {
    const body = JSON.stringify({ documentId: id, variables });
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    return response.json();
  };
  // graphql-ws requires a text.
  const subscribe = ({ id }, variables) =>
    Observable.create((sink) => socket.subscribe({ query: "", documentId: id, variables }, sink));

  return new Environment({ network: Network.create(fetchOperation, subscribe), store: new Store(new RecordSource()) });
}

module.exports = { createEnvironment };
