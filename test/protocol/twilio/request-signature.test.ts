import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type SignedRequest, isSignedByTwilio, signedText } from "../../../src/protocol/twilio/request-signature.ts";

const URL_OF_EXAMPLE = "https://mycompany.com/myapp.php?foo=1&bar=2";
const FORM: readonly (readonly [string, string])[] = [
  ["Digits", "1234"],
  ["To", "+18005551212"],
  ["From", "+14158675309"],
  ["Caller", "+14158675309"],
  ["CallSid", "CA1234567890ABCDE"],
];

describe("the signature of a request", () => {
  it("fits the example that Twilio publishes", async () => {
    expect(await isSigned({ url: URL_OF_EXAMPLE, form: FORM, signature: "RSOYDt4T1cUTdK1PDd93/VVr8B8=" })).toBe(true);
  });

  it("fits the published example of repeated fields: sorted, each once", async () => {
    const form = [
      ["Sid", "CA123"],
      ["SidAccount", "AC123"],
      ["Digits", "5678"],
      ["Digits", "1234"],
      ["Digits", "1234"],
    ] as const;
    expect(signedText("u", form)).toBe("uDigits1234Digits5678SidCA123SidAccountAC123");
    expect(await isSigned({ url: URL_OF_EXAMPLE, form, signature: "IK+Dwps556ElfBT0I3Rgjkr1wJU=" })).toBe(true);
  });

  it("fits an address with and without its port", async () => {
    const withPort = sign("https://mycompany.com:443/call");
    const withoutPort = sign("https://mycompany.com/call");
    const withOddPort = sign("https://mycompany.com:8443/call");
    expect(await isSigned({ url: "https://mycompany.com/call", signature: withPort })).toBe(true);
    expect(await isSigned({ url: "https://mycompany.com:443/call", signature: withoutPort })).toBe(true);
    expect(await isSigned({ url: "https://mycompany.com:8443/call", signature: withoutPort })).toBe(true);
    expect(await isSigned({ url: "https://mycompany.com:8443/call", signature: withOddPort })).toBe(true);
    expect(await isSigned({ url: "https://mycompany.com/call", signature: withOddPort })).toBe(false);
  });

  it("fits a WebSocket with and without a slash at its end, a webhook only as it is", async () => {
    expect(
      await isSigned({
        url: "wss://a.example/telephone/handler",
        signature: sign("wss://a.example/telephone/handler"),
      }),
    ).toBe(true);
    expect(
      await isSigned({
        url: "wss://a.example/telephone/handler",
        signature: sign("wss://a.example/telephone/handler/"),
      }),
    ).toBe(true);
    expect(await isSigned({ url: "https://a.example/call", signature: sign("https://a.example/call/") })).toBe(false);
  });

  it.each([
    undefined,
    null,
    "",
    "=",
    "RSOYDt4T1cUTdK1PDd93/VVr8B8",
    "RSOYDt4T1cUTdK1PDd93/VVr8B8==",
    "SSOYDt4T1cUTdK1PDd93/VVr8B8=",
    "x".repeat(10_000),
  ])("is not %.40j", async (signature) => {
    expect(await isSigned({ url: URL_OF_EXAMPLE, form: FORM, signature })).toBe(false);
  });

  it("fits no other form and no other address", async () => {
    const signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    expect(await isSigned({ url: URL_OF_EXAMPLE, form: FORM.slice(1), signature })).toBe(false);
    expect(await isSigned({ url: `${URL_OF_EXAMPLE}3`, form: FORM, signature })).toBe(false);
    expect(await isSigned({ url: "no address", signature })).toBe(false);
  });

  it("passes on an error of the signer", async () => {
    const failing = isSignedByTwilio({
      url: URL_OF_EXAMPLE,
      signature: "x",
      sign: () => Promise.reject(new Error("no key")),
    });
    await expect(failing).rejects.toThrow("no key");
  });
});

function isSigned(request: Omit<SignedRequest, "sign">): Promise<boolean> {
  return isSignedByTwilio({ ...request, sign });
}

/** What node:crypto says for the auth token of Twilio's examples. */
function sign(text: string): string {
  return createHmac("sha1", "12345").update(text).digest("base64");
}
