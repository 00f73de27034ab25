import type { HttpAnswer } from "./ask-http.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** Whether browsers give the camera and the microphone to pages of this address. */
export function secureContext(url: URL): Finding {
  const check = "secure context";
  if (url.protocol === "https:")
    return ok(check, "The page is on https, so browsers give it the camera and microphone.");
  if (/^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) {
    return ok(
      check,
      "The page is on localhost, so browsers give it the camera and microphone; other machines need https.",
    );
  }
  return problem(
    check,
    `${url.origin} is no secure context: browsers give the camera and microphone only to pages on https or on localhost. ` +
      "Put a server that speaks https in front, such as Caddy or nginx.",
  );
}

/** What is wrong with the certificate of an https address, if anything. */
export function certificate({ certificateError, validTo }: HttpAnswer, url: URL, wallMs: number): readonly Finding[] {
  const check = "certificate";
  if (url.protocol !== "https:") return [];
  if (certificateError !== undefined) return [problem(check, certificateSentence(certificateError, url))];
  const days = validTo === undefined ? Number.NaN : Math.floor((Date.parse(validTo) - wallMs) / MS_PER_DAY);
  if (days < SOON_DAYS) return [warning(check, `The certificate of ${url.hostname} ends in ${days} days: renew it.`)];
  return [ok(check, `The certificate of ${url.hostname} is good for ${days} more days.`)];
}

const MS_PER_DAY = 86_400_000;
const SOON_DAYS = 14;

function certificateSentence(code: string, { hostname }: URL): string {
  const about = `The certificate of ${hostname}`;
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `${about} has expired: browsers warn, and programs refuse. Renew it.`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `${about} is signed by itself: browsers warn, and programs refuse. Get one of Let's Encrypt, as Caddy does by itself.`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `${about} is for another name: browsers warn, and programs refuse. Get one for this name, or use the right one.`;
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `${about} comes without the one that signed it: let the server send the full chain (fullchain.pem, not cert.pem).`;
    default:
      return `${about} is not trusted (${code}).`;
  }
}

/** Why nobody answered at an address. */
export function unreachable(error: Error, url: URL): Finding {
  const check = "server";
  const code = "code" in error ? String(error.code) : "";
  switch (code) {
    case "ECONNREFUSED":
      return problem(
        check,
        `Nothing listens at ${url.host}. Start the server; where it runs, let it listen on more than localhost with --host 0.0.0.0.`,
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return problem(check, `No name server knows ${url.hostname}. Check the name, and the network of this machine.`);
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return problem(check, `${url.host} does not speak https. Use http://${url.host}, or put a certificate in front.`);
    default:
      return problem(
        check,
        `${url.host} did not answer: ${error.message}. A firewall may drop what comes: open the TCP port ${url.port || "443"}.`,
      );
  }
}
