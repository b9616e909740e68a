#!/usr/bin/env bash
# A recorder of HTTP keeps nothing private with the recipe of docs/redaction.md; see recorders/check_recorders.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -rs tests/interop/recorders/check_recorders.py ${JUNIT:+--junitxml="$JUNIT/interop-recorders.xml"} "$@"
