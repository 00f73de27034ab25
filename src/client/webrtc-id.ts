/**
 * A name for one connection that nobody can guess: a random UUID (RFC 9562, version 4).
 * `crypto.randomUUID` is missing on plain http outside localhost, `getRandomValues` is not.
 */
export function createWebrtcId(random: Pick<Crypto, "getRandomValues"> = crypto): string {
  return "********-****-4***-#***-************".replace(/[*#]/g, (place) => {
    const digit = (random.getRandomValues(new Uint8Array(1))[0] ?? 0) >> 4;
    return (place === "#" ? (digit & 3) | 8 : digit).toString(16); // The variant has two bits of its own.
  });
}
