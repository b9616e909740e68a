#!/usr/bin/env bash
# Scans on clusters of this machine: Dask with a worker that is killed, and the recipes of docs/scale.md; see cluster/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q -rs tests/interop/cluster/check_*.py ${JUNIT:+--junitxml="$JUNIT/interop-cluster.xml"} "$@"
