# Install the kit that these actions are part of, into an environment beside the user's own Python.
# Takes PYTHON and PACKAGES; the output `python` is the Python of that environment.
set -euo pipefail

source=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
python=${PYTHON:-}
if [ -z "$python" ]; then
    python=$(command -v python3 || command -v python || true)
fi
if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "::error title=usagecompat::The kit needs Python 3.11 or newer, and here is ${python:-none}. Put actions/setup-python in front of this step, or name one as python."
    exit 2
fi

# One environment for all steps of a job that use the same checkout of the kit.
venv="$RUNNER_TEMP/usagecompat-$(printf %s "$source" | cksum | cut -d ' ' -f 1)"
[ -e "$venv/installed" ] || "$python" -m venv "$venv"
inside="$venv/bin/python"
[ -x "$inside" ] || inside="$venv/Scripts/python.exe" # on Windows

wanted=()
[ -e "$venv/installed" ] || wanted+=("$source")
while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "${line//[[:space:]]/}" ] || wanted+=("$line")
done <<<"${PACKAGES:-}"
if [ "${#wanted[@]}" -gt 0 ]; then
    "$inside" -m pip install --quiet --disable-pip-version-check -- "${wanted[@]}"
    touch "$venv/installed"
fi

echo "python=$inside" >>"$GITHUB_OUTPUT"
