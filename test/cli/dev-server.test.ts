import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import type { AppState, AppSupervisor } from "../../src/cli/dev/app-supervisor.ts";
import { DevServer } from "../../src/cli/dev/dev-server.ts";

test.each(["//", "/\\", "//[", "http://"])(
  "fastrtc dev answers a request for %j, which is no address, and goes on",
  async (path) => {
    const failed: AppState = { type: "failed", text: "It does not compile." };
    const app: Pick<AppSupervisor, "state" | "run" | "settled"> = {
      state: failed,
      run: 1,
      settled: async () => failed,
    };
    await using server = new DevServer(app as AppSupervisor);
    const port = await server.listen(0, "127.0.0.1");
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toContain("503 Service Unavailable");
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503);
  },
);
