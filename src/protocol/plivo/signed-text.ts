/**
 * What Plivo signs of a POST with version 3 of its signature: the address with its query sorted, the fields of the form sorted and
 * without anything between them, and the nonce. The header `X-Plivo-Signature-V3` has the base64 of its HMAC-SHA256 with the auth token.
 */
export function plivoSignedText(
  address: string,
  form: Iterable<readonly [name: string, value: string]>,
  nonce: string,
): string {
  const url = new URL(address);
  const query = sorted(url.searchParams).map(([name, value]) => `${name}=${value}`);
  const fields = sorted(form).map(([name, value]) => name + value);
  const base = `${address.split(/[?#]/)[0]}${query.length > 0 || fields.length > 0 ? `?${query.join("&")}` : ""}`;
  const dot = query.length > 0 && fields.length > 0 ? "." : "";
  return `${base}${dot}${fields.join("")}.${nonce}`;
}

/** By name, and by value where the name is the same, in the order of their UTF-16 code units. */
function sorted(pairs: Iterable<readonly [string, string]>): readonly (readonly [string, string])[] {
  return [...pairs].toSorted(([a, x], [b, y]) => compare(a, b) || compare(x, y));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
