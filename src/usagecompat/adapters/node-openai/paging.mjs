// openai-node with a loop around it: for each query it fetches all pages, and answers with the buckets, one a line.
// The package brings no loop for these endpoints. It tries again by itself what may pass, such as status 429.
// node_modules stands beside the copy of this file that the installation made.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import OpenAI from "openai";

const PATIENCE = 30000; // milliseconds for a page: the package's own timeout ends with the headers
const ONE = new Set(["start_time", "end_time", "limit", "bucket_width", "batch", "page"]);
const { version } = JSON.parse(readFileSync(new URL("node_modules/openai/package.json", import.meta.url)));
const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** The parameters of a query, as the package's methods take them. */
function parametersOf(query) {
  const parameters = {};
  for (const [given, value] of new URLSearchParams(query)) {
    const name = given.replace(/\[\]$/, "");
    if (ONE.has(name)) parameters[name] = value;
    else (parameters[name] ??= []).push(value);
  }
  return parameters;
}

/** All buckets of a query. */
async function fetchAll(usage, method, query) {
  const parameters = parametersOf(query);
  const all = [];
  const known = new Set();
  for (;;) {
    const page = await usage[method](parameters, { signal: AbortSignal.timeout(PATIENCE) });
    all.push(...page.data);
    if (page.has_more === false || !(page.has_more || page.next_page)) return all; // gateways leave has_more out
    if (!page.next_page || known.has(page.next_page)) {
      throw new Error(`there are more pages, and the cursor ${page.next_page} does not lead to them`);
    }
    known.add(page.next_page);
    parameters.page = page.next_page;
  }
}

async function answer({ seq, case: { endpoint, base_url, key, query } }) {
  const { usage } = new OpenAI({ adminAPIKey: key, baseURL: base_url, maxRetries: 3 }).admin.organization;
  const method = camel(endpoint.split("/").pop());
  if (!usage[method]) return { skipped: { seq, message: `openai-node ${version} has no endpoint ${endpoint}` } };
  try {
    const lines = (await fetchAll(usage, method, query)).map((bucket) => JSON.stringify(bucket));
    return { decoded: { seq, payload: Buffer.from(lines.join("\n")).toString("base64") } };
  } catch (error) {
    return { rejected: { seq, message: String(error) } };
  }
}

const client = {
  name: "openai-node in a loop",
  language: "javascript",
  language_version: process.versions.node,
  version,
  homepage: "https://github.com/openai/openai-node",
  issues: "https://github.com/openai/openai-node/issues",
};
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  const features = { shapes: ["page"], http: true, paging: true };
  if (message.start) say({ started: { version: 1, client, features } });
  else if (message.run) say(await answer(message.run));
  else break;
}
process.exit(0);
