// A TypeScript client made by OpenAPI Generator (typescript-fetch) under test: node client.mjs REVISION
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const revision = process.argv[2];
const { UsageResponseFromJSON, UsageResponseToJSON } = createRequire(import.meta.url)(
  `./${revision}-js/models/index.js`,
);
const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const utf8 = new TextDecoder("utf-8"); // as fetch does, which the client uses

function answer({ seq, case: { payload } }) {
  try {
    const page = UsageResponseFromJSON(JSON.parse(utf8.decode(Buffer.from(payload, "base64"))));
    const encoded = JSON.stringify(UsageResponseToJSON(page));
    return { decoded: { seq, payload: Buffer.from(encoded).toString("base64") } };
  } catch (error) {
    return { rejected: { seq, message: String(error) } };
  }
}

const client = {
  name: `OpenAPI Generator typescript-fetch ${revision}`,
  language: "typescript",
  language_version: process.versions.node,
  version: "7.26.0",
  homepage: "https://openapi-generator.tech",
  issues: "https://github.com/OpenAPITools/openapi-generator/issues",
};
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.start) say({ started: { version: 1, client, features: { shapes: ["page"] } } });
  else if (message.run) say(answer(message.run));
  else break;
}
