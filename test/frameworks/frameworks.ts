import { type RequestListener, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import express from "express";
import fastify, { type FastifyInstance } from "fastify";
import { Hono } from "hono";
import type { Framework, Mount, RunningApp } from "./conformance.ts";

/** Every framework that a Stream can be mounted on, in each of the ways that an application may be built with it. */
export const frameworks: readonly Framework[] = [
  {
    name: "node:http whose listener came before",
    start: async (mount) => {
      const server = createServer(ownRoutes);
      mount(server);
      return listen(server);
    },
  },
  {
    name: "node:http whose listener comes after",
    start: async (mount) => {
      const server = createServer();
      mount(server);
      server.on("request", ownRoutes);
      return listen(server);
    },
  },
  {
    name: "Hono",
    start: async (mount) => {
      const app = new Hono();
      const upgrade = mount(app);
      return serveHono(addOwnRoutes(app), upgrade);
    },
  },
  {
    name: "Hono after a middleware that has read the body as JSON",
    start: async (mount) => {
      const app = new Hono();
      app.use(async (context, next) => {
        if (context.req.method === "POST") await context.req.json().catch(() => undefined);
        await next();
      });
      const upgrade = mount(app);
      return serveHono(addOwnRoutes(app), upgrade);
    },
  },
  {
    name: "a Hono application that is part of another",
    prefix: "/api/v1",
    start: async (mount) => {
      const part = new Hono().basePath("/v1");
      const upgrade = mount(part);
      return serveHono(addOwnRoutes(new Hono().route("/api", part)), upgrade);
    },
  },
  {
    name: "Express before its body parsers",
    start: async (mount) => {
      const app = express();
      const upgrade = mount(app);
      app.use(express.json());
      app.post("/input_hook", (request, response) => void response.send(JSON.stringify(request.body)));
      app.get("/own", (_request, response) => void response.send("own"));
      return listen(createServer(app).on("upgrade", upgrade));
    },
  },
  {
    name: "Express after its body parsers",
    parsesBodies: true,
    start: async (mount) => {
      const app = express();
      app.use(express.json(), express.urlencoded());
      const upgrade = mount(app);
      app.post("/input_hook", (request, response) => void response.send(JSON.stringify(request.body)));
      app.get("/own", (_request, response) => void response.send("own"));
      return listen(createServer(app).on("upgrade", upgrade));
    },
  },
  {
    name: "Express after a parser that leaves bytes",
    parsesBodies: true,
    start: async (mount) => {
      const app = express();
      app.use(express.raw({ type: () => true }));
      const upgrade = mount(app);
      app.post("/input_hook", (request, response) => void response.send(request.body));
      app.get("/own", (_request, response) => void response.send("own"));
      return listen(createServer(app).on("upgrade", upgrade));
    },
  },
  {
    name: "an Express Router below a path with a parameter",
    prefix: "/api/acme",
    start: async (mount) => {
      const app = express();
      const router = express.Router();
      const upgrade = mount(router);
      app.use("/api/:tenant", router);
      app.post(
        "/input_hook",
        express.text({ type: () => true }),
        (request, response) => void response.send(request.body),
      );
      app.get("/own", (_request, response) => void response.send("own"));
      return listen(createServer(app).on("upgrade", upgrade));
    },
  },
  {
    name: "Fastify",
    start: async (mount) => {
      const app = fastify();
      mount(app);
      return listenFastify(app);
    },
  },
  {
    name: "a Fastify plugin with a prefix that holds a parameter",
    prefix: "/api/acme",
    start: async (mount) => {
      const app = fastify();
      await app.register(async (scope) => void mount(scope), { prefix: "/api/:tenant" });
      return listenFastify(app);
    },
  },
];

/** The application's own routes on a bare server. */
const ownRoutes: RequestListener = (request, response) => {
  if (request.url === "/input_hook") request.pipe(response);
  else if (request.url === "/own") response.end("own");
  else response.writeHead(404).end();
};

function addOwnRoutes(app: Hono): Hono {
  app.post("/input_hook", async (context) => context.text(await context.req.text()));
  app.get("/own", (context) => context.text("own"));
  return app;
}

function serveHono(app: Hono, upgrade: ReturnType<Mount>): Promise<RunningApp> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) =>
      resolve({ port, close: () => close(server as Server) }),
    );
    server.on("upgrade", upgrade);
  });
}

async function listenFastify(app: FastifyInstance): Promise<RunningApp> {
  app.post("/input_hook", async (request) => JSON.stringify(request.body));
  app.get("/own", async () => "own");
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { port: (app.server.address() as AddressInfo).port, close: () => close(app.server, () => app.close()) };
}

async function listen(server: Server): Promise<RunningApp> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function close(server: Server, end: () => Promise<void> = async () => void server.close()): Promise<void> {
  server.closeAllConnections();
  await end();
}
