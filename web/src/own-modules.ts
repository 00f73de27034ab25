let loading: Promise<void> | undefined;

/**
 * Loads the modules of the application's own, all at once. Resolves when each has run or failed; what fails is reported as any error of a
 * page is, and hinders no other.
 */
export function loadOwnModules(urls: readonly string[]): Promise<void> {
  loading ??= Promise.all(
    urls.map((url) => import(/* @vite-ignore */ new URL(url, document.baseURI).href).catch(reportError)),
  ).then(() => undefined);
  return loading;
}

/** Resolves when all modules have run or failed. */
export async function ownModulesLoaded(): Promise<void> {
  await loading;
}
