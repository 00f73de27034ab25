// The one Stream of the application. Next.js loads modules anew in development: it is kept where that does not reach.
import { Stream } from "fastrtc";

const kept = globalThis as typeof globalThis & { flipStream?: Stream };

export const stream = (kept.flipStream ??= new Stream({
  handler: (frame) => frame.flip("vertical").caption("Hello from Next.js!"),
  modality: "video",
  mode: "send-receive",
  concurrencyLimit: 10,
}));
