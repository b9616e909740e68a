#!/usr/bin/env bash
# Generators of types take the schemas; see generators/check_generators.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q tests/interop/generators/check_generators.py ${JUNIT:+--junitxml="$JUNIT/interop-generators.xml"} "$@"
