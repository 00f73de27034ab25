import { type Socket, createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { RelayPath } from "../../bench/network/relay-path.ts";

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function openSocket(): Promise<Socket> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

const textOf = async (received: Promise<unknown[]>): Promise<string> => String((await received)[0]);

describe("a path through the lossy relay", () => {
  it("carries packets between a client and a server that know nothing of each other", async () => {
    await using path = await RelayPath.open({ delayMs: 5, rateBps: 1_000_000 }, 1);
    const [client, server] = [await openSocket(), await openSocket()];
    path.connect({ address: "127.0.0.1", port: server.address().port });

    const atServer = once(server, "message");
    client.send("hello", path.clientPort, "127.0.0.1");
    expect(await textOf(atServer)).toBe("hello");
    expect((await atServer)[1]).toMatchObject({ port: path.serverPort });

    const atClient = once(client, "message");
    server.send("welcome", path.serverPort, "127.0.0.1");
    expect(await textOf(atClient)).toBe("welcome");
    expect((await atClient)[1]).toMatchObject({ port: path.clientPort });

    const { toServer, toClient } = path.takeReport();
    expect({ toServer, toClient }).toEqual({
      toServer: { delivered: 1, passedBytes: 33, lost: 0, dropped: 0 },
      toClient: { delivered: 1, passedBytes: 35, lost: 0, dropped: 0 },
    });
  });

  it("closes twice without harm, with packets on their way", async () => {
    const path = await RelayPath.open({ delayMs: 10_000 }, 1);
    const client = await openSocket();
    await new Promise((resolve) => client.send("hello", path.clientPort, "127.0.0.1", resolve));
    await path[Symbol.asyncDispose]();
    await path[Symbol.asyncDispose]();
    expect(path.takeReport().latenessMs).toEqual([]);
  });
});
