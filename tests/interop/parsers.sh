#!/usr/bin/env bash
# JSON parsers of several languages read every case; see parsers/check_parsers.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -s tests/interop/parsers/check_parsers.py ${JUNIT:+--junitxml="$JUNIT/interop-parsers.xml"} "$@"
