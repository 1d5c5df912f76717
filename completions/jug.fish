# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_jug_global_optspecs
    string join \n v/verbose color= progress= h/help V/version
end

function __fish_jug_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_jug_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_jug_using_subcommand
    set -l cmd (__fish_jug_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c jug -n "__fish_jug_needs_command" -l color -d 'Colour results and messages' -r -f -a "auto\t'On a terminal'
always\t'Everywhere'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_needs_command" -l progress -d 'Show a progress bar on a terminal' -r -f -a "auto\t'On a terminal'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_needs_command" -s v -l verbose -d 'Say more on standard error'
complete -c jug -n "__fish_jug_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_needs_command" -s V -l version -d 'Print version'
complete -c jug -n "__fish_jug_needs_command" -f -a "log" -d 'Query logs: filter, count and aggregate lines on every core'
complete -c jug -n "__fish_jug_needs_command" -f -a "pie" -d 'Draw a pie chart'
complete -c jug -n "__fish_jug_needs_command" -f -a "render" -d 'Draw SVGs as PNGs'
complete -c jug -n "__fish_jug_needs_command" -f -a "cache" -d 'Look after the cache of pictures'
complete -c jug -n "__fish_jug_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c jug -n "__fish_jug_using_subcommand log" -l files0-from -d 'Read the names of more files from a file, each ended by NUL' -r -F
complete -c jug -n "__fish_jug_using_subcommand log" -s f -l from -d 'The format of the input' -r -f -a "auto\t'Find the format from the first lines'
columns\t'Read words separated by blanks, by number as in awk'
combined\t'Read access logs in the combined format of Apache and nginx'
common\t'Read access logs in the Common Log Format'
csv\t'Read comma-separated values with a header line'
json\t'Read JSON objects, one a line (NDJSON)'
lines\t'Read lines of any text, with `time` where they begin with an RFC 3339 time'
nginx\t'Read combined access logs followed by the request time, `rt`, in seconds'
tsv\t'Read tab-separated values with a header line'"
complete -c jug -n "__fish_jug_using_subcommand log" -l tz -d 'The time zone of times that name none, of days, and of times in tables [default: the system\'s]' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l max-line -d 'A longer line is bad' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l max-bad -d 'So many bad lines are no fault, or such a share of the lines' -r
complete -c jug -n "__fish_jug_using_subcommand log" -s t -l to -d 'Write this format [default: table on a terminal, else tsv]' -r -f -a "table\t'Align columns for people'
csv\t'Write comma-separated values with a header line'
json\t'Write one JSON array with an object a row'
ndjson\t'Write a JSON object a line'
tsv\t'Write tab-separated values with a header line'"
complete -c jug -n "__fish_jug_using_subcommand log" -s o -l output -d 'Write to a file, whole or not at all; its ending picks the format' -r -F
complete -c jug -n "__fish_jug_using_subcommand log" -l header -d 'Write the names of the columns: always, never, or when there are rows' -r -f -a "auto\t'When there are rows'
always\t'Also without rows'
never\t'Not at all'"
complete -c jug -n "__fish_jug_using_subcommand log" -s n -l limit -d 'Give at most so many rows' -r
complete -c jug -n "__fish_jug_using_subcommand log" -s j -l threads -d 'How many threads work [default: one for each core]' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l engine -d 'How plain files are read' -r -f -a "auto\t'Mapped where that is safe, else read'
mmap\t'Mapped into memory where groups are counted; rows are always read'
read\t'Read into buffers'"
complete -c jug -n "__fish_jug_using_subcommand log" -l color -d 'Colour results and messages' -r -f -a "auto\t'On a terminal'
always\t'Everywhere'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand log" -l progress -d 'Show a progress bar on a terminal' -r -f -a "auto\t'On a terminal'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand log" -l infer -d 'Take CSV, TSV and column cells that look like numbers for numbers'
complete -c jug -n "__fish_jug_using_subcommand log" -l strict -d 'Look at every line whole, needed or not'
complete -c jug -n "__fish_jug_using_subcommand log" -l describe -d 'Show the format of each file, its fields, their types and samples'
complete -c jug -n "__fish_jug_using_subcommand log" -l ndjson -d 'Write NDJSON; short for --to ndjson'
complete -c jug -n "__fish_jug_using_subcommand log" -l if-changed -d 'Leave the output file untouched if it would not change'
complete -c jug -n "__fish_jug_using_subcommand log" -s q -l quiet -d 'Print nothing; exit status 0 if anything was found, 1 if not'
complete -c jug -n "__fish_jug_using_subcommand log" -l explain -d 'Show what the query does, and do nothing'
complete -c jug -n "__fish_jug_using_subcommand log" -l stats -d 'Say at the end how much was read, how fast'
complete -c jug -n "__fish_jug_using_subcommand log" -s v -l verbose -d 'Say more on standard error'
complete -c jug -n "__fish_jug_using_subcommand log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand pie" -s i -l input -d 'A file to read values from, plain, gzip or zstd; may be given several times' -r -F
complete -c jug -n "__fish_jug_using_subcommand pie" -s f -l from -d 'The format of the input' -r -f -a "auto\t'Find the format from the first lines'
columns\t'Read words separated by blanks, by number as in awk'
combined\t'Read access logs in the combined format of Apache and nginx'
common\t'Read access logs in the Common Log Format'
csv\t'Read comma-separated values with a header line'
json\t'Read JSON objects, one a line (NDJSON)'
lines\t'Read lines of any text, with `time` where they begin with an RFC 3339 time'
nginx\t'Read combined access logs followed by the request time, `rt`, in seconds'
tsv\t'Read tab-separated values with a header line'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l label -d 'The column of labels, by name or number' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l value -d 'The column of values, by name or number' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l sort -d 'How slices are ordered' -r -f -a "input\t'As they come'
value\t'The largest first'
label\t'By their names'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l top -d 'Keep the N largest; the others become one' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l min-pct -d 'Slices with a smaller share become one, such as 2 or 2%' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l other -d 'What that one is called' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l title -d 'Above the chart' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l subtitle -d 'Below the title' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l format -d 'What is said of a slice: {label}, {value}, {percent}, {total}' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l digits -d 'Digits of percents after the point' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l labels -d 'Where slices are named' -r -f -a "auto\t'In the slice or beside the pie; in the legend where they are too many'
in\t'In the slice, or only in the legend'
out\t'Beside the pie'
none\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l legend -d 'Where the legend stands' -r -f -a "auto\t'Where one is needed, beside the pie or below it'
right\t'Beside the pie'
bottom\t'Below the pie'
none\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l hole -d 'Leave a hole: its radius as a share of the pie\'s, up to 0.9' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l center -d 'What stands in the hole: {total} and text' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l gap -d 'Degrees between two slices' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l palette -d 'Colours: a palette, or a list such as #0072b2,#e69f00' -r -f -a "okabe-ito\t'Use colours that colour-blind readers tell apart'
bright\t'Use six strong colours, safe for colour-blind readers'
muted\t'Use nine quiet colours, safe for colour-blind readers'
grey\t'Use greys, for print'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l slice-color -d 'The colour of a slice; may be given several times' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l width -d 'The picture\'s width in pixels; alone, the height follows' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l height -d 'The picture\'s height in pixels; alone, the width follows' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l scale -d 'Draw so many pixels for each' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l dpi -d 'Pixels an inch, for lengths in inches, millimetres and points' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l background -d 'The colour under the picture: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l max-pixels -d 'Refuse larger pictures' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l fonts -d 'Where letters are taken from' -r -f -a "auto\t'From the font inside jug, and what it lacks from the system\'s'
embedded\t'From the font inside jug alone: the same picture on every machine'
system\t'From the system\'s fonts by name, and from the one inside jug where there is none'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l cache -d 'Whether pictures drawn before are used again' -r -f -a "on\t'Use what is there, keep what is drawn'
off\t'Neither'
refresh\t'Draw anew, and keep it'
only\t'Draw nothing: exit status 1 if it is not there'"
complete -c jug -n "__fish_jug_using_subcommand pie" -s t -l to -d 'Write this format [default: png; on a terminal the picture]' -r -f -a "png\t'Write pixels'
svg\t'Write shapes'
bars\t'Write bars of text'
terminal\t'Show the picture on the terminal'"
complete -c jug -n "__fish_jug_using_subcommand pie" -s o -l output -d 'Write to a file, whole or not at all; its ending picks the format' -r -F
complete -c jug -n "__fish_jug_using_subcommand pie" -l color -d 'Colour results and messages' -r -f -a "auto\t'On a terminal'
always\t'Everywhere'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l progress -d 'Show a progress bar on a terminal' -r -f -a "auto\t'On a terminal'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l tally -d 'Count how often each label is there'
complete -c jug -n "__fish_jug_using_subcommand pie" -l if-changed -d 'Leave the output file untouched if it would not change'
complete -c jug -n "__fish_jug_using_subcommand pie" -s v -l verbose -d 'Say more on standard error'
complete -c jug -n "__fish_jug_using_subcommand pie" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand render" -l files0-from -d 'Read the names of more files from a file, each ended by NUL' -r -F
complete -c jug -n "__fish_jug_using_subcommand render" -l resources -d 'Read files that an SVG names, if they are in this directory' -r -f -a "(__fish_complete_directories)"
complete -c jug -n "__fish_jug_using_subcommand render" -l width -d 'The picture\'s width in pixels; alone, the height follows' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l height -d 'The picture\'s height in pixels; alone, the width follows' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l scale -d 'Draw so many pixels for each' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l dpi -d 'Pixels an inch, for lengths in inches, millimetres and points' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l background -d 'The colour under the picture: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l max-pixels -d 'Refuse larger pictures' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l fonts -d 'Where letters are taken from' -r -f -a "auto\t'From the font inside jug, and what it lacks from the system\'s'
embedded\t'From the font inside jug alone: the same picture on every machine'
system\t'From the system\'s fonts by name, and from the one inside jug where there is none'"
complete -c jug -n "__fish_jug_using_subcommand render" -l cache -d 'Whether pictures drawn before are used again' -r -f -a "on\t'Use what is there, keep what is drawn'
off\t'Neither'
refresh\t'Draw anew, and keep it'
only\t'Draw nothing: exit status 1 if it is not there'"
complete -c jug -n "__fish_jug_using_subcommand render" -s o -l output -d 'Write to a file, whole or not at all' -r -F
complete -c jug -n "__fish_jug_using_subcommand render" -l dir -d 'Write a file for each input into a directory, with the ending png' -r -f -a "(__fish_complete_directories)"
complete -c jug -n "__fish_jug_using_subcommand render" -s j -l threads -d 'How many threads draw [default: one for each core]' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l color -d 'Colour results and messages' -r -f -a "auto\t'On a terminal'
always\t'Everywhere'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand render" -l progress -d 'Show a progress bar on a terminal' -r -f -a "auto\t'On a terminal'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand render" -l if-changed -d 'Leave files untouched that would not change'
complete -c jug -n "__fish_jug_using_subcommand render" -s v -l verbose -d 'Say more on standard error'
complete -c jug -n "__fish_jug_using_subcommand render" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand cache" -l max -d 'With prune: remove what was used longest ago until so much is left [default: JUG_CACHE_MAX]' -r
complete -c jug -n "__fish_jug_using_subcommand cache" -l unused-for -d 'With prune: remove what was not used for so long' -r
complete -c jug -n "__fish_jug_using_subcommand cache" -s t -l to -d 'Write this format [default: table on a terminal, else tsv]' -r -f -a "table\t'Align columns for people'
csv\t'Write comma-separated values with a header line'
json\t'Write one JSON array with an object a row'
ndjson\t'Write a JSON object a line'
tsv\t'Write tab-separated values with a header line'"
complete -c jug -n "__fish_jug_using_subcommand cache" -s o -l output -d 'Write to a file, whole or not at all; its ending picks the format' -r -F
complete -c jug -n "__fish_jug_using_subcommand cache" -l header -d 'Write the names of the columns: always, never, or when there are rows' -r -f -a "auto\t'When there are rows'
always\t'Also without rows'
never\t'Not at all'"
complete -c jug -n "__fish_jug_using_subcommand cache" -l color -d 'Colour results and messages' -r -f -a "auto\t'On a terminal'
always\t'Everywhere'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand cache" -l progress -d 'Show a progress bar on a terminal' -r -f -a "auto\t'On a terminal'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand cache" -l ndjson -d 'Write NDJSON; short for --to ndjson'
complete -c jug -n "__fish_jug_using_subcommand cache" -l if-changed -d 'Leave the output file untouched if it would not change'
complete -c jug -n "__fish_jug_using_subcommand cache" -s v -l verbose -d 'Say more on standard error'
complete -c jug -n "__fish_jug_using_subcommand cache" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand completions" -l color -d 'Colour results and messages' -r -f -a "auto\t'On a terminal'
always\t'Everywhere'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand completions" -l progress -d 'Show a progress bar on a terminal' -r -f -a "auto\t'On a terminal'
never\t'Nowhere'"
complete -c jug -n "__fish_jug_using_subcommand completions" -s v -l verbose -d 'Say more on standard error'
complete -c jug -n "__fish_jug_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand log" -a "avg count max median min p50 p90 p95 p99 p99.9 sum uniq head let select sort tail top where"
