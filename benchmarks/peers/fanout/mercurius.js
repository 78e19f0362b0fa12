// Mercurius on Fastify, with its in-memory publisher.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";

const schema = readFileSync(new URL("./events.graphql", import.meta.url), "utf8");
const resolvers = {
  Query: { subscribers: () => 0 },
  Subscription: {
    events: { subscribe: (_, __, { pubsub }) => pubsub.subscribe("events"), resolve: (event) => event },
  },
};

const app = Fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 });
app.register(mercurius, { schema, resolvers, jit: 1, graphiql: false, subscription: true });
app.post("/publish", async (request) => {
  for (const event of request.body) app.graphql.pubsub.publish({ topic: "events", payload: event });
  return {};
});
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
