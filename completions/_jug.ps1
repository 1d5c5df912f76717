
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'jug' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'jug'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'jug' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour results and messages')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Show a progress bar on a terminal')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Query logs: filter, count and aggregate lines on every core')
            [CompletionResult]::new('pie', 'pie', [CompletionResultType]::ParameterValue, 'Draw a pie chart')
            [CompletionResult]::new('render', 'render', [CompletionResultType]::ParameterValue, 'Draw SVGs as PNGs')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'Look after the cache of pictures')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            break
        }
        'jug;log' {
            [CompletionResult]::new('--files0-from', '--files0-from', [CompletionResultType]::ParameterName, 'Read the names of more files from a file, each ended by NUL')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The format of the input')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The format of the input')
            [CompletionResult]::new('--tz', '--tz', [CompletionResultType]::ParameterName, 'The time zone of times that name none, of days, and of times in tables [default: the system''s]')
            [CompletionResult]::new('--max-line', '--max-line', [CompletionResultType]::ParameterName, 'A longer line is bad')
            [CompletionResult]::new('--max-bad', '--max-bad', [CompletionResultType]::ParameterName, 'So many bad lines are no fault, or such a share of the lines')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Write this format [default: table on a terminal, else tsv]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Write this format [default: table on a terminal, else tsv]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to a file, whole or not at all; its ending picks the format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to a file, whole or not at all; its ending picks the format')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Write the names of the columns: always, never, or when there are rows')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Give at most so many rows')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Give at most so many rows')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many threads work [default: one for each core]')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'How many threads work [default: one for each core]')
            [CompletionResult]::new('--engine', '--engine', [CompletionResultType]::ParameterName, 'How plain files are read')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour results and messages')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Show a progress bar on a terminal')
            [CompletionResult]::new('--infer', '--infer', [CompletionResultType]::ParameterName, 'Take CSV, TSV and column cells that look like numbers for numbers')
            [CompletionResult]::new('--strict', '--strict', [CompletionResultType]::ParameterName, 'Look at every line whole, needed or not')
            [CompletionResult]::new('--describe', '--describe', [CompletionResultType]::ParameterName, 'Show the format of each file, its fields, their types and samples')
            [CompletionResult]::new('--ndjson', '--ndjson', [CompletionResultType]::ParameterName, 'Write NDJSON; short for --to ndjson')
            [CompletionResult]::new('--if-changed', '--if-changed', [CompletionResultType]::ParameterName, 'Leave the output file untouched if it would not change')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing; exit status 0 if anything was found, 1 if not')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing; exit status 0 if anything was found, 1 if not')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show what the query does, and do nothing')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Say at the end how much was read, how fast')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'jug;pie' {
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'A file to read values from, plain, gzip or zstd; may be given several times')
            [CompletionResult]::new('--input', '--input', [CompletionResultType]::ParameterName, 'A file to read values from, plain, gzip or zstd; may be given several times')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The format of the input')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The format of the input')
            [CompletionResult]::new('--label', '--label', [CompletionResultType]::ParameterName, 'The column of labels, by name or number')
            [CompletionResult]::new('--value', '--value', [CompletionResultType]::ParameterName, 'The column of values, by name or number')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'How slices are ordered')
            [CompletionResult]::new('--top', '--top', [CompletionResultType]::ParameterName, 'Keep the N largest; the others become one')
            [CompletionResult]::new('--min-pct', '--min-pct', [CompletionResultType]::ParameterName, 'Slices with a smaller share become one, such as 2 or 2%')
            [CompletionResult]::new('--other', '--other', [CompletionResultType]::ParameterName, 'What that one is called')
            [CompletionResult]::new('--title', '--title', [CompletionResultType]::ParameterName, 'Above the chart')
            [CompletionResult]::new('--subtitle', '--subtitle', [CompletionResultType]::ParameterName, 'Below the title')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What is said of a slice: {label}, {value}, {percent}, {total}')
            [CompletionResult]::new('--digits', '--digits', [CompletionResultType]::ParameterName, 'Digits of percents after the point')
            [CompletionResult]::new('--labels', '--labels', [CompletionResultType]::ParameterName, 'Where slices are named')
            [CompletionResult]::new('--legend', '--legend', [CompletionResultType]::ParameterName, 'Where the legend stands')
            [CompletionResult]::new('--hole', '--hole', [CompletionResultType]::ParameterName, 'Leave a hole: its radius as a share of the pie''s, up to 0.9')
            [CompletionResult]::new('--center', '--center', [CompletionResultType]::ParameterName, 'What stands in the hole: {total} and text')
            [CompletionResult]::new('--gap', '--gap', [CompletionResultType]::ParameterName, 'Degrees between two slices')
            [CompletionResult]::new('--palette', '--palette', [CompletionResultType]::ParameterName, 'Colours: a palette, or a list such as #0072b2,#e69f00')
            [CompletionResult]::new('--slice-color', '--slice-color', [CompletionResultType]::ParameterName, 'The colour of a slice; may be given several times')
            [CompletionResult]::new('--width', '--width', [CompletionResultType]::ParameterName, 'The picture''s width in pixels; alone, the height follows')
            [CompletionResult]::new('--height', '--height', [CompletionResultType]::ParameterName, 'The picture''s height in pixels; alone, the width follows')
            [CompletionResult]::new('--scale', '--scale', [CompletionResultType]::ParameterName, 'Draw so many pixels for each')
            [CompletionResult]::new('--dpi', '--dpi', [CompletionResultType]::ParameterName, 'Pixels an inch, for lengths in inches, millimetres and points')
            [CompletionResult]::new('--background', '--background', [CompletionResultType]::ParameterName, 'The colour under the picture: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]')
            [CompletionResult]::new('--max-pixels', '--max-pixels', [CompletionResultType]::ParameterName, 'Refuse larger pictures')
            [CompletionResult]::new('--fonts', '--fonts', [CompletionResultType]::ParameterName, 'Where letters are taken from')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Whether pictures drawn before are used again')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Write this format [default: png; on a terminal the picture]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Write this format [default: png; on a terminal the picture]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to a file, whole or not at all; its ending picks the format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to a file, whole or not at all; its ending picks the format')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour results and messages')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Show a progress bar on a terminal')
            [CompletionResult]::new('--tally', '--tally', [CompletionResultType]::ParameterName, 'Count how often each label is there')
            [CompletionResult]::new('--if-changed', '--if-changed', [CompletionResultType]::ParameterName, 'Leave the output file untouched if it would not change')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'jug;render' {
            [CompletionResult]::new('--files0-from', '--files0-from', [CompletionResultType]::ParameterName, 'Read the names of more files from a file, each ended by NUL')
            [CompletionResult]::new('--resources', '--resources', [CompletionResultType]::ParameterName, 'Read files that an SVG names, if they are in this directory')
            [CompletionResult]::new('--width', '--width', [CompletionResultType]::ParameterName, 'The picture''s width in pixels; alone, the height follows')
            [CompletionResult]::new('--height', '--height', [CompletionResultType]::ParameterName, 'The picture''s height in pixels; alone, the width follows')
            [CompletionResult]::new('--scale', '--scale', [CompletionResultType]::ParameterName, 'Draw so many pixels for each')
            [CompletionResult]::new('--dpi', '--dpi', [CompletionResultType]::ParameterName, 'Pixels an inch, for lengths in inches, millimetres and points')
            [CompletionResult]::new('--background', '--background', [CompletionResultType]::ParameterName, 'The colour under the picture: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]')
            [CompletionResult]::new('--max-pixels', '--max-pixels', [CompletionResultType]::ParameterName, 'Refuse larger pictures')
            [CompletionResult]::new('--fonts', '--fonts', [CompletionResultType]::ParameterName, 'Where letters are taken from')
            [CompletionResult]::new('--cache', '--cache', [CompletionResultType]::ParameterName, 'Whether pictures drawn before are used again')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to a file, whole or not at all')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to a file, whole or not at all')
            [CompletionResult]::new('--dir', '--dir', [CompletionResultType]::ParameterName, 'Write a file for each input into a directory, with the ending png')
            [CompletionResult]::new('-j', '-j', [CompletionResultType]::ParameterName, 'How many threads draw [default: one for each core]')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'How many threads draw [default: one for each core]')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour results and messages')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Show a progress bar on a terminal')
            [CompletionResult]::new('--if-changed', '--if-changed', [CompletionResultType]::ParameterName, 'Leave files untouched that would not change')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'jug;cache' {
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'With prune: remove what was used longest ago until so much is left [default: JUG_CACHE_MAX]')
            [CompletionResult]::new('--unused-for', '--unused-for', [CompletionResultType]::ParameterName, 'With prune: remove what was not used for so long')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Write this format [default: table on a terminal, else tsv]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'Write this format [default: table on a terminal, else tsv]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write to a file, whole or not at all; its ending picks the format')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write to a file, whole or not at all; its ending picks the format')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Write the names of the columns: always, never, or when there are rows')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour results and messages')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Show a progress bar on a terminal')
            [CompletionResult]::new('--ndjson', '--ndjson', [CompletionResultType]::ParameterName, 'Write NDJSON; short for --to ndjson')
            [CompletionResult]::new('--if-changed', '--if-changed', [CompletionResultType]::ParameterName, 'Leave the output file untouched if it would not change')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'jug;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Colour results and messages')
            [CompletionResult]::new('--progress', '--progress', [CompletionResultType]::ParameterName, 'Show a progress bar on a terminal')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
