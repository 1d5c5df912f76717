#!/usr/bin/env bash
# jug log beside its peers and beside the floor, in one run on one machine. See ../README.md.
#
#   RUNS=5             runs of each command that does not say otherwise
#   JUG=PATH           a jug that is built already
#   JUG_BENCH_DATA=DIR where the 1.7 GB of data are, or are to be made (default: data/ beside this file)
#   JUG_BENCH_ROWS=RE  only what matches: by_status by_path by_level lines text compressed start_up
#
# Needs cargo and hyperfine. Peers that are not installed are left out: mawk, mlr, python3 with duckdb, agrind, wc, grep, rg,
# pigz, gzip, zstd; GNU time for peak memory.
# shellcheck disable=SC2016  # the programs of awk, Miller and inner shells have their own dollars
set -euo pipefail
# shellcheck source=lib.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly LINES_ACCESS=4200000 LINES_NDJSON=1500000
# As many lines of the access log as make about 99 MB when compressed.
readonly LINES_COMPRESSED=3110000

# made FILE COMMAND…: the command's output, once, whole or not at all. It is given an age: a log that was written to a moment
# ago is read and not mapped, and the logs that people ask about lie there for longer.
made() {
  [[ -e $data/$1 ]] && return
  say "making $1"
  "${@:2}" >"$data/$1.part"
  touch -d '1 hour ago' "$data/$1.part"
  mv "$data/$1.part" "$data/$1"
}

# Data of another generator are thrown away; everything else is made when it is missing.
make_data() {
  mkdir -p "$data"
  local now plain=$data/compressed.plain
  now=$(cat "$compare"/floor/src/generate/*.rs | sha256sum)
  if [[ $(cat "$data/generator" 2>/dev/null) != "$now" ]]; then
    rm -f "$data"/{access,tenth,compressed,app}.*
    printf '%s\n' "$now" >"$data/generator"
  fi
  made access.log "$floor" generate access --lines $LINES_ACCESS
  made access.tenth.log "$floor" generate access --lines $((LINES_ACCESS / 10))
  made app.ndjson "$floor" generate ndjson --lines $LINES_NDJSON
  made app.tenth.ndjson "$floor" generate ndjson --lines $((LINES_NDJSON / 10))
  if [[ ! -e $data/compressed.log.gz || ! -e $data/compressed.log.zst || ! -e $data/compressed.status ]]; then
    "$floor" generate access --lines $LINES_COMPRESSED >"$plain"
    made compressed.status "$floor" status "$plain"
    if have pigz; then made compressed.log.gz pigz -nc "$plain"; else made compressed.log.gz gzip -nc "$plain"; fi
    if have zstd; then made compressed.log.zst zstd -qc "$plain"; fi
    rm "$plain"
  fi
  : >"$data/empty.log"
  empty=$data/empty.log
}

has_duckdb() { have python3 && python3 -c 'import duckdb' 2>/dev/null; }

by_status() {
  row status 'access log, count by status' 'floor*1.5 duckdb*0.2'
  local columns='columns=status count' log=$data/access.log tenth=$data/access.tenth.log
  entry floor "$columns" -- "$floor" status "$log"
  entry jug "$columns" -- "$JUG" log 'count by status' "$log"
  have mawk && entry mawk "$columns" -- mawk '{ c[$9]++ } END { for (k in c) print k "\t" c[k] }' "$log"
  has_duckdb && entry duckdb "$columns" -- python3 "$compare/duck.py" status "$log"
  [[ $pass == measure ]] || entry floor expect=status.tenth "$columns" -- "$floor" status "$tenth"
  have mlr && entry mlr scale=10 runs=2 expect=status.tenth 'columns=9 count' -- \
    mlr --inidx --ifs ' ' --otsv count -g 9 "$tenth"
  have agrind && entry agrind scale=10 runs=2 expect=status.tenth "$columns" -- \
    agrind -f "$tenth" -o 'format={status}	{_count}' '* | parse "\" * * \"" as status, bytes | count by status'
  return 0
}

by_path() {
  row path-bytes 'access log, count, sum(bytes) by path' 'floor*1.5'
  local columns='columns=path count sum_bytes' log=$data/access.log tenth=$data/access.tenth.log
  entry floor "$columns" -- "$floor" path-bytes "$log"
  entry jug "$columns" -- "$JUG" log 'count, sum(bytes) by path' "$log"
  have mawk && entry mawk "$columns" -- mawk 'NF > 9 { split($7, p, "?"); c[p[1]]++; s[p[1]] += $10 }
    END { for (k in c) printf "%s\t%d\t%.0f\n", k, c[k], s[k] }' "$log"
  has_duckdb && entry duckdb "$columns" -- python3 "$compare/duck.py" path-bytes "$log"
  [[ $pass == measure ]] || entry floor expect=path.tenth "$columns" -- "$floor" path-bytes "$tenth"
  have mlr && entry mlr scale=10 runs=2 expect=path.tenth 'columns=path 10_count 10_sum' -- \
    mlr --inidx --ifs ' ' --otsv filter 'is_present($10)' 'then' put '$path = splitax($7, "?")[1]; if ($10 == "-") { $10 = 0 }' \
    'then' stats1 -a count,sum -f 10 -g path "$tenth"
  have agrind && entry agrind scale=10 runs=2 expect=path.tenth "$columns" -- \
    agrind -f "$tenth" -o 'format={path}	{_count}	{_sum}' \
    '* | parse regex "\"\S+ (?P<path>[^ ?]+)\S* \S+\" \d+ (?P<bytes>\S+)" | count, sum(bytes) by path'
  return 0
}

by_level() {
  row level 'NDJSON, count, avg(rt), p99(rt) by level' 'duckdb*0.4'
  local columns='columns=level count avg_rt p99_rt' log=$data/app.ndjson tenth=$data/app.tenth.ndjson
  entry floor "$columns" -- "$floor" level "$log"
  entry jug "$columns" -- "$JUG" log 'count, avg(rt), p99(rt) by level' "$log"
  has_duckdb && entry duckdb "$columns" -- python3 "$compare/duck.py" level "$log"
  [[ $pass == measure ]] || entry floor expect=level.tenth "$columns" -- "$floor" level "$tenth"
  have mlr && entry mlr scale=10 runs=2 expect=level.tenth 'columns=level rt_count rt_mean rt_p99' -- \
    mlr --ijsonl --otsv stats1 -a count,mean,p99 -f rt -g level "$tenth"
  # Its percentiles are approximate, so its answer is not compared.
  have agrind && entry agrind scale=10 runs=2 -- agrind -f "$tenth" -o json '* | json | count, avg(rt), p99(rt) by level'
  return 0
}

lines() {
  row count 'access log, count of lines' 'wc*1'
  local log=$data/access.log
  entry floor columns=count -- "$floor" count "$log"
  entry jug columns=count -- "$JUG" log count "$log"
  entry wc columns=count -- wc -l "$log"
  return 0
}

text() {
  row text 'access log, lines with a text (1 in 150)' -
  local log=$data/access.log
  local how=(columns=count output=pipe)
  entry floor "${how[@]}" -- "$floor" grep CrawlerOne "$log"
  entry jug "${how[@]}" -- "$JUG" log '"CrawlerOne" | count' "$log"
  entry grep "${how[@]}" -- grep -c CrawlerOne "$log"
  have rg && entry rg "${how[@]}" -- rg -c CrawlerOne "$log"
  return 0
}

compressed() {
  local columns='columns=status count' gz=$data/compressed.log.gz zst=$data/compressed.log.zst
  row gzip 'gzipped access log (99 MB), count by status; floor: inflate alone' 'zlib-rs*1.15'
  [[ $pass == measure ]] || entry floor expect=compressed "$columns" -- cat "$data/compressed.status"
  entry floor -- "$floor" inflate "$gz"
  entry zlib-rs -- "$baseline" inflate "$gz"
  entry jug expect=compressed "$columns" -- "$JUG" log 'count by status' "$gz"
  entry 'gzip and wc' -- sh -c 'gzip -dc "$0" | wc -l' "$gz"
  have pigz && entry pigz -- sh -c 'pigz -dc "$0" >/dev/null' "$gz"
  have zstd || return 0
  row zstd 'the same with zstd' -
  entry jug expect=compressed "$columns" -- "$JUG" log 'count by status' "$zst"
  entry zstd -- sh -c 'zstd -qdc "$0" >/dev/null' "$zst"
}

start_up() {
  local often=(runs=300 warmup=30)
  row version 'start-up, --version' 'true+0.0015'
  entry true "${often[@]}" -- true
  entry jug "${often[@]}" -- "$JUG" --version
  row empty 'start-up, a query on an empty file' 'true+0.0015'
  entry true "${often[@]}" -- true
  entry jug "${often[@]}" -- "$JUG" log 'count by status' -f combined "$empty"
  # How much of DuckDB's times above is Python and its module.
  has_duckdb && entry 'duckdb module' runs=10 -- python3 -c 'import duckdb; duckdb.connect()'
  return 0
}

begin log
build
make_data
for pass in check measure; do
  for group in by_status by_path by_level lines text compressed start_up; do
    if wanted $group; then $group; fi
  done
done
page 'jug log and its peers' mawk mlr python3 agrind wc grep rg gzip pigz zstd hyperfine
for problem in "${wrong[@]}"; do
  [[ $problem != *': jug '* ]] || exit 1
done
