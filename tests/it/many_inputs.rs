//! More inputs than can be open at once, and inputs that change before their turn.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::process::waiting;
use crate::support::Sandbox;

#[test]
fn there_may_be_more_files_than_can_be_open_at_once() {
    let sandbox = Sandbox::new();
    let mut names = Vec::new();
    for number in 0..100 {
        let name = format!("{number:03}.log");
        sandbox.file(&name, format!("a {number}\nb\n"));
        names.push(name);
    }
    let packed = sandbox.shell("for n in *5.log; do gzip -c $n > $n.gz; done", b"");
    assert_eq!(packed.status, 0, "{packed}");
    sandbox.file("names", names.join("\0"));
    for query in [
        "count *.log *.gz",
        "'\"a 1\"' *.log *.gz",
        "--from columns 'count by $1, file' *.log *.gz",
        "--from columns 'select $2, file' *.log *.gz",
        "--engine mmap count *.log *.gz",
        "--describe *.log *.gz",
        "'\"a\"' --files0-from names",
        "'\"a\"' --files0-from - < names",
    ] {
        let unlimited = sandbox.shell(&format!("jug log {query}"), b"").clean();
        assert!(unlimited.lines().count() > 1, "{query}");
        for (limit, threads) in [
            ("-S -n 32", ""),
            ("-n 32", ""),
            ("-n 32", "-j8"),
            ("-n 20", "-j1024"),
        ] {
            let line = format!("ulimit {limit}; jug log {threads} {query}");
            assert_eq!(sandbox.shell(&line, b"").clean(), unlimited, "{line}");
        }
    }
}

#[test]
fn an_input_that_was_replaced_before_it_is_read_is_missed() {
    type Change<'a> = &'a dyn Fn(&Path);
    let sandbox = Sandbox::new();
    let path = |name: &str| sandbox.path().join(name);
    // Inputs after the first 64 are closed until their turn.
    let mut args = vec!["log".to_owned(), "count".to_owned()];
    for number in 0..64 {
        let name = format!("{number}.log");
        sandbox.file(&name, "a line\n");
        args.push(path(&name).display().to_string());
    }
    let write_plain = |name: &str, lines: &str| {
        sandbox.file(name, lines);
    };
    let write_packed = |name: &str, lines: &str| {
        let outcome = sandbox.shell(&format!("gzip -c > {name}"), lines.as_bytes());
        assert_eq!(outcome.status, 0, "{outcome}");
    };
    type Write<'a> = &'a dyn Fn(&str, &str);
    for (name, write) in [
        ("plain.log", &write_plain as Write<'_>),
        ("packed.gz", &write_packed),
    ] {
        let replace: Change<'_> = &|changed| {
            write("other", "three\nlines\nhere\n");
            fs::rename(path("other"), changed).expect("it can be renamed");
        };
        let remove: Change<'_> = &|changed| fs::remove_file(changed).expect("it can be removed");
        let truncate: Change<'_> = &|changed| {
            let file = fs::File::options().write(true).open(changed);
            let shortened = file.and_then(|file| file.set_len(5));
            shortened.expect("it can be made shorter");
        };
        let append: Change<'_> = &|changed| {
            let content = fs::read(changed).expect("it is there");
            let file = fs::File::options().append(true).open(changed);
            let appended = file.and_then(|mut file| file.write_all(&content));
            appended.expect("it can be written");
        };
        // A plain file ends where it ended when it was opened; a compressed one has another member.
        let appended = if name == "plain.log" { 67 } else { 69 };
        for (change, status, count, message) in [
            (replace, 3, 65, "the file was replaced while it was read"),
            (remove, 3, 65, "the file was removed while it was read"),
            (truncate, 3, 65, "the file became shorter while it was read"),
            (append, 0, appended, ""),
            (&|_| (), 0, 67, ""),
        ] {
            write(name, "two\nlines\n");
            let changed = path(name);
            let inputs = [changed.to_str().expect("it is UTF-8"), "-"];
            let args: Vec<&str> = args.iter().map(String::as_str).chain(inputs).collect();
            // The format of standard input, the last one to be opened, is not decided before its first newline.
            let mut child = waiting(&args, "a line");
            change(&changed);
            drop(child.stdin.take());
            let outcome = child.end();
            assert_eq!(outcome.status, status, "{outcome}");
            assert_eq!(outcome.stdout(), format!("count\n{count}\n"), "{outcome}");
            let stderr = match message {
                "" => String::new(),
                message => format!("jug log: {}: {message}\n", changed.display()),
            };
            assert_eq!(outcome.stderr(), stderr, "{outcome}");
        }
    }
}
