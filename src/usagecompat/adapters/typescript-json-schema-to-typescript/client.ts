// Types that json-schema-to-typescript makes, under test: the compiler has to take every member that is written here.
import { createInterface } from "node:readline";
import type { UsageResponse, UsageResult, UsageTimeBucket } from "./usage.d.ts";

const say = (message: unknown) => process.stdout.write(JSON.stringify(message) + "\n");
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A copy made member by member, so that a type that lost its members would lose them here. */
function result(given: UsageResult): UsageResult {
  switch (given.object) {
    case "organization.costs.result":
      return "amount" in given && given.amount ? { ...given, amount: { ...given.amount } } : { ...given };
    default:
      return { ...given };
  }
}

function bucket(given: UsageTimeBucket): UsageTimeBucket {
  return { ...given, results: given.results.map(result) };
}

function answer({ seq, case: { payload } }: { seq: number; case: { payload: string } }) {
  try {
    const page: UsageResponse = JSON.parse(utf8.decode(Buffer.from(payload, "base64")));
    const encoded = JSON.stringify({ ...page, data: page.data.map(bucket) } satisfies UsageResponse);
    return { decoded: { seq, payload: Buffer.from(encoded).toString("base64") } };
  } catch (error) {
    return { rejected: { seq, message: String(error) } };
  }
}

const client = {
  name: "json-schema-to-typescript",
  language: "typescript",
  language_version: process.versions.node,
  version: "16.0.0",
  homepage: "https://github.com/bcherny/json-schema-to-typescript",
};
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.start) say({ started: { version: 1, client, features: { shapes: ["page"] } } });
  else if (message.run) say(answer(message.run));
  else break;
}
