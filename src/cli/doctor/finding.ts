/** What one look at one thing found. */
export interface Finding {
  /** A problem stops clients, or some of them; a warning does not, or not by itself. */
  readonly level: "ok" | "warning" | "problem";
  /** What was looked at: "certificate". */
  readonly check: string;
  /** What is so, and for a problem what to do, in whole sentences. */
  readonly sentence: string;
}

export const ok = (check: string, sentence: string): Finding => ({ level: "ok", check, sentence });
export const warning = (check: string, sentence: string): Finding => ({ level: "warning", check, sentence });
export const problem = (check: string, sentence: string): Finding => ({ level: "problem", check, sentence });
