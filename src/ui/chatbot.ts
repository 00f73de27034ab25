import { z } from "zod";
import { type ComponentOptions, checkOptions, commonOptions, describeCommon, nameOf } from "./component-options.ts";
import { type Component, defineComponent } from "./component.ts";
import type { ChatMessage } from "./descriptor.ts";
import { DEFAULT_MAX_BYTES, type FileInput, parseFile } from "./file-data.ts";
import { refusedValue } from "./refused-value.ts";

/** How many messages a conversation holds at most. */
const MAX_MESSAGES = 10_000;

const ROLES: readonly unknown[] = ["user", "assistant", "system"] satisfies ChatMessage["role"][];

/** A message as it may be set: a file may be its URL alone, in an object. */
export type ChatMessageInput = Omit<ChatMessage, "content"> & { readonly content: string | Exclude<FileInput, string> };

export interface ChatbotOptions extends ComponentOptions {
  /** The conversation so far, at most 10,000 messages. @default [] */
  value?: readonly ChatMessageInput[];
  /** Stands in its place while it is empty. */
  placeholder?: string;
}

const optionsSchema = z.strictObject({
  ...commonOptions,
  value: z.unknown().optional(),
  placeholder: z.string().optional(),
});

/** A conversation. @throws {FastRtcError} `invalid_option` for a value that is none. */
export function chatbot(options: ChatbotOptions = {}): Component<readonly ChatMessage[], readonly ChatMessageInput[]> {
  const { value = [], placeholder = null, ...common } = checkOptions("chatbot", optionsSchema, options);
  const name = nameOf("chatbot", common);
  return defineComponent<readonly ChatMessage[], readonly ChatMessageInput[]>(
    { type: "chatbot", ...describeCommon(common), placeholder },
    value,
    (input) => {
      if (Array.isArray(input) && input.length <= MAX_MESSAGES) return input.map((item) => parseMessage(name, item));
      throw refusedValue(name, `a list of at most ${MAX_MESSAGES} messages`, input);
    },
  );
}

function parseMessage(name: string, value: unknown): ChatMessage {
  const fields: Readonly<Record<string, unknown>> = typeof value === "object" && value !== null ? { ...value } : {};
  const { role, content, title } = fields;
  if (!isRole(role)) throw refusedValue(name, 'messages with the role "user", "assistant" or "system"', role);
  if (title !== undefined && typeof title !== "string")
    throw refusedValue(name, "messages with a text as title", title);
  const limits = { wanted: "messages whose content is a text or a file", fileTypes: null, maxBytes: DEFAULT_MAX_BYTES };
  return {
    role,
    content: typeof content === "string" ? content : parseFile(name, limits, content),
    ...(title === undefined ? {} : { title }),
  };
}

function isRole(value: unknown): value is ChatMessage["role"] {
  return ROLES.includes(value);
}
