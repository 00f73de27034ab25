// A program for networks.test.ts: a Stream and its page on every address, told of its network by the environment.
import { Stream } from "../../src/index.ts";
import { ClientPageServer } from "./client-page.ts";

const stream = new Stream({ handler: (frame) => frame, modality: "video", concurrencyLimit: null });
await ClientPageServer.start(stream, "0.0.0.0", Number(process.env["PORT"]));
console.log("ready");
