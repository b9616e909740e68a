#!/usr/bin/env bash
# A scan on a Dask cluster of this machine, one worker of which is killed; see cluster/check_cluster.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec python -m pytest -p no:randomly -q tests/interop/cluster/check_cluster.py ${JUNIT:+--junitxml="$JUNIT/interop-cluster.xml"} "$@"
