import { describe, expect, it } from "vitest";
import {
  type DigestChallenge,
  bestChallenge,
  digestResponse,
  parseChallenge,
  parseCredentials,
  writeChallenge,
  writeCredentials,
} from "../../../src/protocol/sip/digest.ts";
import { digestHash } from "../../../src/transports/sip/authorized-request.ts";

describe("digest authentication", () => {
  // RFC 7616 §3.9.1: the same request with either hash.
  const NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  const mufasa = {
    username: "Mufasa",
    realm: "http-auth@example.org",
    uri: "/dir/index.html",
    nonce: NONCE,
    isSession: false,
  };
  it.each([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ] as const)("gives the response of RFC 7616 with %s", (algorithm, response) => {
    const credentials = { ...mufasa, algorithm, qop: { cnonce: CNONCE, count: "00000001" } };
    expect(digestResponse(credentials, { password: "Circle of Life", method: "GET" }, digestHash)).toBe(response);
  });

  // RFC 2617 §3.5.
  it("gives the response of RFC 2617", () => {
    const credentials = {
      username: "Mufasa",
      realm: "testrealm@host.com",
      uri: "/dir/index.html",
      nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
      isSession: false,
      algorithm: "MD5",
      qop: { cnonce: "0a4f113b", count: "00000001" },
    } as const;
    expect(digestResponse(credentials, { password: "Circle Of Life", method: "GET" }, digestHash)).toBe(
      "6629fae49393a05397450978507c4ef1",
    );
  });

  const challenge: DigestChallenge = {
    realm: 'a "quoted", realm',
    nonce: "abc",
    algorithm: "SHA-256",
    isSession: false,
    hasQop: true,
    isStale: true,
  };

  it("reads the challenge that it writes", () => {
    expect(parseChallenge(writeChallenge(challenge))).toEqual(challenge);
  });

  it("reads the credentials that it writes, and they are right", () => {
    const answer = {
      username: 'b"ob',
      password: "secret",
      method: "REGISTER",
      uri: "sip:example.com",
      cnonce: "0a",
      count: 26,
    };
    const credentials = parseCredentials(writeCredentials({ ...challenge, opaque: "o" }, answer, digestHash));
    expect(credentials).toEqual({
      username: 'b"ob',
      realm: challenge.realm,
      nonce: "abc",
      uri: "sip:example.com",
      algorithm: "SHA-256",
      isSession: false,
      qop: { cnonce: "0a", count: "0000001a" },
      response: credentials && digestResponse(credentials, { password: "secret", method: "REGISTER" }, digestHash),
    });
  });

  it("answers old servers, which know no qop, as RFC 2069 did", () => {
    const old = parseChallenge('Digest realm="asterisk", nonce="1a2b3c", algorithm=MD5');
    expect(old).toEqual({
      realm: "asterisk",
      nonce: "1a2b3c",
      algorithm: "MD5",
      isSession: false,
      hasQop: false,
      isStale: false,
    });
    const written =
      old &&
      writeCredentials(
        old,
        { username: "u", password: "p", method: "INVITE", uri: "sip:a", cnonce: "x", count: 1 },
        digestHash,
      );
    expect(written).not.toMatch(/qop|cnonce|nc=/);
    const [ha1, ha2] = [digestHash("MD5", "u:asterisk:p"), digestHash("MD5", "INVITE:sip:a")];
    expect(written).toContain(`response="${digestHash("MD5", `${ha1}:1a2b3c:${ha2}`)}"`);
  });

  it("prefers the better hash, and passes over what it does not know", () => {
    const known = [
      'Digest realm="r", nonce="1", algorithm=MD5, qop="auth"',
      'Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth-int,auth"',
    ];
    expect(bestChallenge(known)?.nonce).toBe("2");
    expect(
      bestChallenge([
        'Digest realm="r", nonce="1", algorithm=SHA-512-256',
        'Basic realm="r"',
        'Digest realm="r", nonce="1", qop="auth-int"',
      ]),
    ).toBeUndefined();
  });
});
