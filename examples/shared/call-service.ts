import { WebRTCError } from "fastrtc";

/** Which service, and by what name its key is told. */
export interface Service {
  /** As people know it: "OpenAI". */
  readonly name: string;
  /** The variable of the environment that holds the key. */
  readonly keyVariable: string;
}

const MAXIMUM_COMPLAINT = 300;

/**
 * `fetch`, with whatever goes wrong in one sentence that the peer is shown: a wrong key, too many requests, no network.
 * @throws {WebRTCError}
 */
export async function callService(service: Service, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error; // Interrupted: nobody waits for it.
    throw new WebRTCError(`${service.name} cannot be reached at ${new URL(url).host}.`, { cause: error });
  }
  if (response.ok) return response;
  throw refusal(service, response.status, complaintIn(await response.text()));
}

/** What a service means that answers with this status. */
export function refusal({ name, keyVariable }: Service, status: number, complaint: string): WebRTCError {
  const said = complaint === "" ? "" : ` It says: ${complaint.slice(0, MAXIMUM_COMPLAINT)}`;
  if (status === 401 || status === 403) {
    return new WebRTCError(`${name} does not accept the key: set ${keyVariable} to a valid one.${said}`);
  }
  if (status === 429) return new WebRTCError(`${name} takes no more requests for now: try again later.${said}`);
  return new WebRTCError(`${name} answered with status ${status}.${said}`);
}

/** The sentence in an error's body: `{"error": {"message": ...}}` at all of these services. */
export function complaintIn(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    return typeof error?.message === "string" ? error.message : "";
  } catch {
    return body.trim(); // A proxy in between, which answers with text.
  }
}
