// openai-node under test: it fetches each payload as any user of the package does, from a base URL.
// node_modules stands beside the copy of this file that the installation made.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import OpenAI from "openai";

const { version } = JSON.parse(readFileSync(new URL("node_modules/openai/package.json", import.meta.url)));
const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const clients = new Map();

function usageOf(baseURL) {
  if (!clients.has(baseURL)) clients.set(baseURL, new OpenAI({ adminAPIKey: "replay", baseURL, maxRetries: 0 }));
  return clients.get(baseURL).admin.organization.usage;
}

async function answer({ seq, case: { endpoint, base_url } }) {
  const usage = usageOf(base_url);
  const method = camel(endpoint.split("/").pop());
  if (!usage[method]) return { skipped: { seq, message: `openai-node ${version} has no endpoint ${endpoint}` } };
  try {
    const encoded = JSON.stringify(await usage[method]({ start_time: 0 }));
    return { decoded: { seq, payload: Buffer.from(encoded).toString("base64") } };
  } catch (error) {
    return { rejected: { seq, message: String(error) } };
  }
}

const client = {
  name: "openai-node",
  language: "javascript",
  language_version: process.versions.node,
  version,
  homepage: "https://github.com/openai/openai-node",
  issues: "https://github.com/openai/openai-node/issues",
};
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.start) say({ started: { version: 1, client, features: { shapes: ["page"], http: true } } });
  else if (message.run) say(await answer(message.run));
  else break;
}
process.exit(0);
