#!/usr/bin/env bash
# The packages for npm, Go, Cargo and Maven and the archive, each installed and used as its users would; see packages/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -rs tests/interop/packages/check_languages.py ${JUNIT:+--junitxml="$JUNIT/interop-packages.xml"} "$@"
