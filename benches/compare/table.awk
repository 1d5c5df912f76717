# The rows of the page, from the list of rows (id, title, targets; tabs) and the results (CSV).
FNR == 1 { file++ }
file == 1 {
  split($0, part, "\t")
  order[++count] = part[1]
  title[part[1]] = part[2]
  targets[part[1]] = part[3]
  next
}
FNR > 1 {
  split($0, part, ",")
  row = part[1]
  # Not by one assignment: mawk makes the element before it asks whether there is one.
  if (row in tools) tools[row] = tools[row] "," part[2]
  else tools[row] = part[2]
  median[row, part[2]] = part[5]
  least[row, part[2]] = part[6]
  note[row, part[2]] = (part[3] > 1 ? " (1/" part[3] " of the data, × " part[3] ")" : "")
  cpu[row, part[2]] = part[9] + part[10]
  peak[row, part[2]] = part[11]
}

function ratio(row, tool, to) {
  return ((row, to) in median) && median[row, to] > 0 ? sprintf("%.2f", median[row, tool] / median[row, to]) : "–"
}

# The limit that a target such as `floor*1.5`, `true+0.0015` or `=0.006` sets in these times, or nothing where that tool was not
# measured.
function limit(times, row, target,   part, operator) {
  if (target ~ /^=/) return substr(target, 2)
  operator = index(target, "+") ? "+" : "*"
  split(target, part, operator == "+" ? "\\+" : "\\*")
  if (!((row, part[1]) in times)) return ""
  return operator == "+" ? times[row, part[1]] + part[2] : times[row, part[1]] * part[2]
}

# A target for CPU time (`cpu:rg*1.2`) or for peak memory (`mib=107`), which are not measured by medians.
function other(row, target,   bound) {
  if (target ~ /^mib=/) {
    if (peak[row, "jug"] == "-") return "?"
    return peak[row, "jug"] / 1024 <= substr(target, 5) ? "yes" : "**no**"
  }
  bound = limit(cpu, row, substr(target, 5))
  return bound == "" ? "?" : cpu[row, "jug"] <= bound ? "yes" : "**no**"
}

# By medians; a machine that others use as well may spoil those, so by minima too.
function verdict(row, target,   bound) {
  bound = limit(median, row, target)
  if (bound == "") return "?"
  if (median[row, "jug"] <= bound) return "yes"
  return least[row, "jug"] <= limit(least, row, target) ? "only by minima" : "**no**"
}

END {
  for (i = 1; i <= count; i++) {
    row = order[i]
    first = title[row]; gsub(/\|/, "\\|", first)
    n = split(tools[row], names, ",")
    for (k = 1; k <= n; k++) {
      tool = names[k]
      said = met = ""
      if (tool == "jug" && targets[row] != "-") {
        m = split(targets[row], wanted, " ")
        for (t = 1; t <= m; t++) {
          shown = wanted[t]
          if (shown ~ /^(cpu:|mib=)/) {
            if (sub(/^mib=/, "", shown)) shown = shown " MiB"
            else shown = sprintf("CPU %s = %.4f s", substr(shown, 5), limit(cpu, row, substr(shown, 5)))
            sub(/\*/, " × ", shown)
            said = said (t > 1 ? "; " : "") shown
            met = met (t > 1 ? "; " : "") other(row, wanted[t])
            continue
          }
          bound = limit(median, row, wanted[t])
          sub(/\*/, " × ", shown)
          sub(/\+0.0015/, " + 1.5 ms", shown)
          if (sub(/^=/, "", shown)) { shown = shown * 1000 " ms"; bound = "" }
          said = said (t > 1 ? "; " : "") shown (bound == "" ? "" : sprintf(" = %.4f s", bound))
          met = met (t > 1 ? "; " : "") verdict(row, wanted[t])
        }
      }
      memory = peak[row, tool] == "-" ? "–" : sprintf("%.0f", peak[row, tool] / 1024)
      printf "| %s | %s%s | %.4f | %.4f | %s | %s | %s | %s | %s |\n", first, tool, note[row, tool], median[row, tool], \
        least[row, tool], ratio(row, tool, "jug"), ratio(row, tool, "floor"), memory, said, met
      first = ""
    }
  }
}
