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

complete -c jug -n "__fish_jug_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_needs_command" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_needs_command" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_needs_command" -s V -l version -d 'Print version'
complete -c jug -n "__fish_jug_needs_command" -f -a "log" -d 'Query logs: filter, count and aggregate lines on every core'
complete -c jug -n "__fish_jug_needs_command" -f -a "merge" -d 'Combine partial results of jug log from other runs and machines'
complete -c jug -n "__fish_jug_needs_command" -f -a "walk" -d 'List everything under the given directories as text, records, a tree or totals'
complete -c jug -n "__fish_jug_needs_command" -f -a "pie" -d 'Draw a pie chart'
complete -c jug -n "__fish_jug_needs_command" -f -a "render" -d 'Convert SVG to PNG'
complete -c jug -n "__fish_jug_needs_command" -f -a "watch" -d 'Report every change below some paths, or run a command on change'
complete -c jug -n "__fish_jug_needs_command" -f -a "follow" -d 'Print what is appended to files, across rotation and restarts'
complete -c jug -n "__fish_jug_needs_command" -f -a "pipe" -d 'Run bytes, lines and records through a chain of stages'
complete -c jug -n "__fish_jug_needs_command" -f -a "cache" -d 'Manage the image cache'
complete -c jug -n "__fish_jug_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c jug -n "__fish_jug_using_subcommand log" -l files0-from -d 'Read NUL-terminated file names from FILE' -r -F
complete -c jug -n "__fish_jug_using_subcommand log" -s f -l from -d 'Format of the input' -r -f -a "auto\t'Detect the format from the first lines'
apache-error\t'Read error logs of Apache'
app\t'Read lines that begin with a time, such as those of applications; the layout is learnt from the first ten'
columns\t'Read fields separated by blanks, named $1, $2 … as in awk'
combined\t'Read access logs in the combined format of Apache and nginx'
common\t'Read access logs in the Common Log Format'
cri\t'Read logs of containers as Kubernetes has them: lines \'TIME stdout F MESSAGE\''
csv\t'Read comma-separated values with a header line'
docker\t'Read logs of containers as Docker writes them: JSON objects with log, stream and time'
journald\t'Read systemd\'s journal as \'journalctl -o json\' prints it'
json\t'Read JSON objects, one per line (NDJSON)'
lines\t'Read any text; an RFC 3339 time at the start of a line is its time'
logfmt\t'Read pairs KEY=VALUE separated by blanks, values with blanks in quotes'
ltsv\t'Read LTSV: cells LABEL:VALUE separated by tabs'
nginx\t'Read combined access logs followed by the request time (rt) in seconds'
nginx-error\t'Read error logs of nginx'
syslog\t'Read lines of syslog: RFC 3164 and RFC 5424, with or without a priority, and with times of RFC 3339'
tsv\t'Read tab-separated values with a header line'
vhost_combined\t'Read combined access logs with the virtual host (vhost) in front'
w3c\t'Read extended logs of the W3C, as of IIS, whose lines #Fields: name the columns'"
complete -c jug -n "__fish_jug_using_subcommand log" -l record-start -d 'Begin a record at lines with a time, or at lines that match a regex; other lines belong to the record before. One thread puts lines together' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l range -d 'Read only the lines that begin in these bytes of each file: 0:1G, 1G:2G, 2G:' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l tz -d 'Time zone for times without one, for day boundaries and for times in tables [default: the system\'s]' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l year -d 'Use this year for times without one, instead of the latest that is not after tomorrow' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l since -d 'Keep lines from TIME on: 2026-01-31, 2026-01-31T10:00:00, 2h (ago), yesterday, @SECONDS' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l until -d 'Keep lines before TIME' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l last -d 'Keep the last DURATION before the newest line of the files, which are read twice' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l time -d 'Use this field as the time of lines' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l time-format -d 'Read the time of lines by this format, as of strptime(3): \'%d.%m.%Y %H:%M:%S\'' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l max-line -d 'Treat lines longer than SIZE as bad' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l max-bad -d 'Tolerate up to N bad lines, or this percentage of all lines; also N lines that a range of times leaves out for lack of one' -r
complete -c jug -n "__fish_jug_using_subcommand log" -s t -l to -d 'Output format [default: table on a terminal, otherwise tsv]' -r -f -a "table\t'Write an aligned table'
bars\t'Write a table with bars of its first aggregate'
csv\t'Write comma-separated values with a header line'
json\t'Write a JSON array with one object per row'
md\t'Write a Markdown table'
ndjson\t'Write one JSON object per line'
tsv\t'Write tab-separated values with a header line'"
complete -c jug -n "__fish_jug_using_subcommand log" -s o -l output -d 'Write to FILE atomically; the extension selects the format' -r -F
complete -c jug -n "__fish_jug_using_subcommand log" -l header -d 'When to write a header with the names of the columns' -r -f -a "auto\t'If there is at least one row'
always\t'Even if there are no rows'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand log" -s n -l limit -d 'Output at most N rows' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l label -d 'Give all lines a field of this name and value; jug merge shows it and checks that none is missing' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l state -d 'Read what is new since the last run, over rotation, and keep in STATE where reading stopped' -r -F
complete -c jug -n "__fish_jug_using_subcommand log" -l keep -d 'With --state: keep the time buckets of the last DURATION, and print all of them in each run' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l append -d 'With --state: write at the end of FILE; each result comes exactly once, even after a crash' -r -F
complete -c jug -n "__fish_jug_using_subcommand log" -s j -l threads -d 'Number of worker threads [default: one per core]' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l mem -d 'Write groups to temporary files beyond SIZE of memory [default: a quarter of what there is]' -r
complete -c jug -n "__fish_jug_using_subcommand log" -l engine -d 'How to read uncompressed files' -r -f -a "auto\t'Memory-map where that is safe, otherwise read'
mmap\t'Memory-map for aggregates; lines and rows are always read'
read\t'Read into buffers'"
complete -c jug -n "__fish_jug_using_subcommand log" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand log" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand log" -l infer -d 'Write text that looks like a number as a number'
complete -c jug -n "__fish_jug_using_subcommand log" -l no-header -d 'Read the first line of CSV and TSV as a record; columns are f1, f2 and so on, or $1, $2'
complete -c jug -n "__fish_jug_using_subcommand log" -l csv-multiline -d 'Read CSV with newlines in quoted cells; one thread puts lines together'
complete -c jug -n "__fish_jug_using_subcommand log" -s i -l ignore-case -d 'Ignore case in text and regex filters, as /…/i does in one'
complete -c jug -n "__fish_jug_using_subcommand log" -l strict -d 'Check every field of every line, even unused ones'
complete -c jug -n "__fish_jug_using_subcommand log" -l describe -d 'Print the format, fields, types and samples of each file'
complete -c jug -n "__fish_jug_using_subcommand log" -l summary -d 'Print what is in the files on one screen: time range, lines, main groups, slowest requests, errors'
complete -c jug -n "__fish_jug_using_subcommand log" -l ndjson -d 'Write NDJSON; short for --to ndjson'
complete -c jug -n "__fish_jug_using_subcommand log" -l if-changed -d 'Leave FILE untouched if its contents would not change'
complete -c jug -n "__fish_jug_using_subcommand log" -l no-filename -d 'Do not put the name of the file in front of lines of several files'
complete -c jug -n "__fish_jug_using_subcommand log" -s 0 -l null -d 'End lines with NUL instead of a newline'
complete -c jug -n "__fish_jug_using_subcommand log" -l partial -d 'Write the unfinished result, as lines for jug merge'
complete -c jug -n "__fish_jug_using_subcommand log" -l no-wait -d 'With --state: exit with status 2 if another run is using the state, instead of waiting for it'
complete -c jug -n "__fish_jug_using_subcommand log" -s q -l quiet -d 'Print nothing and stop at the first result; exit status 0 if there is one, otherwise 1'
complete -c jug -n "__fish_jug_using_subcommand log" -l explain -d 'Print the query plan and exit'
complete -c jug -n "__fish_jug_using_subcommand log" -l stats -d 'Print how much was read, and how fast, on standard error'
complete -c jug -n "__fish_jug_using_subcommand log" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand merge" -l files0-from -d 'Read NUL-terminated file names from FILE' -r -F
complete -c jug -n "__fish_jug_using_subcommand merge" -l by -d 'Keep only these keys, or longer time buckets: --by 1d,status' -r
complete -c jug -n "__fish_jug_using_subcommand merge" -l since -d 'Keep time buckets from TIME on: 2026-01-31, 2026-01-31T10:00:00, yesterday' -r
complete -c jug -n "__fish_jug_using_subcommand merge" -l until -d 'Keep time buckets before TIME' -r
complete -c jug -n "__fish_jug_using_subcommand merge" -l tz -d 'Time zone for times without one, for day boundaries and for times in tables [default: the system\'s]' -r
complete -c jug -n "__fish_jug_using_subcommand merge" -l max-bad -d 'Tolerate up to N bad lines, or this percentage of all lines' -r
complete -c jug -n "__fish_jug_using_subcommand merge" -s t -l to -d 'Output format [default: table on a terminal, otherwise tsv]' -r -f -a "table\t'Write an aligned table'
bars\t'Write a table with bars of its first aggregate'
csv\t'Write comma-separated values with a header line'
json\t'Write a JSON array with one object per row'
md\t'Write a Markdown table'
ndjson\t'Write one JSON object per line'
tsv\t'Write tab-separated values with a header line'"
complete -c jug -n "__fish_jug_using_subcommand merge" -s o -l output -d 'Write to FILE atomically; the extension selects the format' -r -F
complete -c jug -n "__fish_jug_using_subcommand merge" -l header -d 'When to write a header with the names of the columns' -r -f -a "auto\t'If there is at least one row'
always\t'Even if there are no rows'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand merge" -s n -l limit -d 'Output at most N rows' -r
complete -c jug -n "__fish_jug_using_subcommand merge" -l mem -d 'Write groups to temporary files beyond SIZE of memory [default: a quarter of what there is]' -r
complete -c jug -n "__fish_jug_using_subcommand merge" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand merge" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand merge" -l partial -d 'Write a partial result again'
complete -c jug -n "__fish_jug_using_subcommand merge" -l list -d 'Show what is in the files instead of merging it'
complete -c jug -n "__fish_jug_using_subcommand merge" -l ndjson -d 'Write NDJSON; short for --to ndjson'
complete -c jug -n "__fish_jug_using_subcommand merge" -l if-changed -d 'Leave FILE untouched if its contents would not change'
complete -c jug -n "__fish_jug_using_subcommand merge" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand merge" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand walk" -l files0-from -d 'Read more paths from FILE, each terminated by NUL' -r -F
complete -c jug -n "__fish_jug_using_subcommand walk" -l depth -d 'Descend at most N levels below each PATH' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l skip-fs -d 'Skip file systems of these kinds, such as proc,sysfs,nfs' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l order -d 'Order of the entries, or of the rows of --sum' -r -f -a "dir\t'By name within each directory, byte by byte; a directory comes before its entries'
path\t'By whole path, byte by byte, as LC_ALL=C sort -z does'
none\t'As found, which is fastest'
size\t'By size, the smallest first'
-size\t'By size, the largest first'
allocated\t'By space on disk'
-allocated\t'By space on disk, the largest first'
mtime\t'By time of modification, the oldest first'
-mtime\t'By time of modification, the newest first'"
complete -c jug -n "__fish_jug_using_subcommand walk" -l name -d 'Match entries with this name' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l iname -d 'Like --name, but ignore the case of A to Z' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l path -d 'Match entries with this path, as printed or relative to PATH' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l regex -d 'Match entries whose path contains a match of this regular expression' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l ext -d 'Match entries with these extensions, ignoring case; \'\' for none' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l type -d 'Match entries of these types, or of their letters as in find; x for files that you may execute' -r -f -a "file\t''
dir\t''
symlink\t''
fifo\t''
socket\t''
block\t''
char\t''
executable\t''"
complete -c jug -n "__fish_jug_using_subcommand walk" -l size -d 'Match entries with this size, such as \'>10M\'' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l age -d 'Match by time since the last modification, such as \'>7d\'; times in the future have a negative age' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l mtime -d 'Match by time of modification, such as \'>=2026-01-31\', \'<yesterday\' or \'>2h\' (later than two hours ago)' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l ctime -d 'Match by time of the last change of attributes' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l atime -d 'Match by time of the last access' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l btime -d 'Match by creation time, if the file system records it' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l newer -d 'Match entries modified later than FILE' -r -F
complete -c jug -n "__fish_jug_using_subcommand walk" -l owner -d 'Match by owner: a user, a group, or both, by name or ID' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l perm -d 'Match by permissions: 644 exactly, -022 all of these bits, /022 any of them' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l links -d 'Match by number of hard links, such as \'>1\'' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l exclude -d 'Leave out entries with this name, and everything below them' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l prune -d 'List directories with this name, but do not enter them' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l ignore-file -d 'Leave out what FILE ignores, which has the format of .gitignore and applies as if it were in each PATH' -r -F
complete -c jug -n "__fish_jug_using_subcommand walk" -l where -d 'Match entries for which a condition is true, such as \'size > 1M and ext == "log"\'' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l tz -d 'Time zone for times without one, for day boundaries and for times in tables [default: the system\'s]' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l fields -d 'Write rows of these fields; @stat and @all stand for several' -r -f -a "path\t'the path, as find prints it'
name\t'the last part of the path'
dir\t'the path of the parent directory'
ext\t'the part of the name after the last dot, in lower case; may be empty'
depth\t'the number of levels below the root'
root\t'the PATH that the entry was reached from'
rel\t'the path below its root; empty for the root'
type\t'file, dir, symlink, fifo, socket, block or char'
size\t'the size in bytes'
allocated\t'the space allocated on disk, in bytes'
mode\t'permission bits as four octal digits'
nlink\t'the number of hard links'
uid\t'the user ID of the owner'
gid\t'the group ID'
user\t'the name of the owner, or the ID if it has no name'
group\t'the name of the group, or the ID if it has no name'
dev\t'the device number'
ino\t'the inode number'
mtime\t'the time of the last modification'
ctime\t'the time of the last change of attributes'
atime\t'the time of the last access'
btime\t'the time of creation, if the file system records it'
target\t'the text of a symbolic link'
target_type\t'the type of a symbolic link\'s target; \'missing\' if the link is broken'
mime\t'the media type, by the first bytes of the content'
hash\t'the BLAKE3 digest of the content'
sha256\t'the SHA-256 digest of the content'
etag\t'a strong entity tag for HTTP: the BLAKE3 digest in quotes'
etag_weak\t'a weak entity tag for HTTP, of the size and the time of modification'
@stat\t'type, size, allocated, mode, nlink, uid, gid, user, group, dev, ino, mtime, ctime, atime, btime'
@all\t'path, name, dir, ext, depth, root, rel, type, size, allocated, mode, nlink, uid, gid, user, group, dev, ino, mtime, ctime, atime, btime, target, target_type'"
complete -c jug -n "__fish_jug_using_subcommand walk" -l template -d 'Write TEXT for each entry, such as \'{size}\\t{path}\'' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l totals -d 'Add up the number and size of entries by these fields, largest first' -r -f -a "path\t'the path, as find prints it'
name\t'the last part of the path'
dir\t'the path of the parent directory'
ext\t'the part of the name after the last dot, in lower case; may be empty'
depth\t'the number of levels below the root'
root\t'the PATH that the entry was reached from'
rel\t'the path below its root; empty for the root'
type\t'file, dir, symlink, fifo, socket, block or char'
size\t'the size in bytes'
allocated\t'the space allocated on disk, in bytes'
mode\t'permission bits as four octal digits'
nlink\t'the number of hard links'
uid\t'the user ID of the owner'
gid\t'the group ID'
user\t'the name of the owner, or the ID if it has no name'
group\t'the name of the group, or the ID if it has no name'
dev\t'the device number'
ino\t'the inode number'
mtime\t'the time of the last modification'
ctime\t'the time of the last change of attributes'
atime\t'the time of the last access'
btime\t'the time of creation, if the file system records it'
target\t'the text of a symbolic link'
target_type\t'the type of a symbolic link\'s target; \'missing\' if the link is broken'
mime\t'the media type, by the first bytes of the content'
hash\t'the BLAKE3 digest of the content'
sha256\t'the SHA-256 digest of the content'
etag\t'a strong entity tag for HTTP: the BLAKE3 digest in quotes'
etag_weak\t'a weak entity tag for HTTP, of the size and the time of modification'
@stat\t'type, size, allocated, mode, nlink, uid, gid, user, group, dev, ino, mtime, ctime, atime, btime'
@all\t'path, name, dir, ext, depth, root, rel, type, size, allocated, mode, nlink, uid, gid, user, group, dev, ino, mtime, ctime, atime, btime, target, target_type'"
complete -c jug -n "__fish_jug_using_subcommand walk" -l save -d 'Write a snapshot to FILE: all entries with their attributes, to compare with later' -r -F
complete -c jug -n "__fish_jug_using_subcommand walk" -l against -d 'Report what has changed since the snapshot FILE: added, removed, changed and moved entries' -r -F
complete -c jug -n "__fish_jug_using_subcommand walk" -l snapshot -d 'With --against, compare with the snapshot FILE instead of a tree' -r -F
complete -c jug -n "__fish_jug_using_subcommand walk" -l events -d 'Add event records to the NDJSON output' -r -f -a "enter\t'A directory is entered'
leave\t'A directory is left, with the sums of the entries below it'
error\t'Something could not be read'
loop\t'A directory was reached again through a link, and is not entered again'
mount\t'Another file system begins'
summary\t'The walk is over'"
complete -c jug -n "__fish_jug_using_subcommand walk" -s o -l output -d 'Write to FILE atomically; the extension selects the format' -r -F
complete -c jug -n "__fish_jug_using_subcommand walk" -l header -d 'When to write a header with the names of the columns' -r -f -a "auto\t'If there is at least one row'
always\t'Even if there are no rows'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand walk" -l tolerate -d 'Do not report these errors' -r -f -a "eacces\t'No permission'
enoent\t'Not found'
all\t'All errors'"
complete -c jug -n "__fish_jug_using_subcommand walk" -s j -l threads -d 'Number of worker threads [default: one per core]' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l engine -d 'How to read directories' -r -f -a "auto\t'Through descriptors, with the system calls of Linux'
portable\t'By path, with the walkdir library'"
complete -c jug -n "__fish_jug_using_subcommand walk" -s t -l to -d 'Write rows in this format [default for rows: table on a terminal, otherwise tsv]' -r -f -a "table\t'Write an aligned table'
bars\t'Write a table with bars of its first aggregate'
csv\t'Write comma-separated values with a header line'
json\t'Write a JSON array with one object per row'
md\t'Write a Markdown table'
ndjson\t'Write one JSON object per line'
tsv\t'Write tab-separated values with a header line'"
complete -c jug -n "__fish_jug_using_subcommand walk" -s n -l limit -d 'Output at most N entries or rows' -r
complete -c jug -n "__fish_jug_using_subcommand walk" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand walk" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand walk" -s P -d 'Never follow symbolic links (default)'
complete -c jug -n "__fish_jug_using_subcommand walk" -s H -d 'Follow symbolic links that are given as PATH'
complete -c jug -n "__fish_jug_using_subcommand walk" -s L -d 'Follow all symbolic links, and enter each directory only once'
complete -c jug -n "__fish_jug_using_subcommand walk" -s x -l one-file-system -d 'Stay on the file system of each PATH'
complete -c jug -n "__fish_jug_using_subcommand walk" -l no-user -d 'Match by owner: a user that has no name'
complete -c jug -n "__fish_jug_using_subcommand walk" -l empty -d 'Match empty files and directories'
complete -c jug -n "__fish_jug_using_subcommand walk" -l broken -d 'Match broken symbolic links'
complete -c jug -n "__fish_jug_using_subcommand walk" -l gitignore -d 'Leave out .git and everything that the ignore rules of git match'
complete -c jug -n "__fish_jug_using_subcommand walk" -l no-hidden -d 'Leave out names that start with a dot'
complete -c jug -n "__fish_jug_using_subcommand walk" -l no-cache-dirs -d 'Leave out directories that a file CACHEDIR.TAG marks as caches, and everything below them'
complete -c jug -n "__fish_jug_using_subcommand walk" -s 0 -l null -d 'Terminate each path or text with NUL instead of a newline'
complete -c jug -n "__fish_jug_using_subcommand walk" -l tree -d 'Write one JSON object with all entries nested, and totals'
complete -c jug -n "__fish_jug_using_subcommand walk" -l sum -d 'Add up the number, size and space of each directory with everything below it, as du does'
complete -c jug -n "__fish_jug_using_subcommand walk" -l dups -d 'Write rows of the regular files that have equal contents, the largest first'
complete -c jug -n "__fish_jug_using_subcommand walk" -l ndjson -d 'Write NDJSON; short for --to ndjson'
complete -c jug -n "__fish_jug_using_subcommand walk" -l if-changed -d 'Leave FILE untouched if its contents would not change'
complete -c jug -n "__fish_jug_using_subcommand walk" -l explain -d 'Print what would be read of entries, and exit'
complete -c jug -n "__fish_jug_using_subcommand walk" -l stats -d 'Print how much was read, and how fast, on standard error'
complete -c jug -n "__fish_jug_using_subcommand walk" -s q -l quiet -d 'Print nothing and stop at the first result; exit status 0 if there is one, otherwise 1'
complete -c jug -n "__fish_jug_using_subcommand walk" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand walk" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand pie" -s i -l input -d 'Read values from FILE, which may be compressed with gzip or zstd; repeatable' -r -F
complete -c jug -n "__fish_jug_using_subcommand pie" -s f -l from -d 'Format of the input' -r -f -a "auto\t'Detect the format from the first lines'
apache-error\t'Read error logs of Apache'
app\t'Read lines that begin with a time, such as those of applications; the layout is learnt from the first ten'
columns\t'Read fields separated by blanks, named $1, $2 … as in awk'
combined\t'Read access logs in the combined format of Apache and nginx'
common\t'Read access logs in the Common Log Format'
cri\t'Read logs of containers as Kubernetes has them: lines \'TIME stdout F MESSAGE\''
csv\t'Read comma-separated values with a header line'
docker\t'Read logs of containers as Docker writes them: JSON objects with log, stream and time'
journald\t'Read systemd\'s journal as \'journalctl -o json\' prints it'
json\t'Read JSON objects, one per line (NDJSON)'
lines\t'Read any text; an RFC 3339 time at the start of a line is its time'
logfmt\t'Read pairs KEY=VALUE separated by blanks, values with blanks in quotes'
ltsv\t'Read LTSV: cells LABEL:VALUE separated by tabs'
nginx\t'Read combined access logs followed by the request time (rt) in seconds'
nginx-error\t'Read error logs of nginx'
syslog\t'Read lines of syslog: RFC 3164 and RFC 5424, with or without a priority, and with times of RFC 3339'
tsv\t'Read tab-separated values with a header line'
vhost_combined\t'Read combined access logs with the virtual host (vhost) in front'
w3c\t'Read extended logs of the W3C, as of IIS, whose lines #Fields: name the columns'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l label -d 'Column of labels, by name or number; several as in path,status' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l value -d 'Column of values, by name or number' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l sort -d 'Order of the slices' -r -f -a "input\t'Keep the order of the input'
value\t'Put the largest first'
label\t'Sort by label'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l top -d 'Show the N largest slices and combine the others' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l min-pct -d 'Combine slices smaller than PERCENT, such as 2 or 2%' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l other -d 'Label of the combined slice' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l title -d 'Title shown above the chart' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l subtitle -d 'Subtitle shown below the title' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l format -d 'Label template, with {label}, {value}, {percent} and {total}' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l digits -d 'Decimal places in percentages' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l labels -d 'Where to put labels' -r -f -a "auto\t'In the slice or beside the pie; in a legend if there are too many'
in\t'In the slice, or only in the legend'
out\t'Beside the pie'
none\t'No labels'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l legend -d 'Where to put the legend' -r -f -a "auto\t'If one is needed, beside the pie or below it'
right\t'Beside the pie'
bottom\t'Below the pie'
none\t'No legend'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l hole -d 'Draw a ring; the radius of its hole as a fraction of the pie\'s, up to 0.9' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l center -d 'Text in the hole, with {total}' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l gap -d 'Gap between slices, in degrees' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l palette -d 'Slice colours: a palette, or a list such as #0072b2,#e69f00' -r -f -a "okabe-ito\t'Use seven colours, safe for colour-blind readers'
bright\t'Use six strong colours, safe for colour-blind readers'
muted\t'Use nine quiet colours, safe for colour-blind readers'
grey\t'Use greys, for print'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l slice-color -d 'Colour of the slice with this label; repeatable' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l width -d 'Image width in pixels; without --height, the aspect ratio is kept' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l height -d 'Image height in pixels; without --width, the aspect ratio is kept' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l scale -d 'Scale factor' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l dpi -d 'Pixels per inch, for lengths in inches, millimetres and points' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l background -d 'Background colour: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l max-pixels -d 'Reject images with more than N pixels' -r
complete -c jug -n "__fish_jug_using_subcommand pie" -l fonts -d 'Fonts for text' -r -f -a "auto\t'Use the embedded font, and the system\'s fonts for glyphs that it lacks'
embedded\t'Use only the embedded font, for the same image on every machine'
system\t'Use the system\'s fonts that the SVG names, and the embedded font for others'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l cache -d 'How to use the image cache' -r -f -a "on\t'Use cached images and store new ones'
off\t'Do not use the cache'
refresh\t'Draw again and replace the cached image'
only\t'Draw nothing; exit with status 1 if the image is not cached'"
complete -c jug -n "__fish_jug_using_subcommand pie" -s t -l to -d 'Output format [default: png; on a terminal an image there]' -r -f -a "png\t'A PNG image'
svg\t'An SVG image'
bars\t'Bars of text'
terminal\t'An image on the terminal'"
complete -c jug -n "__fish_jug_using_subcommand pie" -s o -l output -d 'Write to FILE atomically; the extension selects the format' -r -F
complete -c jug -n "__fish_jug_using_subcommand pie" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand pie" -l tally -d 'Count how often each label occurs'
complete -c jug -n "__fish_jug_using_subcommand pie" -l if-changed -d 'Leave FILE untouched if its contents would not change'
complete -c jug -n "__fish_jug_using_subcommand pie" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand pie" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand render" -l files0-from -d 'Read NUL-terminated file names from FILE' -r -F
complete -c jug -n "__fish_jug_using_subcommand render" -l resources -d 'Load files that an SVG refers to from DIR' -r -f -a "(__fish_complete_directories)"
complete -c jug -n "__fish_jug_using_subcommand render" -l width -d 'Image width in pixels; without --height, the aspect ratio is kept' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l height -d 'Image height in pixels; without --width, the aspect ratio is kept' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l scale -d 'Scale factor' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l dpi -d 'Pixels per inch, for lengths in inches, millimetres and points' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l background -d 'Background colour: a name, #rgb, #rrggbb or #rrggbbaa [default: transparent]' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l max-pixels -d 'Reject images with more than N pixels' -r
complete -c jug -n "__fish_jug_using_subcommand render" -l fonts -d 'Fonts for text' -r -f -a "auto\t'Use the embedded font, and the system\'s fonts for glyphs that it lacks'
embedded\t'Use only the embedded font, for the same image on every machine'
system\t'Use the system\'s fonts that the SVG names, and the embedded font for others'"
complete -c jug -n "__fish_jug_using_subcommand render" -l cache -d 'How to use the image cache' -r -f -a "on\t'Use cached images and store new ones'
off\t'Do not use the cache'
refresh\t'Draw again and replace the cached image'
only\t'Draw nothing; exit with status 1 if the image is not cached'"
complete -c jug -n "__fish_jug_using_subcommand render" -l dir -d 'Write a PNG for each input into DIR' -r -f -a "(__fish_complete_directories)"
complete -c jug -n "__fish_jug_using_subcommand render" -s j -l threads -d 'Number of worker threads [default: one per core]' -r
complete -c jug -n "__fish_jug_using_subcommand render" -s o -l output -d 'Write to FILE atomically' -r -F
complete -c jug -n "__fish_jug_using_subcommand render" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand render" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand render" -l if-changed -d 'Leave FILE untouched if its contents would not change'
complete -c jug -n "__fish_jug_using_subcommand render" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand render" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand watch" -l on -d 'Report these changes only [default: create,modify,remove,rename]' -r -f -a "create\t'A new entry'
modify\t'Other content'
attrib\t'Other attributes'
remove\t'An entry is gone'
rename\t'An entry has another path'
close\t'A file that was open for writing was closed'
access\t'A file was read'
exists\t'An entry was there at the start'"
complete -c jug -n "__fish_jug_using_subcommand watch" -l settle -d 'Report a path once it was quiet for DURATION' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l depth -d 'Watch at most N levels below each PATH' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l name -d 'Match entries with this name' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l iname -d 'Like --name, but ignore the case of A to Z' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l path -d 'Match entries with this path, as printed or relative to PATH' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l regex -d 'Match entries whose path contains a match of this regular expression' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l ext -d 'Match entries with these extensions, ignoring case; \'\' for none' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l type -d 'Match entries of these types, or of their letters as in find; x for files that you may execute' -r -f -a "file\t''
dir\t''
symlink\t''
fifo\t''
socket\t''
block\t''
char\t''
executable\t''"
complete -c jug -n "__fish_jug_using_subcommand watch" -l size -d 'Match entries with this size, such as \'>10M\'' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l age -d 'Match by time since the last modification, such as \'>7d\'; times in the future have a negative age' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l mtime -d 'Match by time of modification, such as \'>=2026-01-31\', \'<yesterday\' or \'>2h\' (later than two hours ago)' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l ctime -d 'Match by time of the last change of attributes' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l atime -d 'Match by time of the last access' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l btime -d 'Match by creation time, if the file system records it' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l newer -d 'Match entries modified later than FILE' -r -F
complete -c jug -n "__fish_jug_using_subcommand watch" -l owner -d 'Match by owner: a user, a group, or both, by name or ID' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l perm -d 'Match by permissions: 644 exactly, -022 all of these bits, /022 any of them' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l links -d 'Match by number of hard links, such as \'>1\'' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l exclude -d 'Leave out entries with this name, and everything below them' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l prune -d 'List directories with this name, but do not enter them' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l ignore-file -d 'Leave out what FILE ignores, which has the format of .gitignore and applies as if it were in each PATH' -r -F
complete -c jug -n "__fish_jug_using_subcommand watch" -l jobs -d 'With --per-path, run at most N commands at once' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l debounce -d 'Wait until nothing has changed for DURATION; 0 for no wait' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l max-wait -d 'Wait no longer than DURATION while changes go on' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l busy -d 'What to do about changes while the command runs: queue, restart, drop or signal=SIG' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l stop-signal -d 'Signal that asks the command to end' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l kill-after -d 'Kill the command if it has not ended after DURATION' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l cmd-timeout -d 'Stop a command that runs for longer than DURATION' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l max-output -d 'Stop a command that prints more than SIZE' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l exit-on -d 'Exit when the command fails or succeeds, with its exit status' -r -f -a "fail\t'It has failed'
ok\t'It has succeeded'"
complete -c jug -n "__fish_jug_using_subcommand watch" -l wait-for -d 'Exit when every PATH exists, or none does' -r -f -a "exists\t'Every PATH exists'
gone\t'No PATH exists'"
complete -c jug -n "__fish_jug_using_subcommand watch" -l idle -d 'Exit when nothing has changed for DURATION' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l timeout -d 'Exit after DURATION; with status 124 if --wait-for, --once or -n was not met by then' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l pid -d 'Exit when the process with this number ends' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l ready-file -d 'Create FILE once everything is watched' -r -F
complete -c jug -n "__fish_jug_using_subcommand watch" -l engine -d 'How changes are noticed' -r -f -a "auto\t'By inotify; where that does not report everything, by looking'
inotify\t'By inotify, on any file system'
poll\t'By looking from time to time'"
complete -c jug -n "__fish_jug_using_subcommand watch" -l interval -d 'Time between two looks at what the system does not report' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -s n -l limit -d 'Exit after N changes' -r
complete -c jug -n "__fish_jug_using_subcommand watch" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand watch" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand watch" -l initial -d 'Report what is there at the start, too, as \'exists\''
complete -c jug -n "__fish_jug_using_subcommand watch" -l content -d 'Count a change only if the bytes of the file differ from before'
complete -c jug -n "__fish_jug_using_subcommand watch" -l must-exist -d 'Fail if a PATH does not exist'
complete -c jug -n "__fish_jug_using_subcommand watch" -l no-user -d 'Match by owner: a user that has no name'
complete -c jug -n "__fish_jug_using_subcommand watch" -l empty -d 'Match empty files and directories'
complete -c jug -n "__fish_jug_using_subcommand watch" -l broken -d 'Match broken symbolic links'
complete -c jug -n "__fish_jug_using_subcommand watch" -l gitignore -d 'Leave out .git and everything that the ignore rules of git match'
complete -c jug -n "__fish_jug_using_subcommand watch" -l no-hidden -d 'Leave out names that start with a dot'
complete -c jug -n "__fish_jug_using_subcommand watch" -l ndjson -d 'Write NDJSON: changes with all that is known, and what the watcher did'
complete -c jug -n "__fish_jug_using_subcommand watch" -s 0 -l null -d 'Terminate lines with NUL instead of a newline, and escape nothing'
complete -c jug -n "__fish_jug_using_subcommand watch" -l stdin -d 'Hand the paths to the command on its standard input, each terminated by NUL'
complete -c jug -n "__fish_jug_using_subcommand watch" -l per-path -d 'Run the command for each path on its own'
complete -c jug -n "__fish_jug_using_subcommand watch" -l first -d 'Run the command at the start, too'
complete -c jug -n "__fish_jug_using_subcommand watch" -l clear -d 'Clear the terminal before each run'
complete -c jug -n "__fish_jug_using_subcommand watch" -l once -d 'Exit after the first change, or after the first run with its exit status'
complete -c jug -n "__fish_jug_using_subcommand watch" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand follow" -l start -d 'Where to begin in files that are there, and that the state does not know: begin, end, line:-N or state [default: line:-10, or begin with --state or --drain]' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l fixed -d 'Read records of N bytes instead of lines' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l state -d 'Keep where reading stopped in FILE, and go on from there in the next run' -r -F
complete -c jug -n "__fish_jug_using_subcommand follow" -l state-wait -d 'Wait at most DURATION for another run with the same state to end; then exit with status 124' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l append -d 'Write at the end of FILE; with --state, each line comes exactly once, even after a crash' -r -F
complete -c jug -n "__fish_jug_using_subcommand follow" -s n -l limit -d 'Exit after N lines' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l wait-for -d 'Exit after the first line that matches REGEX' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l idle -d 'Exit when no line has come for DURATION' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l timeout -d 'Exit after DURATION; with status 124 if --wait-for or -n was not met by then' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l rotate-grace -d 'Hold a rotated file open until nothing was added to it for DURATION' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l engine -d 'How changes are noticed' -r -f -a "auto\t'By inotify; on file systems where it does not report everything, also by looking'
inotify\t'By inotify alone'
poll\t'By looking from time to time'"
complete -c jug -n "__fish_jug_using_subcommand follow" -l interval -d 'Time between two looks at files whose changes the system does not report' -r
complete -c jug -n "__fish_jug_using_subcommand follow" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand follow" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand follow" -l drain -d 'Read everything that is there, then exit; a last line without a newline is left for the next run'
complete -c jug -n "__fish_jug_using_subcommand follow" -l ndjson -d 'Write NDJSON: lines with their file and offsets, and what happens to the files'
complete -c jug -n "__fish_jug_using_subcommand follow" -l prefix -d 'Write the name of the file before each line'
complete -c jug -n "__fish_jug_using_subcommand follow" -s 0 -l null -d 'End lines and records with NUL'
complete -c jug -n "__fish_jug_using_subcommand follow" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand follow" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -s i -l input -d 'Read FILE, as it is; repeat the option to read several in order [default: standard input]' -r -F
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l file -d 'Read the stages from JOB: one on each line, in words as a shell splits them; # begins a comment' -r -F
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l on-error -d 'What to do with an item or record that a stage cannot process' -r -f -a "fail\t'Abort the run'
skip\t'Leave it out, and report how many were left out'
report\t'Leave it out, and report each'"
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -s o -l output -d 'Write to FILE atomically: it is replaced at the end, unless the chain fails' -r -F
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l append -d 'Write at the end of FILE, which keeps what it has' -r -F
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l exclusive -d 'Write to FILE atomically, and fail if it exists' -r -F
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l high-water -d 'Let SIZE bytes wait between two threads before the first of them pauses' -r
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l max-line -d 'Fail if a line or record that must be kept in memory is longer than SIZE' -r
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l strict -d 'Fail if the input is damaged or truncated, instead of using what can be read of it'
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l list -d 'List all stages'
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l stats -d 'Print how much was read, and how fast, on standard error'
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -l explain -d 'Print what flows between the stages, and which of them share a thread, instead of running them'
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_pipe_in CHAIN VALUE" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand cache" -l max -d 'With prune: remove the least recently used images until SIZE is left [default: JUG_CACHE_MAX]' -r
complete -c jug -n "__fish_jug_using_subcommand cache" -l unused-for -d 'With prune: remove images not used for DURATION' -r
complete -c jug -n "__fish_jug_using_subcommand cache" -s t -l to -d 'Output format [default: table on a terminal, otherwise tsv]' -r -f -a "table\t'Write an aligned table'
bars\t'Write a table with bars of its first aggregate'
csv\t'Write comma-separated values with a header line'
json\t'Write a JSON array with one object per row'
md\t'Write a Markdown table'
ndjson\t'Write one JSON object per line'
tsv\t'Write tab-separated values with a header line'"
complete -c jug -n "__fish_jug_using_subcommand cache" -s o -l output -d 'Write to FILE atomically; the extension selects the format' -r -F
complete -c jug -n "__fish_jug_using_subcommand cache" -l header -d 'When to write a header with the names of the columns' -r -f -a "auto\t'If there is at least one row'
always\t'Even if there are no rows'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand cache" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand cache" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand cache" -l ndjson -d 'Write NDJSON; short for --to ndjson'
complete -c jug -n "__fish_jug_using_subcommand cache" -l if-changed -d 'Leave FILE untouched if its contents would not change'
complete -c jug -n "__fish_jug_using_subcommand cache" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand cache" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand completions" -l progress -d 'When to show a progress bar' -r -f -a "auto\t'On a terminal'
never\t'Never'"
complete -c jug -n "__fish_jug_using_subcommand completions" -s v -l verbose -d 'Print extra messages to standard error'
complete -c jug -n "__fish_jug_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c jug -n "__fish_jug_using_subcommand log" -a "avg count first last list max median min p50 p90 p95 p99 p99.9 rate stddev sum uniq head hist let parse select sort tail top where"

# The stage of jug pipe that the cursor is in: its name, + where a name comes next, CHAIN before the first.
function __fish_jug_pipe_stage
    set -l words (commandline -opc)
    test "$words[2]" = pipe
    or return 1
    set -l stage CHAIN
    set -l is_value 0
    for word in $words[3..]
        if test $is_value = 1
            set is_value 0
        else if test "$word" = +
            set stage +
        else if test $stage = CHAIN
            switch $word
                case -i --input --file --on-error -o --output --append --exclusive --high-water --max-line --color --progress
                    set is_value 1
                case '-*'
                case '*'
                    set stage $word
            end
        else if test $stage = +
            set stage $word
        end
    end
    test $is_value = 1
    and echo VALUE
    or echo $stage
end

function __fish_jug_pipe_in
    set -l stage (__fish_jug_pipe_stage)
    and contains -- $stage $argv
end

complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a base64 -d 'Encode bytes as base64, or decode them'
complete -c jug -n "__fish_jug_pipe_in base64" -s d -l decode -d 'Decode'
complete -c jug -n "__fish_jug_pipe_in base64" -s w -l wrap -d 'Break lines after COLUMNS characters; 0 for one line [default: 76, for items 0]' -r
complete -c jug -n "__fish_jug_pipe_in base64" -s u -l url -d 'Use - and _ instead of + and /'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a bytes -d 'Cut bytes into items of SIZE bytes'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a codes -d 'Write the Unicode code points of the characters of each line'
complete -c jug -n "__fish_jug_pipe_in codes" -s d -l decode -d 'Read code points, such as U+00FC or 0xFF, and write the characters and bytes'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a count -d 'Count lines, items or records'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a cut -d 'Keep some fields, characters or bytes of each line'
complete -c jug -n "__fish_jug_pipe_in cut" -s f -l fields -d 'Keep these fields: numbers from 1, ranges (2-4, 3-, -3), or names from the first line' -r
complete -c jug -n "__fish_jug_pipe_in cut" -s c -l characters -d 'Keep these characters' -r
complete -c jug -n "__fish_jug_pipe_in cut" -s b -l bytes -d 'Keep these bytes' -r
complete -c jug -n "__fish_jug_pipe_in cut" -s d -l delimiter -d 'The byte between fields [default: TAB]' -r
complete -c jug -n "__fish_jug_pipe_in cut" -s o -l output-delimiter -d 'What is written between fields [default: the delimiter; between bytes and characters nothing]' -r
complete -c jug -n "__fish_jug_pipe_in cut" -s s -l only-delimited -d 'Leave out lines without a delimiter, which otherwise are kept whole'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a dedup -d 'Leave out lines, items or records that came before'
complete -c jug -n "__fish_jug_pipe_in dedup" -s w -l window -d 'Compare with the last N different items only, in bounded memory; 1 compares neighbours' -r
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a exec -d 'Run a command, which reads and writes bytes'
complete -c jug -n "__fish_jug_pipe_in exec" -l timeout -d 'Stop the command and fail with status 124 if it takes longer than DURATION' -r
complete -c jug -n "__fish_jug_pipe_in exec" -l max-output -d 'Stop the command and fail if it writes more than SIZE bytes' -r
complete -c jug -n "__fish_jug_pipe_in exec" -l signal -d 'Stop the command with SIGNAL, and a second later with KILL' -r
complete -c jug -n "__fish_jug_pipe_in exec" -l ok-status -d 'Take exit status N for success, too, such as 1 for grep' -r
complete -c jug -n "__fish_jug_pipe_in exec" -l no-input -d 'Begin the chain with a command that has no input'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a from -d 'Read records'
complete -c jug -n "__fish_jug_pipe_in from" -s d -l delimiter -d 'Of csv: the byte between cells; \t for a tab' -r
complete -c jug -n "__fish_jug_pipe_in from" -l no-header -d 'Of csv and tsv: the first line is a record; the fields are called column_1, column_2, …'
complete -c jug -n "__fish_jug_pipe_in from" -l infer -d 'Of csv and tsv: cells that are numbers as JSON writes them become numbers'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a gzip -d 'Compress as gzip'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a hash -d 'Compute a digest of all bytes, or of each item'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a head -d 'Keep the first N lines, items or records'
complete -c jug -n "__fish_jug_pipe_in head" -s n -l lines -d 'Keep the first N lines, items or records; -N for all but the last N' -r
complete -c jug -n "__fish_jug_pipe_in head" -s c -l bytes -d 'Keep the first SIZE bytes; -SIZE for all but the last' -r
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a hex -d 'Encode bytes as hexadecimal digits, or decode them'
complete -c jug -n "__fish_jug_pipe_in hex" -s d -l decode -d 'Decode; blanks and newlines between bytes are skipped'
complete -c jug -n "__fish_jug_pipe_in hex" -s u -l upper -d 'Write A to F in upper case'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a let -d 'Compute a field of each record, and add it or replace it'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a lines -d 'Cut bytes into items at newlines'
complete -c jug -n "__fish_jug_pipe_in lines" -s 0 -l null -d 'Cut at NUL bytes; the items are written as lines'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a lower -d 'Convert letters to lower case'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a match -d 'Keep the lines in which a regular expression matches'
complete -c jug -n "__fish_jug_pipe_in match" -s v -l invert -d 'Keep the lines that do not match'
complete -c jug -n "__fish_jug_pipe_in match" -s i -l ignore-case -d 'Ignore case'
complete -c jug -n "__fish_jug_pipe_in match" -s F -l text -d 'Take REGEX as text, not as a regular expression'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a qs -d 'Read query strings as records, or write records as query strings'
complete -c jug -n "__fish_jug_pipe_in qs" -l plus -d 'What a + in a query string is' -r
complete -c jug -n "__fish_jug_pipe_in qs" -l repeated -d 'What becomes of a key that comes several times' -r
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a records -d 'Cut bytes into items of SIZE bytes, without the NUL bytes at their ends'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a replace -d 'Replace what a regular expression matches in each line'
complete -c jug -n "__fish_jug_pipe_in replace" -s 1 -l first -d 'Replace only the first match of a line'
complete -c jug -n "__fish_jug_pipe_in replace" -s F -l text -d 'Take both as text: no regular expression, and no groups'
complete -c jug -n "__fish_jug_pipe_in replace" -s i -l ignore-case -d 'Ignore case'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a save -d 'Keep a copy in a file, which is replaced only if the whole chain succeeds'
complete -c jug -n "__fish_jug_pipe_in save" -l exclusive -d 'Fail if FILE exists'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a select -d 'Keep some fields of each record, in this order'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a slice -d 'Keep the lines, items, records or bytes of a range'
complete -c jug -n "__fish_jug_pipe_in slice" -s c -l bytes -d 'Count bytes instead of lines, items or records'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a spy -d 'Report on standard error how much passes and how fast'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a sse -d 'Read server-sent events as records'
complete -c jug -n "__fish_jug_pipe_in sse" -l data -d 'Give only the data of each event, as items'
complete -c jug -n "__fish_jug_pipe_in sse" -l heartbeat -d 'Give comments, too, which servers send to keep the connection, as records with the field \'comment\''
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a tail -d 'Keep the last N lines, items or records'
complete -c jug -n "__fish_jug_pipe_in tail" -s n -l lines -d 'Keep the last N lines, items or records; +N for all from the Nth on' -r
complete -c jug -n "__fish_jug_pipe_in tail" -s c -l bytes -d 'Keep the last SIZE bytes; +N for all from the Nth on' -r
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a tally -d 'Count equal lines or items, the most frequent first'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a tee -d 'Copy everything to files as it comes, and pass it on'
complete -c jug -n "__fish_jug_pipe_in tee" -s a -l append -d 'Add to the end of each FILE instead of replacing what it has'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a throttle -d 'Limit how much passes in a second, or thin out to one item per interval'
complete -c jug -n "__fish_jug_pipe_in throttle" -l rate -d 'Pass at most SIZE bytes a second; items pass whole' -r
complete -c jug -n "__fish_jug_pipe_in throttle" -l lines -d 'Pass at most N lines, items or records a second' -r
complete -c jug -n "__fish_jug_pipe_in throttle" -l every -d 'Pass one line, item or record in each interval of DURATION' -r
complete -c jug -n "__fish_jug_pipe_in throttle" -l keep -d 'Which one of an interval to pass: the first at once, or the last at its end' -r
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a tick -d 'Begin a chain with a line at regular intervals, the first at once'
complete -c jug -n "__fish_jug_pipe_in tick" -l time -d 'Write the time of each line (UTC) instead of its number'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a timeout -d 'Fail with status 124 if nothing comes for DURATION'
complete -c jug -n "__fish_jug_pipe_in timeout" -l total -d 'How long the whole chain may take, whatever it waits for' -r
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a to -d 'Write records'
complete -c jug -n "__fish_jug_pipe_in to" -s d -l delimiter -d 'Of csv: the byte between cells; \t for a tab' -r
complete -c jug -n "__fish_jug_pipe_in to" -l header -d 'Of tables: the columns [default: the fields of the first record]' -r
complete -c jug -n "__fish_jug_pipe_in to" -l no-header -d 'Of csv and tsv: write no header line'
complete -c jug -n "__fish_jug_pipe_in to" -l extra -d 'Of tables: what becomes of fields that have no column [default: the record cannot be written]' -r
complete -c jug -n "__fish_jug_pipe_in to" -l live -d 'Of table: write the rows whenever the input waits, below the header of the first [default on a terminal]'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a ts -d 'Write the time at the beginning of each line'
complete -c jug -n "__fish_jug_pipe_in ts" -s u -l utc -d 'Use UTC instead of the system\'s time zone'
complete -c jug -n "__fish_jug_pipe_in ts" -l tz -d 'Use this time zone' -r
complete -c jug -n "__fish_jug_pipe_in ts" -s r -l relative -d 'Write the time since the start of the chain'
complete -c jug -n "__fish_jug_pipe_in ts" -s d -l delta -d 'Write the time since the line before'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a unpack -d 'Decode gzip and zstd, and pass other data as it is'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a upper -d 'Convert letters to upper case'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a url -d 'Percent-encode bytes or decode them, or take URLs apart'
complete -c jug -n "__fish_jug_pipe_in url" -s d -l decode -d 'Decode; a % without two hexadecimal digits stays as it is'
complete -c jug -n "__fish_jug_pipe_in url" -l parts -d 'Make a record of each line, which is a URL: scheme, user, host, port, path, query, fragment; a part that is not there is null'
complete -c jug -n "__fish_jug_pipe_in url" -l join -d 'Make lines of such records again'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a where -d 'Keep the records for which a condition holds'
complete -c jug -n "__fish_jug_pipe_in CHAIN +" -f -a zstd -d 'Compress as zstd'
