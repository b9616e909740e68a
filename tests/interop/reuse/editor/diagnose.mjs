// Says what VS Code would underline in files of a folder, by the folder's .vscode/settings.json.
// Usage: node diagnose.mjs FOLDER FILE...
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import languages from "vscode-json-languageservice";

const { getLanguageService, TextDocument } = languages;
const [folder, ...files] = process.argv.slice(2);
const base = `${pathToFileURL(folder)}/`;
const settings = JSON.parse(await readFile(join(folder, ".vscode/settings.json"), "utf8"));
const service = getLanguageService({
  schemaRequestService: (uri) => readFile(fileURLToPath(uri), "utf8"),
  workspaceContext: { resolveRelativePath: (path, from) => new URL(path, from).href },
});
service.configure({
  validate: true,
  schemas: settings["json.schemas"].map(({ fileMatch, url }) => ({ fileMatch, uri: new URL(url, base).href })),
});
for (const file of files) {
  const text = TextDocument.create(new URL(file, base).href, "json", 1, await readFile(join(folder, file), "utf8"));
  for (const { range, message } of await service.doValidation(text, service.parseJSONDocument(text))) {
    console.log(`${file}: ${text.getText(range)}: ${message}`);
  }
}
