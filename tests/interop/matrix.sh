#!/usr/bin/env bash
# The page of the matrix in a headless Chromium; see matrix/check_matrix.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# The browser comes from the system; without it, and without the right to install it, what needs it is not run.
if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    { apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium; } >/dev/null 2>&1 ||
        echo "Chromium cannot be installed"
fi
exec python -m pytest -p no:randomly -q -rs tests/interop/matrix/check_matrix.py ${JUNIT:+--junitxml="$JUNIT/interop-matrix.xml"} "$@"
