#!/usr/bin/env bash
# jug follow beside tail -F and cat, in one run on one machine. See ../README.md.
#
#   WRITES=300         writes whose way to the reader is timed
#   JUG=PATH           a jug that is built already
#   SECONDS_LOAD=0     how long to write 50,000 lines a second with a rotation every 5 s (60 for the full test)
#
# Needs cargo, python3 and GNU coreutils. Prints a table: what was measured, jug, the other, and what is asked for.
set -euo pipefail
# shellcheck source=lib.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

WRITES=${WRITES:-300}
SECONDS_LOAD=${SECONDS_LOAD:-0}
if [[ -z ${JUG:-} ]]; then
  (cd "$root" && cargo build --profile dist --quiet)
  JUG=${CARGO_TARGET_DIR:-$root/target}/dist/jug
fi

say "write to line, idle, catching up, and drains; about a minute"
WRITES=$WRITES SECONDS_LOAD=$SECONDS_LOAD JUG=$JUG SCRATCH=$scratch python3 "$compare/follow.py"
