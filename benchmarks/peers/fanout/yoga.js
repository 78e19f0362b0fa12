// GraphQL Yoga with graphql-ws, as its documentation shows it, and its in-memory publisher.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createPubSub, createSchema, createYoga } from "graphql-yoga";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const events = createPubSub();
const yoga = createYoga({
  schema: createSchema({
    typeDefs: readFileSync(new URL("./events.graphql", import.meta.url), "utf8"),
    resolvers: {
      Query: { subscribers: () => 0 },
      Subscription: { events: { subscribe: () => events.subscribe("events"), resolve: (event) => event } },
    },
  }),
  graphiql: false, landingPage: false, logging: false,
});

const server = createServer((request, response) => {
  if (request.url !== "/publish") return yoga(request, response);
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    for (const event of JSON.parse(Buffer.concat(parts))) events.publish("events", event);
    response.setHeader("Content-Type", "application/json").end("{}");
  });
});
const sockets = new WebSocketServer({ server, path: yoga.graphqlEndpoint });
useServer({
  execute: (args) => args.rootValue.execute(args),
  subscribe: (args) => args.rootValue.subscribe(args),
  onSubscribe: async (ctx, _id, params) => {
    const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
      ...ctx, req: ctx.extra.request, socket: ctx.extra.socket, params,
    });
    const args = {
      schema, operationName: params.operationName, document: parse(params.query), variableValues: params.variables,
      contextValue: await contextFactory(), rootValue: { execute, subscribe },
    };
    const errors = validate(args.schema, args.document);
    return errors.length ? errors : args;
  },
}, sockets);
server.listen(Number(process.env.PORT), "127.0.0.1");
