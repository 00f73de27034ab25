import { register as registerRequire } from "tsx/cjs/api";
import { register as registerImport } from "tsx/esm/api";

/**
 * Lets this process import TypeScript from now on, on Node 20 as on 24: with enums, JSX and the paths of tsconfig.json, which Node by
 * itself knows on no version.
 * @param onImport told of the URL of every module that is imported
 */
export function registerTypeScript(onImport: (url: string) => void = () => {}): void {
  registerRequire(); // For modules of a package that does not say "type": "module".
  registerImport({ onImport });
}
