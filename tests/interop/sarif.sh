#!/usr/bin/env bash
# Our SARIF against the official schema of SARIF 2.1.0, which an npm package of its editors has; see sarif/check_sarif.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q tests/interop/sarif/check_sarif.py ${JUNIT:+--junitxml="$JUNIT/interop-sarif.xml"} "$@"
