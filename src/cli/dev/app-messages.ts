/** What the command tells the process of an app. */
export type ToApp =
  | { readonly type: "run"; readonly path: string; readonly folder: string }
  /** End the calls and the process. */
  | { readonly type: "stop" };

/** What the process of an app tells the command. */
export type FromApp =
  /** A file that the app consists of. */
  | { readonly type: "imported"; readonly path: string }
  | { readonly type: "running"; readonly port: number; readonly isSecure: boolean }
  /** The app could not be loaded; the text says why. */
  | { readonly type: "failed"; readonly text: string };
