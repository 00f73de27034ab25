import { afterEach, describe, expect, test } from "vitest";
import { AdditionalOutputs, getCurrentContext, Stream, StreamHandler, type StreamOptions } from "../../src/index.ts";
import { NativeClient } from "../support/native-client.ts";
import { RecordingLogger } from "../support/recording-logger.ts";
import { serveStream } from "../support/served-stream.ts";
import { WebSocketClient } from "../support/websocket-client.ts";

const clients: NativeClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function nativeClient(id?: string): NativeClient {
  const client = new NativeClient(id === undefined ? {} : { id });
  clients.push(client);
  return client;
}

/** A stream of pictures whose handler tells whose session it is in. */
function pictureStream(options: Partial<StreamOptions> = {}): Stream {
  return new Stream({
    modality: "video",
    mode: "receive",
    handler: function* () {
      yield new AdditionalOutputs(getCurrentContext().identity ?? null);
      for (;;) yield null;
    },
    concurrencyLimit: 5,
    logger: new RecordingLogger(),
    ...(options as object),
  });
}

class Silent extends StreamHandler {
  receive(): void {}
  emit(): null {
    return null;
  }
  copy(): Silent {
    return new Silent();
  }
}

const candidate = { candidate: "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host", sdpMid: "0" };
const unknown = { status: "failed", meta: { error: "unknown_connection" } };

describe("a session of one identity", () => {
  test("is the one that its handler sees, and takes no candidates of another identity, or of nobody", async () => {
    const stream = pictureStream({ authenticate: () => "ada" });
    const client = nativeClient();
    await client.connect(stream, { identity: "ada" });
    expect((await stream.fetchLatestOutput(client.id)).args).toEqual(["ada"]);
    expect(stream.identityOf(client.id)).toBe("ada");
    expect(() => stream.identityOf("nobody")).toThrow(expect.objectContaining({ code: "unknown_connection" }));
    const post = (identity?: string) =>
      stream.offer(
        { type: "ice-candidate", candidate, webrtc_id: client.id },
        identity === undefined ? {} : { identity },
      );
    expect(await post("ada")).toEqual({ status: "success" });
    expect(await post("bob")).toMatchObject(unknown);
    expect(await post()).toMatchObject({ status: "failed", meta: { error: "unauthorized" } });
    await stream.close();
  });

  test("is not taken over, or ended, by another identity that has its id and its token", async () => {
    const stream = pictureStream({ authenticate: () => "ada" });
    const client = nativeClient();
    const { session } = await client.connect(stream, { identity: "ada" }, true);
    const resume = { session, attempt: 1 };
    const other = nativeClient(client.id);
    const sdp = await other.offer();
    const takeOver = (identity: string) =>
      stream.offer({ type: "offer", sdp, webrtc_id: client.id, resume }, { identity });
    expect(await takeOver("bob")).toMatchObject({ status: "failed", meta: { error: "connection_already_exists" } });
    expect(await stream.offer({ type: "leave", webrtc_id: client.id, resume }, { identity: "bob" })).toMatchObject(
      unknown,
    );
    expect(stream.health().sessions).toBe(1);
    expect(await takeOver("ada")).toMatchObject({ type: "answer" }); // Nothing that bob tried has used the token up.
    await stream.close();
  });

  test("cannot be begun on a route of the application that does not say whose it is", async () => {
    const stream = pictureStream({ authenticate: () => "ada" });
    expect(await stream.offer({ type: "offer", sdp: "v=0", webrtc_id: "peer" })).toMatchObject({
      status: "failed",
      meta: { error: "unauthorized" },
    });
    expect(stream.health().sessions).toBe(0);
  });
});

describe("requireSignedIds", () => {
  const START = { event: "start", websocket_id: "made-by-the-client" };

  test("lets sessions begin with ids of POST webrtc/id alone, over WebRTC and over WebSockets", async () => {
    const stream = new Stream({
      modality: "audio",
      handler: new Silent(),
      concurrencyLimit: 5,
      requireSignedIds: true,
      logger: new RecordingLogger(),
    });
    await using served = await serveStream(stream);
    const newId = async (): Promise<string> => {
      const response = await fetch(`${served.url}/webrtc/id`, { method: "POST" });
      return ((await response.json()) as { webrtc_id: string }).webrtc_id;
    };
    const offer = async (webrtcId: string): Promise<unknown> => {
      const body = JSON.stringify({ type: "offer", sdp: "v=0", webrtc_id: webrtcId });
      const response = await fetch(`${served.url}/webrtc/offer`, { method: "POST", body });
      return [response.status, await response.json()];
    };
    const refused = {
      status: "failed",
      meta: {
        error: "signed_id_required",
        message: "This server gives out the ids of sessions: get one by POST webrtc/id first.",
      },
    };
    expect(await offer("made-by-the-client")).toEqual([200, refused]);
    expect(await offer(await newId())).toMatchObject([400, { meta: { error: "invalid_sdp" } }]);

    const stranger = await WebSocketClient.connect(served.url);
    stranger.send(START);
    await expect.poll(() => stranger.messages).toEqual([refused]);
    const client = await WebSocketClient.connect(served.url);
    await client.start(await newId(), { encoding: "pcm16", sample_rate: 24_000 });
    expect(stream.health().sessions).toBe(1);
    stranger[Symbol.dispose]();
    client[Symbol.dispose]();
  });

  test("an id that was given to one identity is of no use to another", async () => {
    const stream = pictureStream({
      authenticate: ({ headers }) => headers.get("x-user"),
      requireSignedIds: true,
    });
    await using served = await serveStream(stream);
    const post = async (path: string, user: string, body = ""): Promise<Record<string, unknown>> => {
      const response = await fetch(`${served.url}/${path}`, { method: "POST", headers: { "x-user": user }, body });
      return (await response.json()) as Record<string, unknown>;
    };
    const { webrtc_id: id } = await post("webrtc/id", "ada");
    const offer = JSON.stringify({ type: "offer", sdp: "v=0", webrtc_id: id });
    expect(await post("webrtc/offer", "bob", offer)).toMatchObject({ meta: { error: "signed_id_required" } });
    expect(await post("webrtc/offer", "ada", offer)).toMatchObject({ meta: { error: "invalid_sdp" } });
  });
});
