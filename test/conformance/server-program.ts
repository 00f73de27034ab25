import { startConformanceServer } from "./conformance-server.ts";

const server = await startConformanceServer({
  port: Number(process.env["PORT"] ?? 7870),
  host: process.env["HOST"] ?? "127.0.0.1",
});
console.log(`Running on ${server.url}`);
for (const path of server.paths) console.log(`  ${path}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}
