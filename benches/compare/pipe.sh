#!/usr/bin/env bash
# jug pipe beside the tools that its stages replace, in one run on one machine. See ../README.md.
#
#   RUNS=5             runs of each command
#   JUG=PATH           a jug that is built already
#   JUG_BENCH_DATA=DIR where the 380 MB of data are, or are to be made (default: data/ beside this file)
#   JUG_BENCH_ROWS=RE  only what matches: pass_through base64_encode base64_decode upper_case cut_fields stamps digest
#                      chain to_json to_csv
#
# Needs cargo, hyperfine and GNU coreutils. Peers that are not installed are left out: pv, ts (moreutils), gzip, mlr, xan; GNU
# time for peak memory. Every command reads a file and writes to a reader that throws its input away.
# shellcheck disable=SC2016  # inner shells have their own dollars
set -euo pipefail
# shellcheck source=lib.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly LINES_TENTH=420000 LINES_SALES=1670000

make_data() {
  mkdir -p "$data"
  made access.tenth.log access $LINES_TENTH
  made access.tenth.log.gz access $LINES_TENTH gzip -nc
  made sales.csv sales $LINES_SALES
  log=$data/access.tenth.log
  csv_file=$data/sales.csv
  json_file=$data/sales.ndjson
  [[ -e $json_file ]] || "$JUG" pipe -i "$csv_file" -o "$json_file" from csv
}

# to_reader TOOL COMMAND [OPTION…]: an entry for COMMAND, whose output goes through a pipe to cat.
to_reader() {
  local tool=$1 command=$2
  shift 2
  if [[ $pass == check ]]; then
    entry "$tool" "$@" -- sh -c "$command"
  else
    entry "$tool" -- sh -c "$command | cat >/dev/null"
  fi
}

same='form=sha256sum'

pass_through() {
  row pass 'pass-through of 99 MB, pipe to pipe' 'cat*1'
  to_reader cat "cat '$log' | cat" $same
  to_reader jug "cat '$log' | '$JUG' pipe spy x 2>/dev/null" $same
  have pv && to_reader pv "cat '$log' | pv -q" $same
  return 0
}

base64_encode() {
  row base64 'base64 of 99 MB' 'coreutils*0.25'
  to_reader coreutils "base64 '$log'" $same
  to_reader jug "'$JUG' pipe -i '$log' base64" $same
}

base64_decode() {
  row decode 'and back' 'coreutils*0.25'
  [[ -e $data/access.tenth.b64 ]] || base64 "$log" >"$data/access.tenth.b64"
  to_reader coreutils "base64 -d '$data/access.tenth.b64'" $same
  to_reader jug "'$JUG' pipe -i '$data/access.tenth.b64' base64 -d" $same
}

upper_case() {
  row upper 'letters to upper case' 'tr*0.333'
  to_reader tr "tr a-z A-Z <'$log'" $same
  to_reader jug "'$JUG' pipe -i '$log' upper" $same
}

cut_fields() {
  row cut 'three fields' 'coreutils*0.4'
  to_reader coreutils "cut -d ' ' -f 1,7,9 '$log'" $same
  to_reader jug "'$JUG' pipe -i '$log' cut -d ' ' -f 1,7,9" $same
}

stamps() {
  have ts || return 0
  row ts 'the time before each line' 'moreutils*0.05'
  to_reader moreutils "ts '%H:%M:%S' <'$log'"
  to_reader jug "'$JUG' pipe -i '$log' ts '%H:%M:%S'"
}

digest() {
  row hash 'SHA-256 of 99 MB' 'coreutils*1'
  to_reader coreutils "sha256sum <'$log' | cut -c 1-64" $same
  to_reader jug "'$JUG' pipe -i '$log' hash sha256" $same
}

chain() {
  local gz=$data/access.tenth.log.gz
  row chain 'unpack + cut + upper + base64' 'tools*0.333 cpu:tools*0.35'
  to_reader tools "gzip -dc '$gz' | cut -d ' ' -f 1,7,9 | tr a-z A-Z | base64" $same
  to_reader jug "'$JUG' pipe -i '$gz' unpack + cut -d ' ' -f 1,7,9 + upper + base64" $same
}

to_json() {
  row to-json 'CSV (125 MB) to NDJSON' 'mlr*0.1667 xan*0.5'
  to_reader jug "'$JUG' pipe -i '$csv_file' from csv + to ndjson"
  have mlr && to_reader mlr "mlr --icsv --ojsonl cat '$csv_file'"
  have xan && to_reader xan "xan to ndjson '$csv_file'"
  return 0
}

to_csv() {
  row to-csv 'and back' 'mlr*0.1667 xan*0.5'
  to_reader jug "'$JUG' pipe -i '$json_file' from ndjson + to csv"
  have mlr && to_reader mlr "mlr --ijsonl --ocsv cat '$json_file'"
  have xan && to_reader xan "xan from -f ndjson '$json_file'"
  return 0
}

begin pipe
build
make_data
for pass in check measure; do
  for group in pass_through base64_encode base64_decode upper_case cut_fields stamps digest chain to_json to_csv; do
    if wanted $group; then $group; fi
  done
done
page 'jug pipe and its peers' cat pv mlr xan gzip hyperfine
for problem in "${wrong[@]}"; do
  [[ $problem != *': jug '* ]] || exit 1
done
