// Says what JSON.parse reads in each payload named on standard input.
import { readFileSync } from "node:fs";

const hex = (text) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, "0")).join("");

function told(value) {
  if (value === null) return "n";
  if (value === true) return "t";
  if (value === false) return "f";
  if (typeof value === "string") return "s" + hex(value);
  if (typeof value === "number") {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(Object.is(value, -0) ? 0 : value);
    return "d" + bytes.toString("hex");
  }
  if (Array.isArray(value)) return "[" + value.map(told).join(",") + "]";
  return "{" + Object.entries(value).map(([name, held]) => told(name) + ":" + told(held)).sort().join(",") + "}";
}

for (const path of readFileSync(0, "utf8").split("\n").slice(0, -1)) {
  let answer = "refused";
  try {
    answer = told(JSON.parse(readFileSync(path).toString("utf8")));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
  }
  console.log(answer);
}
