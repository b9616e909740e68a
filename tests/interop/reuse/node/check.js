// Validates one case with what the packages bring, and sees it fail when the payload is broken.
const { readFileSync } = require("node:fs");
const Ajv = require("ajv/dist/2020");
const schema = require("usagecompat-schemas/served/latest.json");
const { id, shape, verdict } = require("usagecompat-fixtures/kinds/costs-full.case.json");

const ajv = new Ajv();
ajv.addSchema(schema);
const validate = ajv.getSchema(`${schema.$id}#/$defs/${shape}`);
const payload = JSON.parse(readFileSync(require.resolve(`usagecompat-fixtures/${id}.json`), "utf8"));
console.log(verdict, validate(payload));
payload.results[0].amount.value = "NaN";
console.log("broken", validate(payload), validate.errors[0].instancePath);
