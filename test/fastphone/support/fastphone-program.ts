// A program of a user: what it prints and leaves behind is what the test looks at.
import { Stream } from "../../../src/stream.ts";
import { gradioTunnel } from "../../../src/fastphone/gradio-tunnel.ts";
import { StreamHandler } from "../../../src/handlers/stream-handler.ts";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

class Silence extends StreamHandler {
  receive(): void {}
  emit(): null {
    return null;
  }
  copy(): Silence {
    return new Silence();
  }
}

const [, , serviceUrl = "", cacheFolder = ""] = process.argv;
const sha256 = createHash("sha256")
  .update(readFileSync(new URL("stand-in-share-client.mjs", import.meta.url)))
  .digest("hex");
await new Stream({ handler: new Silence(), modality: "audio", twilioAuthToken: null }).fastphone({
  port: 0,
  serviceUrl,
  tunnel: gradioTunnel({
    apiUrl: `${serviceUrl}/v3/tunnel-request`,
    client: { url: `${serviceUrl}/frpc`, sha256 },
    cacheFolder,
  }),
});
