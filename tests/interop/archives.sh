#!/usr/bin/env bash
# The queries of docs/archives.md in DuckDB; see archives/check_archives.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -rs tests/interop/archives/check_archives.py ${JUNIT:+--junitxml="$JUNIT/interop-archives.xml"} "$@"
