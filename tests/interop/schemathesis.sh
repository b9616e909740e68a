#!/usr/bin/env bash
# Schemathesis, with our OpenAPI document, against our own server; see schemathesis/check_schemathesis.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -s tests/interop/schemathesis/check_schemathesis.py ${JUNIT:+--junitxml="$JUNIT/interop-schemathesis.xml"} "$@"
