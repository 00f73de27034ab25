/** Whom a peer is known as: a name, or anything that has one as its `id`. Requests with the same name come from the same owner. */
export type Identity = string | { readonly id: string };

/** Longest name, in characters. */
const MAX_NAME_LENGTH = 512;

/** The name of an identity; undefined for what is none. */
export function identityName(identity: unknown): string | undefined {
  const name: unknown = typeof identity === "object" && identity !== null ? Reflect.get(identity, "id") : identity;
  return typeof name === "string" && name !== "" && name.length <= MAX_NAME_LENGTH ? name : undefined;
}

/** Whether two requests come from the same owner; where nobody is asked who they are, all do. */
export function isSameOwner(one: unknown, other: unknown): boolean {
  return identityName(one) === identityName(other);
}
