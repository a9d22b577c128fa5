# Sets `python` to a Python that the project runs on: the machine's own if it fits, else a versioned one.
# Read in by bin/dev and bin/test. The variable PYTHON names another one.

# The path of the interpreter behind the name $1, or nothing if it is older than 3.11 or newer than 3.$2.
fitting() {
    "$1" -c "import sys; (3, 11) <= sys.version_info[:2] <= (3, $2) and print(sys.executable)" 2>/dev/null || true
}

find_python() {
    for newest in 13 99; do # 3.11 to 3.13 are what the project is tried on; a newer one is better than none.
        for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python; do
            python=$(fitting "$candidate" "$newest")
            [ -z "$python" ] || return 0
        done
    done
    echo "Sampan needs Python 3.11 or newer, and there is none in PATH; PYTHON=/path/to/python names one." >&2
    exit 1
}

find_python
