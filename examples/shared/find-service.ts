import type { Service } from "./call-service.ts";

/** Where a service is, and with which key it is asked. */
export interface FoundService extends Service {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
}

export interface ServiceToFind extends Service {
  /** The variable of the environment that names another address: a gateway, or a server of your own with the same protocol. */
  readonly urlVariable: string;
  /** The official address. */
  readonly url: string;
  /** Begins what stands in its place on this machine where there is neither a key nor an address. */
  readonly standIn: () => Promise<{ readonly url: string }>;
}

/** Of which keys it was said that they are missing. */
const told = new Set<string>();

/** A way to a service by the environment: the official one with a key, one of your own, or a stand-in, which is begun once. */
export function serviceFinder({
  name,
  keyVariable,
  urlVariable,
  url,
  standIn,
}: ServiceToFind): () => Promise<FoundService> {
  let begun: ReturnType<typeof standIn> | undefined;
  return async () => {
    const key = process.env[keyVariable]?.trim();
    const address = process.env[urlVariable]?.trim() || (key ? url : undefined);
    if (address) return { name, keyVariable, url: address.replace(/\/$/, ""), key: key || "none" };
    if (!told.has(keyVariable))
      console.log(`${keyVariable} is not set: a stand-in on this machine answers for ${name}.`);
    told.add(keyVariable);
    begun ??= standIn();
    return { name, keyVariable, url: (await begun).url, key: "none" };
  };
}
