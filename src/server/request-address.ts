const addresses = new WeakMap<Request, string>();

/** Remembers the address of the connection that a request came by, which a web Request does not tell. */
export function rememberAddress(request: Request, address: string | undefined): Request {
  if (address !== undefined) addresses.set(request, address);
  return request;
}

/** The address of the connection that a request came by; undefined where the framework did not tell. */
export function connectionAddress(request: Request): string | undefined {
  return addresses.get(request);
}
