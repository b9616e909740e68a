#!/usr/bin/env bash
# The GitHub actions of this repository, their steps run in bash as a runner does, and actionlint; see actions/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -rs tests/interop/actions/check_*.py ${JUNIT:+--junitxml="$JUNIT/interop-actions.xml"} "$@"
