/** Tests that may be skipped, by their full name, and why. Any other skipped test counts as failed. */
export const allowedSkips: ReadonlyMap<string, string> = new Map();
