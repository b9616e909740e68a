// What the package for npm promises, in the runner of Node.js itself; AJV judges by the schemas.
import loose from "node:assert";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { test } from "node:test";

import Ajv from "ajv/dist/2020.js";
import { cases, digest, read, schema, version } from "usagecompat-corpus";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const require = createRequire(import.meta.url);

test("version and digest are those of the files", () => {
  assert.equal(version, require("usagecompat-corpus/package.json").version);
  assert.equal(sha256(read("SHA256SUMS")), digest);
  for (const line of read("SHA256SUMS").toString().trimEnd().split("\n")) {
    const [sum, name] = line.split("  ");
    assert.equal(sha256(read(name)), sum, name);
  }
});

test("every payload is the one of the manifest", () => {
  const every = cases();
  assert.ok(every.length > cases("core").length && cases("core").length > cases("smoke").length);
  for (const one of every) {
    assert.equal(sha256(one.payload), one.sha256, one.id);
    assert.equal(one.expectation.id, one.id);
  }
  assert.throws(() => cases("smok"), RangeError);
});

const finite = (value) => (typeof value === "object" && value ? Object.values(value).every(finite) : value !== Infinity && value !== -Infinity);

test("what must be decoded comes back through JSON", (t) => {
  const wanted = cases().filter(({ demand }) => demand === "must-decode");
  for (const { id, payload } of wanted) {
    const value = JSON.parse(payload);
    if (finite(value)) loose.deepEqual(JSON.parse(JSON.stringify(value)), value, id); // minus zero becomes zero
  }
  t.diagnostic(`${cases().length} cases of ${version}, ${wanted.length} decoded and back`);
});

test("AJV judges by the schemas as the cases say", (t) => {
  const validators = new Map();
  const judged = { valid: 0, invalid: 0 };
  for (const { id, verdict, payload, expectation, findings } of cases()) {
    const { revision, shape, judges } = expectation;
    const refused = findings.some(({ code, severity }) => severity === "error" && code.startsWith("schema/"));
    if (judges || shape === null || shape === "flat" || !(verdict === "valid" || refused)) continue;
    if (!validators.has(revision)) validators.set(revision, new Ajv({ strict: false, validateFormats: false }).addSchema(schema(`served/${revision}`)));
    const valid = validators.get(revision).getSchema(`urn:usagecompat:schema:served:${revision}#/$defs/${shape}`);
    assert.equal(valid(JSON.parse(payload)), verdict === "valid", id);
    judged[verdict] += 1;
  }
  t.diagnostic(`judged by AJV: ${judged.valid} valid, ${judged.invalid} invalid`);
  assert.ok(judged.valid > 100 && judged.invalid > 100);
});

test("files are modules of their own", () => {
  assert.equal(require("usagecompat-corpus/fixtures/manifest.json").cases.length, cases().length);
  assert.equal(require("usagecompat-corpus/schemas/served/latest.json").$id, schema("served/latest").$id);
});
