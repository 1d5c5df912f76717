#!/usr/bin/env bash
# jug walk beside its peers and beside the floor, in one run on one machine. See ../README.md.
#
#   RUNS=5             runs of each command that does not say otherwise
#   JUG=PATH           a jug that is built already
#   JUG_BENCH_DATA=DIR where the trees are, or are to be made (default: data/ beside this file): 850 000 inodes, 200 MB
#   JUG_BENCH_ROWS=RE  only what matches: names, in_order, stats, nested, totals, sums, dups, against, each with _wide and _deep; start_up
#
# Needs cargo, hyperfine and GNU coreutils. Peers that are not installed are left out: fd (or fdfind), bfs, find, tree, du,
# dust, fdupes, jdupes, mtree; python3 to check nested trees; GNU time for peak memory.
# shellcheck disable=SC2016  # the programs of awk and inner shells have their own dollars
set -euo pipefail
# shellcheck source=lib.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Trees of another generator are thrown away; each is made whole or not at all.
make_data() {
  local now shape trees=$data/walk
  now=$(cat "$compare"/floor/src/{tree,generate/random,generate/mod}.rs | sha256sum)
  if [[ $(cat "$trees/generator" 2>/dev/null) != "$now" ]]; then
    rm -rf "$trees"
    mkdir -p "$trees/empty"
    printf '%s\n' "$now" >"$trees/generator"
  fi
  for shape in wide deep; do
    [[ -e $trees/$shape ]] && continue
    say "making the $shape tree"
    rm -rf "$trees/$shape.part"
    "$floor" tree "$shape" "$trees/$shape.part"
    mv "$trees/$shape.part" "$trees/$shape"
  done
  # All programs run here, so that how long paths are does not depend on where this is.
  JUG=$(realpath "$JUG")
  floor=$(realpath "$floor")
  cd "$trees"
}

sorted() { LC_ALL=C sort; }

# Paths in any order; fd puts a slash behind directories and leaves out where it began.
paths() { sed 's:/$::' | grep -vxF -e wide -e deep | sorted; }

# Path, size, and the time in seconds since 1970, whether it was that or RFC 3339 in UTC, without zeros at its end.
path_size_time() {
  awk -F '\t' '
    # Days are counted from 1 March of the year 0, as then the day that comes and goes is the last of a year.
    function instant(text,   part, year, month, days) {
      split(text, part, /[-T:Z]/)
      year = part[2] > 2 ? part[1] : part[1] - 1
      month = (part[2] + 9) % 12
      days = year * 365 + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month + 2) / 5) + part[3] - 1 - 719468
      return sprintf("%d", ((days * 24 + part[4]) * 60 + part[5]) * 60 + part[6]) substr(part[6], 3)
    }
    NR == 1 && $1 == "path" { next }
    {
      time = $3 ~ /T/ ? instant($3) : $3
      if (time ~ /\./) sub(/\.?0+$/, "", time)
      print $1 "\t" $2 "\t" time
    }' | sorted
}

nested_path_size() { python3 "$compare/nested.py" | sorted; }

names() {
  local tree=$1 paths=(form=paths "expect=paths-$1")
  row "names-$tree" "names, $tree tree" 'floor*1.5 fd*0.4'
  entry floor "${paths[@]}" -- "$floor" names "$tree"
  entry jug "${paths[@]}" -- "$JUG" walk --order none "$tree"
  [[ -n $fd ]] && entry fd "${paths[@]}" -- "$fd" -uu . "$tree"
  have bfs && entry bfs "${paths[@]}" -- bfs "$tree"
  have find && entry find "${paths[@]}" -- find "$tree"
  return 0
}

in_order() {
  local tree=$1 paths=(form=paths "expect=paths-$1") exactly=(form=cat "expect=order-$1")
  row "in-order-$tree" "names in order, $tree tree" 'floor*1.5 fd*0.5'
  [[ $pass == measure ]] || entry floor "${paths[@]}" -- "$floor" names-ordered "$tree"
  entry floor "${exactly[@]}" -- "$floor" names-ordered "$tree"
  entry jug "${exactly[@]}" -- "$JUG" walk "$tree"
  # The same order, and another one: level by level.
  have bfs && entry 'bfs -S dfs -s' "${exactly[@]}" -- bfs -S dfs -s "$tree"
  have bfs && entry 'bfs -s' "${paths[@]}" -- bfs -s "$tree"
  have find && entry 'find and sort' "${paths[@]}" -- sh -c 'find "$0" | LC_ALL=C sort' "$tree"
  # It has no order, but it is what there is to be compared with.
  [[ -n $fd ]] && entry fd "${paths[@]}" -- "$fd" -uu . "$tree"
  return 0
}

stats() {
  local tree=$1 form=form=path_size_time
  row "stats-$tree" "path, size, time of modification, $tree tree" 'floor*1.3'
  entry floor $form -- "$floor" stats "$tree"
  entry jug $form -- "$JUG" walk --order none --fields path,size,mtime "$tree"
  have find && entry find $form -- find "$tree" -printf '%p\t%s\t%T@\n'
  have bfs && entry bfs $form -- bfs "$tree" -printf '%p\t%s\t%T@\n'
  return 0
}

nested() {
  local tree=$1 form=
  have python3 && form=nested_path_size
  row "nested-$tree" "nested JSON with sizes, $tree tree" 'tree*0.5'
  [[ $pass == measure ]] || entry floor form=sorted -- sh -c '"$0" stats "$1" | cut -f 1,2' "$floor" "$tree"
  entry jug form=$form -- "$JUG" walk --tree --fields size "$tree"
  have tree && entry tree form=$form -- tree -J -s -a "$tree"
  return 0
}

totals() {
  local tree=$1 columns='columns=ext files size'
  row "totals-$tree" "totals by extension, $tree tree; du, dust: by directory" -
  # No directory of the trees has an extension, so what has one is a file.
  [[ $pass == measure ]] || entry floor "$columns" -- sh -c '"$0" stats "$1" | awk -F "\t" "$2"' "$floor" "$tree" '{
      name = $1
      sub(/.*\//, "", name)
      at = match(name, /.\.[^.]+$/)
      if (at) { ext = substr(name, at + 2); files[ext]++; size[ext] += $2 }
    }
    END { print "ext\tfiles\tsize"; for (ext in files) printf "%s\t%d\t%.0f\n", ext, files[ext], size[ext] }'
  entry jug "$columns" -- "$JUG" walk --totals ext "$tree"
  have du && entry du -- du -s "$tree"
  have dust && entry dust -- dust -d 0 "$tree"
  return 0
}

# Path and bytes on disk, from du and from jug.
du_rows() { awk -F '\t' '{ print $2 "\t" $1 }' | sorted; }
sum_rows() { awk -F '\t' 'NR > 1 { print $1 "\t" $5 }' | sorted; }

sums() {
  local tree=$1 rows="expect=sums-$1"
  row "sums-$tree" "each directory with everything below it, $tree tree" 'du*0.5'
  have du && entry du form=du_rows "$rows" -- du -B1 "$tree"
  entry jug form=sum_rows "$rows" -- "$JUG" walk --sum "$tree"
  have dust && entry dust -- dust -n 1000000 "$tree"
  return 0
}

# Files with equal contents: how many there are.
named_files() { grep -c '^\(wide\|deep\)/'; }
jug_files() { cut -f 4 | named_files; }

dups() {
  local tree=$1 often=(runs=1 warmup=0) rows="expect=dups-$1"
  row "dups-$tree" "files with equal contents, $tree tree" 'jdupes*0.7 fdupes*0.7'
  have fdupes && entry fdupes "${often[@]}" form=named_files "$rows" -- fdupes -r -q "$tree"
  have jdupes && entry jdupes "${often[@]}" form=named_files "$rows" -- jdupes -r -q -z "$tree"
  entry jug "${often[@]}" form=jug_files "$rows" -- "$JUG" walk --dups "$tree"
  return 0
}

against() {
  local tree=$1
  row "against-$tree" "changes since a snapshot, of which there are none, $tree tree" 'jug-fields*1.15'
  [[ -e $scratch/$tree.snapshot ]] || "$JUG" walk --save "$scratch/$tree.snapshot" "$tree"
  entry jug-fields -- "$JUG" walk --order path --fields type,size,mtime,mode,ino "$tree"
  entry jug form=cat -- "$JUG" walk --against "$scratch/$tree.snapshot" "$tree"
  entry jug-save -- "$JUG" walk --save "$scratch/other.snapshot" "$tree"
  have mtree && entry mtree -- mtree -c -p "$tree" -k type,size,time,mode
  return 0
}

start_up() {
  local often=(runs=300 warmup=30)
  row empty 'start-up, an empty directory' 'true+0.0015'
  entry true "${often[@]}" -- true
  entry jug "${often[@]}" -- "$JUG" walk empty
  have find && entry find "${often[@]}" -- find empty
  [[ -n $fd ]] && entry fd "${often[@]}" -- "$fd" -uu . empty
  return 0
}

begin walk
build
make_data
fd=$(command -v fdfind || command -v fd || true)
for pass in check measure; do
  for group in names in_order stats nested totals sums dups against; do
    for tree in wide deep; do
      if wanted ${group}_$tree; then $group $tree; fi
    done
  done
  if wanted start_up; then start_up; fi
done
page "jug walk and its peers, trees on $(df --output=fstype . | tail -n 1)" "$fd" bfs find tree du dust fdupes jdupes hyperfine
for problem in "${wrong[@]}"; do
  [[ $problem != *': jug '* ]] || exit 1
done
