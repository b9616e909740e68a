// openai-node with a loop around it: it fetches all pages of a query, and prints the buckets, one a line.
// The package brings no loop for these endpoints. It tries again by itself what may pass, such as status 429.
// node_modules stands beside the copy of this file that the installation made.
import OpenAI from "openai";

const { OPENAI_ADMIN_KEY, OPENAI_BASE_URL, USAGECOMPAT_ENDPOINT, USAGECOMPAT_QUERY } = process.env;
const ONE = new Set(["start_time", "end_time", "limit", "bucket_width", "batch", "page"]);
const PATIENCE = 8000; // milliseconds for a page; the package's own timeout ends with the headers
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
async function fetchAll() {
  const client = new OpenAI({ adminAPIKey: OPENAI_ADMIN_KEY, baseURL: OPENAI_BASE_URL, maxRetries: 3 });
  const usage = client.admin.organization.usage;
  const method = camel(USAGECOMPAT_ENDPOINT.split("/").pop());
  if (!usage[method]) throw new Error(`openai-node has no endpoint ${USAGECOMPAT_ENDPOINT}`);
  const parameters = parametersOf(USAGECOMPAT_QUERY);
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

try {
  for (const bucket of await fetchAll()) console.log(JSON.stringify(bucket));
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
