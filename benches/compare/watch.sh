#!/usr/bin/env bash
# jug watch beside inotifywait and entr, in one run on one machine. See ../README.md.
#
#   CHANGES=100        changes of each kind whose way to the reader is timed
#   DIRECTORIES=20000  directories of the large tree, with four files in each (100000 for the full test)
#   JUG=PATH           a jug that is built already
#
# Needs cargo, python3 and inotify-tools; entr is left out if it is not installed. Prints a table: what was measured, jug, the
# others, and what is asked for.
set -euo pipefail
# shellcheck source=lib.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

CHANGES=${CHANGES:-100}
DIRECTORIES=${DIRECTORIES:-20000}
if [[ -z ${JUG:-} ]]; then
  (cd "$root" && cargo build --profile dist --quiet)
  JUG=${CARGO_TARGET_DIR:-$root/target}/dist/jug
fi

say "change to record, commands, appends, and a large tree; about two minutes"
CHANGES=$CHANGES DIRECTORIES=$DIRECTORIES JUG=$JUG SCRATCH=$scratch python3 "$compare/watch.py"
