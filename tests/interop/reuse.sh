#!/usr/bin/env bash
# The schemas and the cases as people who use no Python take them; see reuse/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q tests/interop/reuse/check_*.py ${JUNIT:+--junitxml="$JUNIT/interop-reuse.xml"} "$@"
