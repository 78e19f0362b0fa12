// PostGraphile 5 on Node's own HTTP server: the schema comes from the tables, the plan from Grafast.
// Its names are its own; benchmarks/cases.py asks for the same columns under our names, by aliases.
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { jsonPgSmartTags } from "postgraphile/utils";
import { makePgService } from "postgraphile/adaptors/pg";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { caller, pool, port } from "../shared/node.js";

// The one edge that no foreign key declares: a recipient is the employee with the same address.
const tags = jsonPgSmartTags({
  version: 1,
  config: {
    class: {
      recipients: {
        tags: { foreignKey: "(tenant_id, email_key) references employees (tenant_id, email_key)|@fieldName employee" },
      },
    },
  },
});

const instance = postgraphile({
  extends: [PostGraphileAmberPreset],
  plugins: [tags],
  pgServices: [makePgService({ pool, schemas: ["public"] })],
  schema: { defaultBehavior: "+list +connection" },
  grafast: { explain: false },
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, websockets: false },
});

const server = createServer((request, response) => {
  if (!caller(request.headers.authorization)) return response.writeHead(401).end();
  return handle(request, response);
});
const serv = instance.createServ(grafserv);
await serv.ready?.();
const handle = serv.createHandler();
server.listen(port, "127.0.0.1");
