#!/usr/bin/env bash
# Clients that page are installed and put to every sequence, each where its tools are present; see paging/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -rs tests/interop/paging/check_paging.py ${JUNIT:+--junitxml="$JUNIT/interop-paging.xml"} "$@"
