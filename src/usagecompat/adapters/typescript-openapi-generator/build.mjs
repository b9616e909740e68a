// Turns what was generated into JavaScript, file by file: node build.mjs REVISION
// Types are not checked: what is made of the newest revision does not pass the checker (TS1110), and runs.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import typescript from "typescript";

const revision = process.argv[2];
const compilerOptions = { module: typescript.ModuleKind.CommonJS, target: typescript.ScriptTarget.ES2022 };
for (const name of readdirSync(revision, { recursive: true })) {
  if (!name.endsWith(".ts")) continue;
  const text = readFileSync(join(revision, name), "utf8");
  const place = join(`${revision}-js`, name.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, typescript.transpileModule(text, { compilerOptions }).outputText);
}
