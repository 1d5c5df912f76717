#!/usr/bin/env bash
# jug pie and jug render beside other renderers, in one run on one machine. See ../README.md.
#
#   RUNS=50            runs of each command: they take milliseconds
#   JUG=PATH           a jug that is built already
#
# Needs cargo and hyperfine. Peers that are not installed are left out: resvg (the same library's own program), rsvg-convert,
# ImageMagick's convert, python3 with matplotlib; GNU time for peak memory. FONT names a font file for resvg's fastest way.
set -euo pipefail
RUNS=${RUNS:-50}
# shellcheck source=lib.sh source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

FONT=${FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf}
readonly SIX=(ok=940 warn=41 err=19 slow=77 cached=210 redirected=55)

has_matplotlib() { have python3 && python3 -c 'import matplotlib' 2>/dev/null; }

# ImageMagick's own, whichever name it goes by; not another program that is called the same.
imagemagick() {
  local name
  for name in magick convert-im6.q16 convert; do
    if have "$name" && "$name" -version 2>/dev/null | grep -q ImageMagick; then
      command -v "$name"
      return
    fi
  done
}

cold() {
  row "$1" "$2" "$3"
  local svg=$scratch/$1.svg png=$scratch/out.png
  shift 3
  "$JUG" pie "$@" -o "$svg"
  entry jug -- "$JUG" pie --cache off "$@" -o "$png"
  entry 'jug render' -- "$JUG" render --cache off "$svg" -o "$png"
  if have resvg; then
    [[ -e $FONT ]] && entry 'resvg (one font)' -- resvg --skip-system-fonts --use-font-file "$FONT" "$svg" "$png"
    entry resvg -- resvg "$svg" "$png"
  fi
  have rsvg-convert && entry rsvg-convert -- rsvg-convert "$svg" -o "$png"
  [[ -n $convert ]] && entry ImageMagick runs=10 -- "$convert" "$svg" "$png"
  return 0
}

compare_all() {
  cold six 'six values to a PNG, nothing cached' '=0.006' "${SIX[@]}"
  has_matplotlib && entry matplotlib runs=5 -- python3 -c "
import matplotlib; matplotlib.use('Agg')
import matplotlib.pyplot as plot
plot.figure(figsize=(6.4, 4)); plot.pie([940, 41, 19, 77, 210, 55], labels=list('abcdef')); plot.savefig('$scratch/out.png')"
  cold twelve 'twelve values with a legend and a title' - kind{1..12}=7 none=0 --title 'Twelve kinds'
  row cached 'six values to a PNG, cached' '=0.0022'
  "$JUG" pie "${SIX[@]}" -o "$scratch/six.png"
  entry jug -- "$JUG" pie "${SIX[@]}" -o "$scratch/out.png"
  entry cat output=pipe -- cat "$scratch/six.png"
}

build
begin pie
convert=$(imagemagick)
export JUG_CACHE_DIR=$scratch/cache
for pass in check measure; do compare_all; done
page 'jug pie, jug render and their peers' resvg rsvg-convert "${convert:-convert}"
