#!/usr/bin/env bash
# jug log beside its peers and beside the floor, in one run on one machine. See ../README.md.
#
#   RUNS=5             runs of each command that does not say otherwise
#   JUG=PATH           a jug that is built already
#   JUG_BENCH_DATA=DIR where the 3.9 GB of data are, or are to be made (default: data/ beside this file)
#   JUG_BENCH_ROWS=RE  only what matches: by_status fresh by_path by_level nested csv lines text text_lines regex regex_lines
#                      pat re top sort_head many_groups more_groups compressed start_up
#
# Needs cargo and hyperfine. Peers that are not installed are left out: mawk, mlr, python3 with duckdb and polars, agrind, wc,
# grep, rg, pigz, gzip, zstd; GNU time for peak memory.
# shellcheck disable=SC2016  # the programs of awk, Miller and inner shells have their own dollars
set -euo pipefail
# shellcheck source=lib.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly LINES_ACCESS=4200000 LINES_NDJSON=1500000 LINES_NESTED=620000 LINES_SALES=1670000 LINES_VISITS=4000000
# As many lines of the access log as compress to about 99 MB.
readonly LINES_COMPRESSED=3110000

make_data() {
  mkdir -p "$data"
  made access.log access $LINES_ACCESS
  made access.tenth.log access $((LINES_ACCESS / 10))
  # Its time is set to now before each run.
  made fresh.log access $LINES_ACCESS
  made app.ndjson ndjson $LINES_NDJSON
  made app.tenth.ndjson ndjson $((LINES_NDJSON / 10))
  made nested.ndjson nested $LINES_NESTED
  made nested.tenth.ndjson nested $((LINES_NESTED / 10))
  made sales.csv sales $LINES_SALES
  made visits.csv visits $LINES_VISITS
  if have pigz; then made compressed.log.gz access $LINES_COMPRESSED pigz -nc; else made compressed.log.gz access $LINES_COMPRESSED gzip -nc; fi
  if have zstd; then made compressed.log.zst access $LINES_COMPRESSED zstd -qc; fi
  if [[ ! -e $data/compressed.status ]]; then
    "$floor" generate access --lines $LINES_COMPRESSED >"$data/compressed.plain"
    "$floor" status "$data/compressed.plain" >"$data/compressed.status"
    rm "$data/compressed.plain"
  fi
  : >"$data/empty.log"
  empty=$data/empty.log
}

has_polars() { have python3 && python3 -c 'import polars' 2>/dev/null; }

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

# A file that was written to just now: a program that maps it may be told a moment later that it has become shorter.
fresh() {
  row fresh 'the same, file changed a moment ago' 'floor*1.5'
  local how=('columns=status count' "prepare=touch '$data/fresh.log'") log=$data/fresh.log
  entry floor "${how[@]}" -- "$floor" status "$log"
  entry jug "${how[@]}" -- "$JUG" log 'count by status' "$log"
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

nested() {
  row nested 'NDJSON, wanted fields behind nested objects and long strings' 'floor*1.5 duckdb*0.2'
  local columns='columns=level count avg_rt p99_rt' log=$data/nested.ndjson tenth=$data/nested.tenth.ndjson
  entry floor "$columns" -- "$floor" nested "$log"
  entry jug "$columns" -- "$JUG" log 'count, avg(rt), p99(rt) by level' "$log"
  has_duckdb && entry duckdb "$columns" -- python3 "$compare/duck.py" level "$log"
  has_polars && entry polars "$columns" -- python3 "$compare/polar.py" level "$log"
  [[ $pass == measure ]] || entry floor expect=nested.tenth "$columns" -- "$floor" nested "$tenth"
  have mlr && entry mlr scale=10 runs=2 expect=nested.tenth 'columns=level rt_count rt_mean rt_p99' -- \
    mlr --ijsonl --otsv stats1 -a count,mean,p99 -f rt -g level "$tenth"
  return 0
}

# There is no floor: DuckDB's answer is what the others are compared with.
csv() {
  row csv 'CSV (125 MB), count, sum(price) by product' 'duckdb*0.25'
  local columns='columns=product count sum_price' log=$data/sales.csv
  has_duckdb && entry duckdb "$columns" -- python3 "$compare/duck.py" sales "$log"
  entry jug "$columns" -- "$JUG" log 'count, sum(price) by product' "$log"
  has_polars && entry polars "$columns" -- python3 "$compare/polar.py" sales "$log"
  have mlr && entry mlr runs=2 'columns=product price_count price_sum' -- \
    mlr --icsv --otsv stats1 -a count,sum -f price -g product "$log"
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

# search ID TITLE PATTERN QUERY: counts the lines that a pattern matches; QUERY is the same for jug.
search() {
  row "$1" "$2" 'rg*0.7 cpu:rg*1.2'
  local pattern=$3 query=$4 log=$data/access.log how=(columns=count output=pipe)
  [[ $1 == text ]] && entry floor "${how[@]}" -- "$floor" grep "$pattern" "$log"
  entry grep "${how[@]}" -- env LC_ALL=C grep -cE "$pattern" "$log"
  entry jug "${how[@]}" -- "$JUG" log "$query | count" "$log"
  have rg && entry rg "${how[@]}" -- rg -c "$pattern" "$log"
  return 0
}

# The same, but the lines themselves are written.
search_lines() {
  row "$1-lines" "$2, written" 'rg*0.7 cpu:rg*1.2'
  local pattern=$3 query=$4 log=$data/access.log how=(form=sha256sum output=pipe)
  entry grep "${how[@]}" -- env LC_ALL=C grep -E "$pattern" "$log"
  entry jug "${how[@]}" -- "$JUG" log "$query" "$log"
  have rg && entry rg "${how[@]}" -- rg -N "$pattern" "$log"
  return 0
}

readonly TEXT=(text 'access log, lines with a text (1 in 150)' CrawlerOne '"CrawlerOne"')
readonly REGEX=(regex 'access log, lines with a regex (1 in 100)'
  '/(cart|checkout)/[0-9]+\.js' '/\/(cart|checkout)\/[0-9]+\.js/')
text() { search "${TEXT[@]}"; }
text_lines() { search_lines "${TEXT[@]}"; }
regex() { search "${REGEX[@]}"; }
regex_lines() { search_lines "${REGEX[@]}"; }

# A pattern for the whole line, beside the format that knows the access log (at most twice its time) and mawk's fields.
pat() {
  row pat 'access log, a pattern, count by status' 'format*2 mawk*0.25'
  local columns='columns=status count' log=$data/access.log
  entry floor "$columns" -- "$floor" status "$log"
  entry format "$columns" -- "$JUG" log 'count by status' "$log"
  entry jug "$columns" -- "$JUG" log \
    'parse pat "{ip} - {user} [{time}] \"{method} {path} {_}\" {status:int} {_}" | count by status' "$log"
  have mawk && entry mawk "$columns" -- mawk '{ c[$9]++ } END { for (k in c) print k "\t" c[k] }' "$log"
  return 0
}

# A regex that finds two numbers in the line.
re() {
  row re 'access log, a regex with groups, count by status' 'agrind*0.5'
  local columns='columns=status count' log=$data/access.log tenth=$data/access.tenth.log
  entry floor "$columns" -- "$floor" status "$log"
  entry jug "$columns" -- "$JUG" log 'parse re "\" (?<status>[0-9]{3}) (?<bytes>[0-9]+|-)" | count by status' "$log"
  [[ $pass == measure ]] || entry floor expect=re.tenth "$columns" -- "$floor" status "$tenth"
  have agrind && entry agrind scale=10 runs=2 expect=re.tenth "$columns" -- \
    agrind -f "$tenth" -o 'format={status}	{_count}' \
    '* | parse regex "\" (?P<status>[0-9]{3}) (?P<bytes>[0-9]+|-)" | count by status'
  return 0
}

# The field bytes of access log lines, or of a table of that column, as numbers in order.
bytes_of_lines() { awk '/"/ { print $10 } /^[0-9]+$/' | LC_ALL=C sort -n; }

# The ten lines with the most bytes. What it may take is measured by `select bytes`, which reads and parses the same.
largest() {
  row "$1" "access log, $2" 'select*1.2 duckdb*0.2'
  local how=(form=bytes_of_lines) log=$data/access.log
  entry floor "${how[@]}" -- "$floor" top "$log"
  entry jug "${how[@]}" -- "$JUG" log "$2" "$log"
  entry select -- "$JUG" log 'select bytes' "$log"
  has_duckdb && entry duckdb "${how[@]}" -- python3 "$compare/duck.py" top "$log"
  return 0
}
top() { largest top 'top 10 bytes'; }
sort_head() { largest sort 'sort -bytes | head 10'; }

# groups ID TITLE KEY MIB: counts by a key of many values. The limit is 96 bytes and the key (16) for each group, as MiB.
groups() {
  row "$1" "$2" "duckdb*1 mib=$4"
  local how=("columns=$3 count") log=$data/visits.csv
  has_duckdb && entry duckdb "${how[@]}" -- python3 "$compare/duck.py" "$3" "$log"
  entry jug "${how[@]}" -- "$JUG" log "count by $3 | sort -count, $3 | head 10" "$log"
  has_polars && entry polars "${how[@]}" -- python3 "$compare/polar.py" "$3" "$log"
  return 0
}
many_groups() { groups groups 'CSV (160 MB), count by key, a million groups' visitor 107; }
more_groups() { groups more-groups 'the same, 3 million groups' session 321; }

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
  for group in by_status fresh by_path by_level nested csv lines text text_lines regex regex_lines pat re top sort_head many_groups \
    more_groups compressed start_up; do
    if wanted $group; then $group; fi
  done
done
page 'jug log and its peers' mawk mlr python3 agrind wc grep rg gzip pigz zstd hyperfine
for problem in "${wrong[@]}"; do
  [[ $problem != *': jug '* ]] || exit 1
done
