import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { serveNodeRequest } from "../../src/server/node-listener.ts";
import { Routes } from "../../src/server/routes.ts";
import { echoService } from "../support/echo-service.ts";
import { RecordingLogger } from "../support/recording-logger.ts";

test("a request that fails is logged without its query, which may hold a token", async () => {
  const logger = new RecordingLogger();
  const broken = {
    ...echoService(),
    health: () => {
      throw new Error("a bug");
    },
  };
  const routes = new Routes(broken, { basePath: "", page: false });
  const server = createServer((request, response) => void serveNodeRequest(routes, logger, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/healthz?token=secret`);
  expect([response.status, await response.text()]).toEqual([500, '{"error":"internal_error"}']);
  expect(logger.lines).toEqual([
    { level: "error", message: "GET /healthz could not be answered:", details: [new Error("a bug")] },
  ]);
  server.close();
});
