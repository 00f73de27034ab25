// Runs scripts/<name>.ts without a build: `node scripts/run.mjs <name> [arguments]`.
// Plain JavaScript with old syntax, so that it can say what is missing even where nothing is installed.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`This project needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

const name = process.argv.splice(2, 1)[0];
let tsx;
try {
  tsx = await import("tsx/esm/api");
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.error("The dependencies are not installed. Run `npm ci` first.");
  process.exit(1);
}
tsx.register();
await import(`./${name}.ts`);
