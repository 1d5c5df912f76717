
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
