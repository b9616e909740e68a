// CPython in WebAssembly runs pytest: node wasm.mjs PYODIDE SITE REPOSITORY [ARGUMENT...]
// There are no processes and no threads there; what needs one is skipped, and counted so.
import process from "node:process";
import { pathToFileURL } from "node:url";

const [pyodide, site, repository, ...args] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ env: { HOME: "/tmp" } });
for (const [place, root] of [["/site", site], ["/repository", repository]]) {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, place);
}
python.globals.set("args", args);
process.exitCode = await python.runPythonAsync(`
import os, re, sys

sys.path[:0] = ["/site"]
sys.dont_write_bytecode = True
os.chdir("/repository")

import pytest


class Skips:
    """Skips what this platform cannot do, or has no package for."""

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector):
        report = yield
        absent = re.search(r"No module named '(yaml|rpds|sybil|httpx|pyarrow)[.\\w]*'", str(report.longrepr or ""))
        if report.failed and absent:
            report.outcome, report.longrepr = "skipped", (str(collector.path), 0, f"Skipped: {absent[0]}")
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        found = call.excinfo and call.excinfo.value
        while found:
            said = str(found)
            if "can't start new thread" in said or "does not support processes" in said or re.search("No module named '(yaml|rpds)", said):
                report.outcome, report.longrepr = "skipped", (str(item.path), 0, f"Skipped: {said}")
                break
            found = found.__cause__ or found.__context__
        return report


print(f"Python {sys.version.split()[0]} on {sys.platform}", flush=True)
int(pytest.main(["-p", "no:cacheprovider", *args.to_py()], plugins=[Skips()]))
`);
