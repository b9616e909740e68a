#!/usr/bin/env bash
# The pages of scan, check and run in a headless Chromium; see pages/check_pages.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# As in matrix.sh: the browser comes from the system.
if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    { apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium; } >/dev/null 2>&1 ||
        echo "Chromium cannot be installed"
fi
exec python -m pytest -p no:randomly -q -rs tests/interop/pages/check_pages.py ${JUNIT:+--junitxml="$JUNIT/interop-pages.xml"} "$@"
