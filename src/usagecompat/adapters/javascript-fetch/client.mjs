// A paging client on JavaScript's own fetch: it fetches all pages of a query, and prints the buckets as one array.
// What it is to fetch stands in the environment. The text of each bucket is printed as it came, so no digit is lost.

const ATTEMPTS = 4;
const PATIENCE = 30; // how many seconds an answer may take, and a server may ask to be left alone
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const { OPENAI_BASE_URL, OPENAI_ADMIN_KEY, USAGECOMPAT_ENDPOINT, USAGECOMPAT_QUERY } = process.env;

/** The text of each item of the array `data`, in the text of a page that JSON.parse has read. */
function itemsOf(text) {
  let [depth, name, from, items] = [0, "", -1, []];
  let before = "";
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (depth === 1 && token === ":") name = JSON.parse(before);
    const within = depth === 2 && name === "data";
    if (within && from >= 0 && (token === "," || token === "]")) {
      items.push(text.slice(from, index).trimEnd());
      from = -1;
    } else if (within && from < 0 && token !== "]") from = index;
    if (token === "{" || token === "[") {
      depth += 1;
      if (depth === 2 && name === "data") items = []; // of two members of one name, the last holds
    }
    if (token === "}" || token === "]") depth -= 1;
    before = token;
  }
  return items;
}

/** The buckets of a page, each as its start and its text, and the cursor of the next one; null if this is the last. */
function pageOf(body) {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  const page = JSON.parse(text);
  if (!Array.isArray(page?.data)) throw new Error(`this is no page: ${text.slice(0, 200)}`);
  const more = page.has_more ?? null;
  const cursor = page.next_page || null;
  if (![true, false, null].includes(more)) throw new Error("has_more is no boolean");
  if (cursor !== null && typeof cursor !== "string") throw new Error("next_page is no text");
  if (more && cursor === null) throw new Error("there are more pages, and no cursor leads to them");
  const starts = page.data.map((bucket) => bucket?.start_time);
  if (starts.includes(undefined)) throw new Error(`a bucket does not say when it starts: ${text.slice(0, 200)}`);
  const texts = itemsOf(text);
  return { buckets: starts.map((start, at) => [start, texts[at]]), cursor: more === false ? null : cursor };
}

/** How many seconds to wait: as long as the server asks for, and otherwise a little longer each time. */
function seconds(asked, attempt) {
  return /^[0-9]+$/.test(asked ?? "") ? Number(asked) : 0.2 * 2 ** attempt;
}

/** The body that comes from there; what may pass is tried again. */
async function answerTo(url) {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(url, {
      headers: { Authorization: `Bearer ${OPENAI_ADMIN_KEY}` },
      signal: AbortSignal.timeout(PATIENCE * 1000),
    });
    const body = await answer.arrayBuffer();
    if (answer.ok) return body;
    const wait = seconds(answer.headers.get("Retry-After"), attempt);
    if (attempt === ATTEMPTS || wait > PATIENCE || (answer.status !== 429 && answer.status < 500)) {
      throw new Error(`status ${answer.status}: ${Buffer.from(body).toString().slice(0, 200)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
}

/** All buckets of a query, each as its text; where pages overlap, a bucket is there once. */
async function fetchAll() {
  const first = `${OPENAI_BASE_URL}/organization/${USAGECOMPAT_ENDPOINT}?${USAGECOMPAT_QUERY}`;
  const all = new Map();
  const known = new Set();
  for (let url = first; ; ) {
    const { buckets, cursor } = pageOf(await answerTo(url));
    for (const [start, bucket] of buckets) all.set(start, bucket);
    if (cursor === null) return [...all.values()];
    if (known.has(cursor)) throw new Error(`the cursor ${cursor} has come before, so the pages would not end`);
    known.add(cursor);
    url = `${first}&page=${encodeURIComponent(cursor)}`;
  }
}

try {
  process.stdout.write(`[${(await fetchAll()).join(",")}]\n`);
} catch (error) {
  console.error(String(error), error.cause ?? "");
  process.exitCode = 1;
}
