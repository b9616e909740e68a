// JavaScript's own JSON under test: what no client that is built on it can do better.
import { createInterface } from "node:readline";

const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function answer({ seq, case: { payload } }) {
  try {
    const encoded = JSON.stringify(JSON.parse(utf8.decode(Buffer.from(payload, "base64"))));
    return { decoded: { seq, payload: Buffer.from(encoded).toString("base64") } };
  } catch (error) {
    return { rejected: { seq, message: String(error) } };
  }
}

const client = { name: "JavaScript JSON", language: "javascript", language_version: process.versions.node, version: process.versions.node };
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.start) say({ started: { version: 1, client } });
  else if (message.run) say(answer(message.run));
  else break;
}
