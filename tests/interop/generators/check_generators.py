"""Other people's generators take the schemas as they are, and what they write compiles."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import usagecompat

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
FILES = (
    "latest.json",
    "served/latest.json",
    "draft-07/latest.json",
    "draft-07/served/latest.json",
    "2024-12-04.json",  # requires a name that it does not declare
    "served/2025-02-10.json",  # takes a list under either of two names
)
PAYLOAD = {"object": "organization.usage.embeddings.result", "input_tokens": 1200, "num_model_requests": 3}


@pytest.fixture(scope="module")
def place(tool: Callable[[str], str], run: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generators for TypeScript."""
    folder = tmp_path_factory.mktemp("generators")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    tool("node")
    run(tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def inputs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Published files, and the parts of the newest revision as `usagecompat schema` prints them."""
    folder = tmp_path_factory.mktemp("parts")
    found = {name.replace("/", "-").removesuffix(".json"): root / "schemas" / name for name in FILES}
    for shape in ("page", "flat"):
        found[shape] = folder / f"{shape}.json"
        found[shape].write_text(json.dumps(usagecompat.schema(shape)), "utf-8")
    return found


def test_typescript(place: Path, inputs: dict[str, Path], run: Callable[..., str]) -> None:
    """json-schema-to-typescript and quicktype write TypeScript that compiles, with a type for each kind."""
    programs = place / "node_modules/.bin"
    out = place / "out"
    out.mkdir()
    for name, path in inputs.items():
        run(programs / "json2ts", "--unreachableDefinitions", "-i", path, "-o", out / f"{name}.d.ts")
        defs = "definitions" if "draft-07" in name else "$defs"
        source = path if name in ("page", "flat") else f"{path}#/{defs}/"
        run(programs / "quicktype", "-s", "schema", source, "-l", "ts", "-o", out / f"{name}.ts")
    run(programs / "tsc", "--strict", "--noEmit", "--skipLibCheck", "false", "--types", "", *sorted(out.iterdir()))
    for path in out.iterdir():
        # In draft-07 the root is an `allOf`, and json-schema-to-typescript then writes what the root needs only.
        every_kind = path.name.split(".")[0] not in ("page", "flat") and not path.match("draft-07*.d.ts")
        assert not every_kind or "export interface UsageEmbeddingsResult " in path.read_text("utf-8"), path.name


def test_go(place: Path, inputs: dict[str, Path], tool: Callable[[str], str], run: Callable[..., str]) -> None:
    """What quicktype writes for Go compiles."""
    folder = place / "go"
    folder.mkdir()
    (folder / "go.mod").write_text("module usage\n\ngo 1.24\n", "utf-8")
    source = f"{inputs['served-latest']}#/$defs/"
    run(place / "node_modules/.bin/quicktype", "-s", "schema", source, "-o", folder / "usage.go", "--package", "usage")
    run(tool("go"), "vet", "./...", cwd=folder)


@pytest.mark.parametrize("name", [*(name.replace("/", "-").removesuffix(".json") for name in FILES), "page", "flat"])
def test_pydantic(
    name: str,
    inputs: dict[str, Path],
    run: Callable[..., str],
    pip_install: Callable[[Path], dict[str, str]],
    tmp_path: Path,
) -> None:
    """datamodel-code-generator writes models that can be imported, take a right record and refuse a wrong one."""
    env = {**pip_install(HERE / "requirements.txt"), "PYTHONWARNINGS": "ignore"}
    kind = ("--input-file-type", "jsonschema", "--output-model-type", "pydantic_v2.BaseModel")
    made = tmp_path / "usage.py"
    run(sys.executable, "-m", "datamodel_code_generator", "--input", inputs[name], *kind, "--output", made, env=env)
    if name == "flat":  # requires what any kind requires, so it takes no real record
        assert run(sys.executable, "-c", "import usage", cwd=tmp_path, env=env) == ""
        return
    script = f"""if True:
        import usage
        usage.UsageEmbeddingsResult.model_validate({PAYLOAD!r})
        try:
            usage.UsageEmbeddingsResult.model_validate({ {**PAYLOAD, "input_tokens": "many"}!r})
        except ValueError:
            print("refused")
    """
    assert run(sys.executable, "-c", script, cwd=tmp_path, env=env) == "refused\n"
