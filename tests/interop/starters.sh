#!/usr/bin/env bash
# The starters of docs/clients.md, each written, built and run as the page says; see starters/check_starters.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -rs tests/interop/starters/check_starters.py ${JUNIT:+--junitxml="$JUNIT/interop-starters.xml"} "$@"
