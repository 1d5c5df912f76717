#!/usr/bin/env bash
# The SVGs of other people as jug render and as rsvg-convert draw them, pixel by pixel. See ../README.md.
#
#   ICONS=DIR          where they are (default: Debian's adwaita-icon-theme)
#   COUNT=200          how many of them, spread over all
#   SIZE=128           how wide they are drawn, in pixels
#   JUG=PATH           a jug that is built already
#
# Needs cargo, rsvg-convert and ImageMagick's compare.
set -euo pipefail
# shellcheck source=lib.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

ICONS=${ICONS:-/usr/share/icons/Adwaita}
COUNT=${COUNT:-200}
SIZE=${SIZE:-128}

for tool in rsvg-convert compare; do
  have $tool || { say "icons.sh: $tool is needed"; exit 2; }
done
if [[ -z ${JUG:-} ]]; then
  (cd "$root" && cargo build --release --quiet)
  JUG=${CARGO_TARGET_DIR:-$root/target}/release/jug
fi
out=$root/benches/runs/$(date +%F)-${JUG_BENCH_MACHINE:-$(machine_words)}
mkdir -p "$out"
name=${ICONS##*/}
page=$out/icons-${name,,}.md

mapfile -t all < <(find -L "$ICONS" -name '*.svg' | LC_ALL=C sort)
((${#all[@]})) || { say "icons.sh: no SVGs in $ICONS"; exit 2; }
step=$(((${#all[@]} + COUNT - 1) / COUNT))
drawn=0 failed=()
for ((i = 0; i < ${#all[@]}; i += step)); do
  svg=${all[i]} ours=$scratch/ours.png theirs=$scratch/theirs.png
  # On white, since what is transparent has no colour that could differ.
  if ! "$JUG" render --cache off --background white --width "$SIZE" "$svg" -o "$ours" 2>"$scratch/said"; then
    failed+=("${svg#"$ICONS"/}: $(head -n 1 "$scratch/said")")
    continue
  fi
  rsvg-convert --background-color white --width "$SIZE" --keep-aspect-ratio "$svg" -o "$theirs"
  # The root of the mean square, and how many pixels differ by more than a tenth, both as shares of 1.
  mean=$(compare -metric RMSE "$ours" "$theirs" null: 2>&1 | sed -n 's/.*(\(.*\)).*/\1/p') || true
  pixels=$(compare -fuzz 10% -metric AE "$ours" "$theirs" null: 2>&1 || true)
  printf '%s\t%s\t%s\n' "${mean:-1}" "$pixels" "${svg#"$ICONS"/}" >>"$scratch/differences"
  drawn=$((drawn + 1))
done

{
  printf '# Icons as jug and as rsvg-convert draw them\n\n'
  printf '%s SVGs of %s, %s pixels wide on white; jug: %s, %s.\n\n' "$drawn" "$name" "$SIZE" \
    "$("$JUG" --version)" "$(version rsvg-convert)"
  printf 'The difference is the root of the mean square over all levels of all pixels, as a share of the whole range; beside it the\n'
  printf 'pixels that differ by more than a tenth of it.\n\n'
  LC_ALL=C sort -g "$scratch/differences" | awk -F '\t' '
    { value[NR] = $1 }
    END { printf "| median | 90th percentile | most |\n|--:|--:|--:|\n| %.4f | %.4f | %.4f |\n", value[int((NR + 1) / 2)], value[int(NR * 0.9 + 0.5)], value[NR] }'
  printf '\n| the ten that differ most | difference | pixels |\n|---|--:|--:|\n'
  LC_ALL=C sort -rg "$scratch/differences" | head -n 10 | awk -F '\t' '{ printf "| %s | %.4f | %d |\n", $3, $1, $2 }'
  printf '\nWhy these differ is in ../../README.md, under "Pictures".\n'
  if ((${#failed[@]})); then
    printf '\nNot drawn:\n\n'
    printf -- '- %s\n' "${failed[@]}"
  fi
} >"$page"
say "written: ${page#"$root"/}"
