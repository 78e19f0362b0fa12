// Mercurius on Fastify, with its JIT and its loaders.
// Loaders go uncached: the cache serialises every parent, and `batch` asks for each key once anyhow.
import Fastify from "fastify";
import mercurius from "mercurius";
import { batch, caller, edges, port, resolvers, typeDefs } from "../shared/node.js";

const loaders = {};
for (const [type, fields] of Object.entries(edges)) {
  loaders[type] = {};
  for (const [name, edge] of Object.entries(fields))
    loaders[type][name] = {
      loader: (queries, context) => batch(edge, queries.map((it) => edge.key(it.obj)), context.caller.tenant_id),
      opts: { cache: false },
    };
}

const app = Fastify({ logger: false });
app.addHook("onRequest", async (request, reply) => {
  request.caller = caller(request.headers.authorization);
  if (!request.caller) return reply.code(401).send({ errors: [{ message: "Unauthorized" }] });
});
app.register(mercurius, {
  schema: typeDefs, resolvers, loaders, jit: 1, graphiql: false, context: (request) => ({ caller: request.caller }),
});
await app.listen({ port, host: "127.0.0.1" });
