# shellcheck shell=bash
# What every comparison shares: find a tool, check its answer, time it, measure its memory, and write the page.
#
# A comparison calls `begin NAME`, then `row` and `entry` as often as it needs, twice (`pass=check`, then `pass=measure`),
# then `page`. Sourced, never run. It sets `RUNS`, `JUG`, `floor`, `baseline`, `data` and `compare` for the comparison.
# shellcheck disable=SC2034

compare=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$compare/../.." && pwd)
RUNS=${RUNS:-5}
data=${JUG_BENCH_DATA:-$compare/data}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wrong=()
pass=check
load=$(cut -d ' ' -f 1-3 /proc/loadavg)

have() { command -v "$1" >/dev/null; }

say() { printf '%s\n' "$*" >&2; }

# wanted NAME: is it among the rows that JUG_BENCH_ROWS asks for?
wanted() { [[ $1 =~ ${JUG_BENCH_ROWS:-.} ]]; }

# What this machine is, in a few words without its name: "2-core-intel-xeon".
machine_words() {
  local model
  model=$(sed -n 's/^model name[^:]*: *//p; s/^Hardware[^:]*: *//p' /proc/cpuinfo | head -n 1)
  model=$(sed -E 's/\((R|TM|tm|r)\)//g; s/ (CPU|Processor).*//; s/ @.*//' <<<"${model:-$(uname -m)}")
  printf '%s-core-%s' "$(nproc)" "$model" | tr '[:upper:]' '[:lower:]' | tr -cs '[:alnum:]' '-' | sed 's/-*$//'
}

# begin NAME: where the results go.
begin() {
  have hyperfine || { say "$1.sh: hyperfine is needed (cargo install hyperfine, or the system's package)"; exit 2; }
  out=$root/benches/runs/$(date +%F)-${JUG_BENCH_MACHINE:-$(machine_words)}
  mkdir -p "$out"
  csv=$out/$1.csv
  rows=$scratch/rows
  : >"$rows"
  printf 'row,tool,scale,runs,median_s,min_s,mean_s,stddev_s,user_s,system_s,peak_kib\n' >"$csv"
}

# build: jug (unless JUG names one), floor, and the floor's programs once more for the processors that jug is built for.
build() {
  if [[ -z ${JUG:-} ]]; then
    (cd "$root" && cargo build --release --quiet)
    JUG=${CARGO_TARGET_DIR:-$root/target}/release/jug
  fi
  # Other compiler flags, so other directories; RUSTFLAGS would take the place of the floor's own configuration.
  local target=${CARGO_TARGET_DIR:+$CARGO_TARGET_DIR/floor}
  target=${target:-$compare/floor/target}
  (
    cd "$compare/floor" || exit
    unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS
    CARGO_TARGET_DIR=$target cargo build --release --quiet --locked
    CARGO_ENCODED_RUSTFLAGS='' CARGO_TARGET_DIR=$target/baseline cargo build --release --quiet --locked
  )
  floor=$target/release/floor
  baseline=$target/baseline/release/floor
}

# made FILE KIND LINES [COMMAND…]: generates a file, filtered through COMMAND, unless it exists and its generator still writes
# the same first lines. The file is renamed when complete and its time is set back: jug may read a log that changed a moment
# ago differently.
made() {
  local file=$data/$1 kind=$2 lines=$3 stamp
  shift 3
  stamp="$lines $* $("$floor" generate "$kind" --lines 2000 | sha256sum)"
  [[ -e $file && $(cat "$file.stamp" 2>/dev/null) == "$stamp" ]] && return
  say "making ${file##*/}"
  "$floor" generate "$kind" --lines "$lines" | "${@:-cat}" >"$file.part"
  touch -d '1 hour ago' "$file.part"
  mv "$file.part" "$file"
  printf '%s\n' "$stamp" >"$file.stamp"
}

# row ID TITLE TARGETS: what the entries after it belong to. TARGETS: "floor*1.5 duckdb*0.2", "true+0.0015" (seconds)
# or "=0.006" (seconds alone); each is an upper limit for jug's median, "-" for none. "cpu:rg*1.2" limits the mean of user and
# system time together, "mib=107" the peak memory.
row() {
  current=$1
  [[ $pass == check ]] || printf '%s\t%s\t%s\n' "$@" >>"$rows"
}

# normal COLUMN…: brings an answer to a common form: these columns, found by the header where there is one; no line without a
# key; values with six decimals, nothing as zero; sorted.
normal() {
  awk -F '\t' -v wanted="$*" '
    BEGIN { n = split(wanted, names, " ") }
    NR == 1 {
      for (i = 1; i <= NF; i++) at[$i] = i
      for (i = 1; i <= n; i++) { header += names[i] in at; place[i] = i }
      if (header == n) { for (i = 1; i <= n; i++) place[i] = at[names[i]]; next }
    }
    $place[1] != "" {
      line = n == 1 ? "" : $place[1]
      for (i = n == 1 ? 1 : 2; i <= n; i++) line = line "\t" sprintf("%.6f", $place[i])
      print line
    }' | LC_ALL=C sort
}

# entry TOOL [scale=N] [expect=NAME] [columns="A B"|form="COMMAND"] [runs=N] [warmup=N] [output=pipe] [prepare=COMMAND] -- COMMAND…
# In the first pass, with columns: runs the command and compares with the first answer under that name (the row's own by
# default), which should be the floor's. In the second: times it. scale=10: it had a tenth of the data, times are scaled.
# form: what brings an answer that is no table of columns to a common form. output=pipe: through a pipe, for grep, which
# stops at its first match when it sees that its output is /dev/null. prepare: run before each run, not timed.
entry() {
  local tool=$1 scale=1 expect=$current columns='' form='' runs=$RUNS warmup=1 output=null prepare=true
  shift
  while [[ $1 != -- ]]; do
    case $1 in
      scale=* | expect=* | columns=* | form=* | runs=* | warmup=* | output=* | prepare=*) local "${1?}" ;;
      *) say "entry: $1?"; exit 2 ;;
    esac
    shift
  done
  shift
  if [[ $pass == check ]]; then
    [[ -n $columns ]] && form="normal $columns"
    [[ -n $form ]] && check "$tool" "$expect" "$form" "$@"
  else
    measure "$tool" "$scale" "$runs" "$warmup" "$output" "$prepare" "$@"
  fi
  return 0
}

check() {
  local tool=$1 expected=$scratch/answer.$2 form=$3 answer=$scratch/answer
  shift 3
  # shellcheck disable=SC2086  # a command and its arguments
  if ! "$@" 2>"$scratch/stderr" | $form >"$answer"; then
    wrong+=("$current: $tool failed")
    say "$current: $tool failed: $(head -n 1 "$scratch/stderr")"
  elif [[ ! -e $expected ]]; then
    cp "$answer" "$expected"
  elif ! diff "$expected" "$answer" >"$scratch/diff"; then
    wrong+=("$current: $tool differs, first: $(sed -n '2p;/^>/{p;q}' "$scratch/diff" | tr -s '\t\n' ' ')")
    say "${wrong[-1]}"
  fi
}

measure() {
  local tool=$1 scale=$2 runs=$3 warmup=$4 output=$5 prepare=$6 peak=- command
  shift 6
  # Words for hyperfine, which splits them as a shell does: each in single quotes.
  printf -v command "'%s' " "${@//\'/\'\\\'\'}"
  if ! hyperfine -N --style none --warmup "$warmup" --runs "$runs" --output "$output" --prepare "$prepare" --command-name "$tool" \
    --export-csv "$scratch/one.csv" "$command" >"$scratch/hyperfine" 2>&1; then
    say "$current: $tool failed: $(tail -n 1 "$scratch/hyperfine")"
    wrong+=("$current: $tool failed")
    return
  fi
  [[ -x /usr/bin/time ]] && peak=$(/usr/bin/time -f %M "$@" 2>&1 >/dev/null | tail -n 1)
  awk -F, -v row="$current" -v tool="$tool" -v scale="$scale" -v runs="$runs" -v peak="$peak" 'NR == 2 {
    printf "%s,%s,%d,%d", row, tool, scale, runs
    printf ",%.6f,%.6f,%.6f,%.6f,%.6f,%.6f,%s\n", $4*scale, $7*scale, $2*scale, $3*scale, $5*scale, $6*scale, peak
  }' "$scratch/one.csv" | tee -a "$csv" | awk -F, '{ printf "%-14s %-22s %9.4f s\n", $1, $2, $5 }' >&2
}

# page TITLE TOOL…: the results as one page, with the versions of the tools named.
page() {
  local file=${csv%.csv}.md title=$1
  shift
  {
    printf '# %s\n\n' "$title"
    printf '%s, %s cores, %s, Linux %s. Load before and after: %s and %s.\n\n' \
      "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
      "$(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)" "$(uname -r | cut -d- -f1)" "$load" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
    printf 'Whole processes, warm, output thrown away; %s runs unless a row says otherwise. Ratios are of medians: how many\n' "$RUNS"
    printf 'times as long as jug, and as the floor. Peak memory with mapped pages, which the floors never give back.\n\n'
    printf '| work | tool | median s | min s | ÷ jug | ÷ floor | peak MiB | target | met |\n|---|---|--:|--:|--:|--:|--:|---|---|\n'
    awk -f "$compare/table.awk" "$rows" "$csv"
    printf '\nTools: '
    local tool
    for tool; do have "$tool" && printf '%s; ' "$(version "$tool")"; done
    printf 'jug: %s.\n' "$("$JUG" --version 2>/dev/null | head -n 1)"
    if ((${#wrong[@]})); then
      printf '\nOther answers than the floor, or none:\n\n'
      printf -- '- %s\n' "${wrong[@]}"
    elif compgen -G "$scratch/answer.*" >/dev/null; then
      printf '\nEvery tool that answers a question gave the same answer as the floor.\n'
    fi
  } >"$file"
  say "written: ${file#"$root"/}"
}

# One line about a tool's version, whatever it takes to ask.
version() {
  case $1 in
    mawk) mawk -W version 2>&1 | head -n 1 ;;
    python3) python3 -c 'import platform, duckdb; print("Python", platform.python_version() + ", DuckDB", duckdb.__version__)' 2>/dev/null || true ;;
    resvg) printf 'resvg %s' "$(resvg --version)" ;;
    */convert* | */magick) "$1" -version | sed -n '1s/^Version: //; 1s/ http.*//p' ;;
    *) "$1" --version 2>&1 | head -n 1 ;;
  esac | sed 's/^[* ]*//; s/[* ]*$//' | cut -c 1-60 | tr -d '\n'
}
