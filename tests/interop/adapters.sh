#!/usr/bin/env bash
# Real clients are installed and driven, each where its tools are present; see adapters/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# Perl's modules come from the system; without the right to install them, what needs them is not run.
perl_packages=(
    libjson-perl libclass-accessor-perl libclass-data-inheritable-perl libdatetime-perl
    liblog-any-perl libmodule-runtime-perl libtimedate-perl
)
if command -v perl >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ] && ! dpkg -s "${perl_packages[@]}" >/dev/null 2>&1; then
    { apt-get -qq update && apt-get -qq install --yes --no-install-recommends "${perl_packages[@]}"; } >/dev/null 2>&1 ||
        echo "Perl's modules cannot be installed"
fi
exec python -m pytest -p no:randomly -q -rs tests/interop/adapters/check_*.py ${JUNIT:+--junitxml="$JUNIT/interop-adapters.xml"} "$@"
