#!/usr/bin/env bash
# Completion in bash, zsh and fish themselves, set up as docs/install.md says; see completion/check_completion.py.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# The shells come from the system; a shell that is absent, and cannot be installed, is not run.
if ! { command -v zsh && command -v fish; } >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    { apt-get -qq update && apt-get -qq install --yes --no-install-recommends zsh fish; } >/dev/null 2>&1 ||
        echo "zsh and fish cannot be installed"
fi
exec python -m pytest -p no:randomly -q -rs tests/interop/completion/check_completion.py ${JUNIT:+--junitxml="$JUNIT/interop-completion.xml"} "$@"
