#!/bin/sh
# Checks the course's solutions again and again while every core is kept busy: a verdict must not
# depend on how fast the machine is. Every run must pass.
#
# All labs at once, or those that are named: numbers, or ranges.
#
#   FLAKE_RUNS=200 FLAKE_LABS='1-9 12' sh tests/flake.sh
set -u
runs=${FLAKE_RUNS:-200}
last=$(ls -d labs/[0-9]*-* | sed 's,labs/0*,,; s,-.*,,' | sort -n | tail -1)
labs=${FLAKE_LABS:-1-$last}
socklab=${CARGO_TARGET_DIR:-target}/debug/socklab
cargo build --quiet || exit 3

# One busy loop a core and one more, each of which ends by itself: a run takes a minute at most.
busy=
most=$((60 + 60 * runs * $(echo "$labs" | wc -w)))
cores=$(nproc)
while [ "$cores" -ge 0 ]; do
    timeout "$most" sh -c 'while :; do :; done' &
    busy="$busy $!"
    cores=$((cores - 1))
done
log=$(mktemp)
passed=0
failed=0

# Ends the loops, by their ids and by no name, and tells what came of it, also where it was broken off.
finish() {
    kill $busy 2>/dev/null
    rm -f "$log"
    echo "flake: $passed passed, $failed failed"
}
trap finish EXIT
trap 'exit 130' INT TERM

for lab in $labs; do
    run=0
    while [ "$run" -lt "$runs" ]; do
        run=$((run + 1))
        if "$socklab" check "$lab" --solution >"$log" 2>&1; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "lab $lab, run $run of $runs:"
            cat "$log"
        fi
    done
    echo "lab $lab: $runs runs"
done
[ "$failed" -eq 0 ]
