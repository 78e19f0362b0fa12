// GraphQL Yoga on Node's own HTTP server, with a DataLoader for each edge and request.
import { createServer } from "node:http";
import DataLoader from "dataloader";
import { createSchema, createYoga } from "graphql-yoga";
import { batch, caller, edges, port, resolvers, typeDefs } from "../shared/node.js";

const ofEdges = {};
for (const [type, fields] of Object.entries(edges)) {
  ofEdges[type] = {};
  for (const [name, edge] of Object.entries(fields))
    ofEdges[type][name] = (parent, _, context) => loader(context, edge).load(edge.key(parent));
}

function loader(context, edge) {
  let found = context.loaders.get(edge);
  if (!found) {
    found = new DataLoader((keys) => batch(edge, keys, context.caller.tenant_id));
    context.loaders.set(edge, found);
  }
  return found;
}

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: { ...resolvers, ...ofEdges } }),
  context: ({ req }) => ({ caller: req.caller, loaders: new Map() }),
  graphiql: false, landingPage: false, logging: false, cors: false, multipart: false,
});

const server = createServer((request, response) => {
  request.caller = caller(request.headers.authorization);
  if (!request.caller) return response.writeHead(401).end();
  return yoga(request, response);
});
server.listen(port, "127.0.0.1");
