#!/usr/bin/env bash
# The page of the matrix in a headless Chromium; see matrix/check_matrix.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q tests/interop/matrix/check_matrix.py ${JUNIT:+--junitxml="$JUNIT/interop-matrix.xml"} "$@"
