// Lists all sessions in small pages and disconnects one, by a client whose types are generated from the broker's own document.
import createClient from "openapi-fetch";
import type { paths } from "./generated/api.js";

const [address, clientId] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl: address! });

const clientIds: string[] = [];
let cursor: string | undefined;
do {
  const { data, error } = await api.GET("/api/v1/sessions", { params: { query: cursor === undefined ? { limit: 2 } : { limit: 2, cursor } } });
  if (error) throw new Error(error.code);
  clientIds.push(...data.items.map((session) => session.clientId));
  cursor = data.cursor ?? undefined;
} while (cursor !== undefined);

const { error, response } = await api.DELETE("/api/v1/sessions/{clientId}/connection", { params: { path: { clientId: clientId! } } });
if (error) throw new Error(error.code);
console.log(JSON.stringify({ clientIds, disconnected: response.status }));
