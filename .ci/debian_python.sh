# CPython VERSION as Debian builds it, unpacked in the new folder FOLDER: bash debian_python.sh VERSION FOLDER
#
# For a Python that this Debian is too old for. Nothing is installed and no root is needed: apt keeps an index of its
# own in FOLDER, and holds what it fetches against Debian's signature. The packages bring their own C library, which
# patchelf makes the interpreter use. It ends with status 1, and says why, where there is no such Python to be had.
set -euo pipefail
version=$1 folder=$2
suite=forky
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

absent() {
    echo "$1" >&2
    exit 1
}
for tool in apt-get dpkg-deb patchelf; do
    command -v "$tool" >/dev/null || absent "there is no $tool here"
done
[ -e "$keyring" ] || absent "Debian's keys are not here"
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | head -n 1 || true)
[ -n "$mirror" ] || absent "apt knows no mirror of Debian"

mkdir -p "$folder"/apt/{lists,archives}/partial "$folder/root"
: >"$folder/apt/status" # nothing is installed yet, so that apt fetches all that is needed
printf "deb [signed-by=$keyring] ${mirror% } $suite main\n" >"$folder/apt/sources.list"
{
    apt-config dump | grep -iE '^Acquire::(https?|Retries)::?' || true # the machine's proxy, of its configuration
    cat <<EOF
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$folder/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "$folder/apt";
Dir::State::status "$folder/apt/status";
Dir::Cache "$folder/apt";
APT::Sandbox::User "";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false"; // a mirror may be slow; what it has is signed all the same
Acquire::http::Timeout "20";
EOF
} >"$folder/apt/conf"
export APT_CONFIG="$folder/apt/conf"
apt-get -q update >&2 || absent "Debian's index cannot be fetched"
apt-get -q -y --download-only install "python$version" >&2 || absent "Debian has no Python $version for this machine"

for package in "$folder"/apt/archives/*.deb; do
    dpkg-deb -x "$package" "$folder/root"
done
loader=$(find "$folder/root" -name 'ld-linux*.so.*' -type f | head -n 1)
patchelf --set-interpreter "$loader" --force-rpath --set-rpath "${loader%/*}" "$folder/root/usr/bin/python$version"
