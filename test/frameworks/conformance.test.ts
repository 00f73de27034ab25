import { describeFramework } from "./conformance.ts";
import { frameworks } from "./frameworks.ts";

for (const framework of frameworks) describeFramework(framework);
