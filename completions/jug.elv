
use builtin;
use str;

set edit:completion:arg-completer[jug] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'jug'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'jug'= {
            cand --color 'Colour results and messages'
            cand --progress 'Show a progress bar on a terminal'
            cand -v 'Say more on standard error'
            cand --verbose 'Say more on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand log 'Query logs: filter, count and aggregate lines on every core'
            cand pie 'Draw a pie chart'
            cand render 'Draw SVGs as PNGs'
            cand cache 'Look after the cache of pictures'
            cand completions 'Print the completion script of a shell'
        }
        &'jug;log'= {
            cand --files0-from 'Read the names of more files from a file, each ended by NUL'
            cand -f 'The format of the input'
            cand --from 'The format of the input'
            cand --tz 'The time zone of times that name none, of days, and of times in tables [default: the system''s]'
            cand --max-line 'A longer line is bad'
            cand --max-bad 'So many bad lines are no fault, or such a share of the lines'
            cand -t 'Write this format [default: table on a terminal, else tsv]'
            cand --to 'Write this format [default: table on a terminal, else tsv]'
            cand -o 'Write to a file, whole or not at all; its ending picks the format'
            cand --output 'Write to a file, whole or not at all; its ending picks the format'
            cand --header 'Write the names of the columns: always, never, or when there are rows'
            cand -n 'Give at most so many rows'
            cand --limit 'Give at most so many rows'
            cand -j 'How many threads work [default: one for each core]'
            cand --threads 'How many threads work [default: one for each core]'
            cand --engine 'How plain files are read'
            cand --color 'Colour results and messages'
            cand --progress 'Show a progress bar on a terminal'
            cand --infer 'Take CSV, TSV and column cells that look like numbers for numbers'
            cand --strict 'Look at every line whole, needed or not'
            cand --describe 'Show the format of each file, its fields, their types and samples'
            cand --ndjson 'Write NDJSON; short for --to ndjson'
            cand --if-changed 'Leave the output file untouched if it would not change'
            cand -q 'Print nothing; exit status 0 if anything was found, 1 if not'
            cand --quiet 'Print nothing; exit status 0 if anything was found, 1 if not'
            cand --explain 'Show what the query does, and do nothing'
            cand --stats 'Say at the end how much was read, how fast'
            cand -v 'Say more on standard error'
            cand --verbose 'Say more on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'jug;pie'= {
            cand -i 'A file to read values from, plain, gzip or zstd; may be given several times'
            cand --input 'A file to read values from, plain, gzip or zstd; may be given several times'
            cand -f 'The format of the input'
            cand --from 'The format of the input'
            cand --label 'The column of labels, by name or number'
            cand --value 'The column of values, by name or number'
            cand --sort 'How slices are ordered'
            cand --top 'Keep the N largest; the others become one'
            cand --min-pct 'Slices with a smaller share become one, such as 2 or 2%'
            cand --other 'What that one is called'
            cand --title 'Above the chart'
            cand --subtitle 'Below the title'
            cand --format 'What is said of a slice: {label}, {value}, {percent}, {total}'
            cand --digits 'Digits of percents after the point'
            cand --labels 'Where slices are named'
            cand --legend 'Where the legend stands'
            cand --hole 'Leave a hole: its radius as a share of the pie''s, up to 0.9'
            cand --center 'What stands in the hole: {total} and text'
            cand --gap 'Degrees between two slices'
            cand --palette 'Colours: a palette, or a list such as #0072b2,#e69f00'
            cand --slice-color 'The colour of a slice; may be given several times'
            cand --width 'The picture''s width in pixels; alone, the height follows'
            cand --height 'The picture''s height in pixels; alone, the width follows'
            cand --scale 'Draw so many pixels for each'
            cand --dpi 'Pixels an inch, for lengths in inches, millimetres and points'
            cand --background 'The colour under the picture: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]'
            cand --max-pixels 'Refuse larger pictures'
            cand --fonts 'Where letters are taken from'
            cand --cache 'Whether pictures drawn before are used again'
            cand -t 'Write this format [default: png; on a terminal the picture]'
            cand --to 'Write this format [default: png; on a terminal the picture]'
            cand -o 'Write to a file, whole or not at all; its ending picks the format'
            cand --output 'Write to a file, whole or not at all; its ending picks the format'
            cand --color 'Colour results and messages'
            cand --progress 'Show a progress bar on a terminal'
            cand --tally 'Count how often each label is there'
            cand --if-changed 'Leave the output file untouched if it would not change'
            cand -v 'Say more on standard error'
            cand --verbose 'Say more on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'jug;render'= {
            cand --files0-from 'Read the names of more files from a file, each ended by NUL'
            cand --resources 'Read files that an SVG names, if they are in this directory'
            cand --width 'The picture''s width in pixels; alone, the height follows'
            cand --height 'The picture''s height in pixels; alone, the width follows'
            cand --scale 'Draw so many pixels for each'
            cand --dpi 'Pixels an inch, for lengths in inches, millimetres and points'
            cand --background 'The colour under the picture: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]'
            cand --max-pixels 'Refuse larger pictures'
            cand --fonts 'Where letters are taken from'
            cand --cache 'Whether pictures drawn before are used again'
            cand -o 'Write to a file, whole or not at all'
            cand --output 'Write to a file, whole or not at all'
            cand --dir 'Write a file for each input into a directory, with the ending png'
            cand -j 'How many threads draw [default: one for each core]'
            cand --threads 'How many threads draw [default: one for each core]'
            cand --color 'Colour results and messages'
            cand --progress 'Show a progress bar on a terminal'
            cand --if-changed 'Leave files untouched that would not change'
            cand -v 'Say more on standard error'
            cand --verbose 'Say more on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'jug;cache'= {
            cand --max 'With prune: remove what was used longest ago until so much is left [default: JUG_CACHE_MAX]'
            cand --unused-for 'With prune: remove what was not used for so long'
            cand -t 'Write this format [default: table on a terminal, else tsv]'
            cand --to 'Write this format [default: table on a terminal, else tsv]'
            cand -o 'Write to a file, whole or not at all; its ending picks the format'
            cand --output 'Write to a file, whole or not at all; its ending picks the format'
            cand --header 'Write the names of the columns: always, never, or when there are rows'
            cand --color 'Colour results and messages'
            cand --progress 'Show a progress bar on a terminal'
            cand --ndjson 'Write NDJSON; short for --to ndjson'
            cand --if-changed 'Leave the output file untouched if it would not change'
            cand -v 'Say more on standard error'
            cand --verbose 'Say more on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'jug;completions'= {
            cand --color 'Colour results and messages'
            cand --progress 'Show a progress bar on a terminal'
            cand -v 'Say more on standard error'
            cand --verbose 'Say more on standard error'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
