# Sets `python` to a Python that the project runs on: the machine's own if it fits, else a versioned one.
# Read in by bin/dev and bin/test. The variable PYTHON names another one.

fits() {
    "$1" -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $2))" >/dev/null 2>&1
}

find_python() {
    for newest in 13 99; do # 3.11 to 3.13 are tried in every change; a newer one is better than none.
        for candidate in ${PYTHON:-} python3 python3.11 python3.12 python3.13 python; do
            if fits "$candidate" "$newest"; then
                python=$candidate
                return 0
            fi
        done
    done
    echo "Sampan needs Python 3.11 or newer, and there is none in PATH; PYTHON=/path/to/python names one." >&2
    exit 1
}

find_python
