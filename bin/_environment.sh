# Sourced by the scripts beside it: which Python, and what is installed for it.
# It needs nothing but a POSIX shell and a Python of at least $oldest_python.

oldest_python=3.11
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv
export PIP_DISABLE_PIP_VERSION_CHECK=1

die() {
    printf '%s\n' "$@" >&2
    exit 1
}

# Says whether $1 runs and is new enough. A version manager's shim may exist and still not run.
new_enough() {
    "$1" -c "import sys; sys.exit(sys.version_info[:2] < (${oldest_python%.*}, ${oldest_python#*.}))" \
        >/dev/null 2>&1
}

# Prints the first Python that will do; PYTHON in the environment goes before all others.
find_python() {
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        if new_enough "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    found=$(${PYTHON:-python3} --version 2>&1) || found="no Python that runs"
    die "This needs Python $oldest_python or newer, and here is $found." \
        "Install a newer one (Debian, Ubuntu: apt install python3 python3-venv; others:" \
        "https://www.python.org/downloads/), or name it: PYTHON=/path/to/python3.11 $0"
}

make_venv() {
    python=$(find_python) || exit 1
    "$python" -c "import venv, ensurepip" 2>/dev/null || die \
        "$("$python" --version) is here, but its venv module is not." \
        "Debian, Ubuntu: apt install python3-venv"
    echo "Making .venv with $("$python" --version)"
    "$python" -m venv --clear "$venv" || die "The environment in $venv could not be made."
}

# Makes .venv hold what requirements file $1 pins, and does nothing when it already does.
# The copy kept in .venv is what was installed last.
install() {
    new_enough "$venv/bin/python" || make_venv
    installed=$venv/installed-$1
    cmp -s "$root/$1" "$installed" && return
    echo "Installing what $1 pins (once, a minute or two)"
    "$venv/bin/python" -m pip install -qq --require-hashes -r "$root/$1" || die \
        "Installing $1 failed; pip says why above. What was there before still is."
    cp "$root/$1" "$installed"
}
