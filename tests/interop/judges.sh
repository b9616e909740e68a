#!/usr/bin/env bash
# Validators of other languages judge every case by every schema; see judges/check_judges.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q tests/interop/judges/check_judges.py ${JUNIT:+--junitxml="$JUNIT/interop-judges.xml"} "$@"
