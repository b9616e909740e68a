// Reads jobs as JSON lines and says of each what ajv says: valid, invalid, or unread.
// Usage: node judge.mjs SCHEMAS FIXTURES < jobs.jsonl > answers.txt
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";

const [schemas, fixtures] = process.argv.slice(2);
const options = { strict: true, validateFormats: false };
const judges = { "2020-12": new Ajv2020(options), "draft-07": new Ajv(options) };
const compiled = new Map();
const payload = { name: undefined, value: undefined, readable: false };

function validator({ schema: name, part }) {
  const key = `${name}#${part}`;
  if (!compiled.has(key)) {
    const old = name.startsWith("draft-07/");
    const ajv = judges[old ? "draft-07" : "2020-12"];
    if (!ajv.getSchema(`file:${name}`)) {
      ajv.addSchema(JSON.parse(readFileSync(join(schemas, name), "utf8")), `file:${name}`);
    }
    const place = old ? "definitions" : "$defs";
    compiled.set(key, ajv.compile({ $ref: `file:${name}#/${place}/${part}` }));
  }
  return compiled.get(key);
}

function read(name) {
  if (payload.name === name) return;
  payload.name = name;
  try {
    payload.value = JSON.parse(readFileSync(join(fixtures, name), "utf8"));
    payload.readable = true;
  } catch {
    payload.readable = false;
  }
}

const answers = readFileSync(0, "utf8").trimEnd().split("\n").map((line) => {
  const job = JSON.parse(line);
  read(job.payload);
  if (!payload.readable) return "unread";
  return validator(job)(payload.value) ? "valid" : "invalid";
});
process.stdout.write(answers.join("\n") + "\n");
