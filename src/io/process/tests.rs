//! Commands against the shell: statuses, pipes, groups and signals.

use super::*;

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn shell(line: &str, input: Input) -> Spawned {
    spawn(&words(&["sh", "-c", line]), input).unwrap()
}

/// Reads to the end.
fn output(reader: &mut Reader) -> String {
    let (mut all, mut buf) = (Vec::new(), [0; 512]);
    loop {
        wait(&mut [Interest::read(reader)], &Wakers::default()).unwrap();
        match reader.read(&mut buf).unwrap() {
            Some(0) => return String::from_utf8(all).unwrap(),
            Some(read) => all.extend_from_slice(&buf[..read]),
            None => {}
        }
    }
}

#[test]
fn the_status_is_that_of_the_command() {
    for (line, code, signal) in [
        ("exit 0", 0, None),
        ("exit 7", 7, None),
        ("kill -9 $$", 137, Some(9)),
    ] {
        let mut spawned = shell(line, Input::Nothing);
        assert_eq!(output(&mut spawned.stdout), "");
        let ended = spawned.process.status().unwrap().unwrap();
        assert_eq!((ended.code(), ended.signal()), (code, signal), "{line}");
        assert!(spawned.process.has_exited());
        assert_eq!(spawned.process.status().unwrap(), None);
    }
}

#[test]
fn commands_that_cannot_run_have_the_statuses_of_env() {
    let directory = tempfile::tempdir().unwrap();
    let plain = directory.path().join("plain");
    std::fs::write(&plain, "#!/bin/sh\n").unwrap();
    let nul = OsString::from("a\0b");
    for (program, status) in [
        (OsString::from("/nowhere/at/all"), 127),
        ("no-such-command-anywhere".into(), 127),
        (plain.into(), 126),
        (directory.path().into(), 126),
        (nul, 125),
    ] {
        let error = spawn(std::slice::from_ref(&program), Input::Nothing).unwrap_err();
        assert_eq!(error.status(), status, "{program:?}");
    }
}

#[test]
fn closing_the_input_lets_the_command_finish() {
    let mut spawned = spawn(&words(&["sort"]), Input::Pipe).unwrap();
    let mut stdin = spawned.stdin.take().unwrap();
    assert!(stdin.write_all(b"b\na\n", &spawned.process).unwrap());
    drop(stdin);
    assert_eq!(output(&mut spawned.stdout), "a\nb\n");
}

#[test]
fn a_command_that_does_not_read_takes_no_more() {
    let mut spawned = shell("exit 3", Input::Pipe);
    let mut stdin = spawned.stdin.take().unwrap();
    let much = vec![0; 1 << 20];
    while stdin.write_all(&much, &spawned.process).unwrap() {}
    assert_eq!(spawned.process.status().unwrap().unwrap().code(), 3);
}

/// A grandchild outside the group keeps the input open and reads nothing.
#[test]
fn a_grandchild_that_keeps_the_input_does_not_block_the_writer() {
    let line =
        "exec 3<&0; setsid sh -c 'echo $$ >&4; exec sleep 1000 <&3' 4>&1 >/dev/null & read line";
    let mut spawned = shell(line, Input::Pipe);
    let mut pid = [0; 32];
    wait(&mut [Interest::read(&spawned.stdout)], &Wakers::default()).unwrap();
    let read = spawned.stdout.read(&mut pid).unwrap().unwrap();
    let mut stdin = spawned.stdin.take().unwrap();
    assert!(stdin.write_all(b"go\n", &spawned.process).unwrap());
    let much = vec![0; 1 << 20];
    assert!(!stdin.write_all(&much, &spawned.process).unwrap());
    let pid = std::str::from_utf8(&pid[..read]).unwrap().trim();
    let killed = Command::new("kill").args(["-9", pid]).status().unwrap();
    assert!(killed.success());
}

#[test]
fn a_group_that_ignores_the_signal_is_killed() {
    let line = "trap '' TERM; sleep 1000 & echo; while :; do sleep 1000; done";
    let mut spawned = shell(line, Input::Nothing);
    wait(&mut [Interest::read(&spawned.stdout)], &Wakers::default()).unwrap();
    let ended = spawned.process.end(Signal::parse("TERM").unwrap());
    assert_eq!(ended.and_then(Ended::signal), Some(9));
    // No member of the group holds the pipe any more.
    assert_eq!(output(&mut spawned.stdout), "\n");
}

#[test]
fn a_stopped_command_can_be_ended() {
    let mut spawned = shell("echo; kill -STOP $$; exit 0", Input::Nothing);
    wait(&mut [Interest::read(&spawned.stdout)], &Wakers::default()).unwrap();
    // It may not be stopped yet; SIGTERM ends it then.
    let ended = spawned.process.end(Signal::parse("TERM").unwrap());
    assert_eq!(ended.and_then(Ended::signal), Some(15));
    assert_eq!(output(&mut spawned.stdout), "\n");
}

/// What the kernel says of the new process.
#[test]
fn a_command_has_a_group_of_its_own_and_none_of_our_descriptors() {
    let open = File::open("/dev/null").unwrap();
    let number = 777;
    let _open = rustix::io::fcntl_dupfd_cloexec(&open, number).unwrap();
    let line = "ls /proc/self/fd; cut -d ' ' -f 1,5 /proc/self/stat; echo $$";
    let mut spawned = shell(line, Input::Pipe);
    let text = output(&mut spawned.stdout);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.contains(&"0") && !lines.contains(&"777"), "{text}");
    let [.., member, leader] = &lines[..] else {
        panic!("{text}");
    };
    assert!(member.ends_with(&format!(" {leader}")), "{text}");
}
