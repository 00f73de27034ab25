/** A variable of the environment; undefined when it is missing or blank. */
export function environmentVariable(name: string): string | undefined {
  // oxlint-disable-next-line node/no-process-env -- secrets belong into the environment, and this is the edge
  return process.env[name]?.trim() || undefined;
}
