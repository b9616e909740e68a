#!/usr/bin/env bash
# The hooks that this repository offers, run by pre-commit on a repository of somebody else; see pre_commit/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -rs tests/interop/pre_commit/check_pre_commit.py ${JUNIT:+--junitxml="$JUNIT/interop-pre-commit.xml"} "$@"
