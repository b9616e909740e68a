import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const version = "@VERSION@";
export const digest = "@DIGEST@";

export const read = (name) => readFileSync(fileURLToPath(new URL(name, import.meta.url)));
export const schema = (name = "latest") => JSON.parse(read(`schemas/${name}.json`));

export function cases(set = "full") {
  const chosen = JSON.parse(read("fixtures/manifest.json")).cases.filter(({ sets }) => sets.includes(set));
  if (chosen.length === 0) throw new RangeError(`no case is in the set ${set}`);
  return chosen.map((one) => ({
    ...one,
    get payload() {
      return read(`fixtures/${one.id}.json`);
    },
    get expectation() {
      return JSON.parse(read(`fixtures/${one.id}.case.json`));
    },
  }));
}
