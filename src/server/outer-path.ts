/**
 * What of a request's path belongs to the routers around the one that a stream was mounted on: "/api" where that lies
 * under "/api", "/acme" where it lies under "/:tenant".
 * @param prefix the routers' own prefix, as it was declared
 * @param pathname the path of the request, which lies below it
 */
export function outerPath(prefix: string, pathname: string): string {
  const segments = prefix.split("/").filter((segment) => segment !== "").length;
  return pathname
    .split("/")
    .slice(0, segments + 1)
    .join("/");
}
