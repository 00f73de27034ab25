import type { IncomingMessage } from "node:http";

/**
 * The body of a node:http request as a web stream, not touched before it is read. Cancelling it leaves the connection
 * alone, unlike `Readable.toWeb`: the answer to an upload that is too large has to leave by it.
 */
export function nodeBody(request: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let begun = false;
  let stop = (): void => {};
  const begin = (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void => {
    begun = true;
    const onData = (chunk: Uint8Array<ArrayBuffer>): void => {
      controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      request.pause();
    };
    const onEnd = (): void => {
      stop();
      controller.close();
    };
    const onFailure = (): void => {
      stop();
      controller.error(new Error("The client went away before its request had ended."));
    };
    stop = () => {
      request.off("data", onData).off("end", onEnd).off("error", onFailure).off("close", onFailure).pause();
    };
    if (request.readableEnded) controller.close();
    else if (request.destroyed) onFailure();
    else request.on("data", onData).once("end", onEnd).once("error", onFailure).once("close", onFailure);
  };
  return new ReadableStream(
    {
      pull(controller) {
        if (!begun) begin(controller);
        request.resume();
      },
      cancel() {
        stop();
      },
    },
    { highWaterMark: 0 },
  );
}
