import { z } from "zod";
import { parseJson } from "../protocol/json-fields.ts";

const talkMessage = z.looseObject({ type: z.literal("talk"), data: z.enum(["start", "stop"]) });

/** Whether a front end's message says that the key of push to talk is pressed, or was let go; undefined for any other message. */
export function readTalkKey(text: string): boolean | undefined {
  if (text.length > 200) return undefined;
  // What is no JSON is not for us: front ends send texts of their own.
  const message = talkMessage.safeParse(parseJson(text));
  return message.success ? message.data.data === "start" : undefined;
}
