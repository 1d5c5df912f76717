//! Every part of the lines, and what is bad.

use jiff::tz::TimeZone;

use super::super::{Sample, find};
use super::*;
use crate::record::Want;

/// The fields of a line that are there, as `NAME=VALUE`, without the time.
fn read(format: &str, line: &str) -> Result<Vec<String>, String> {
    let spec = find(format).expect("a format");
    let sample = Sample {
        bytes: spec.example.as_bytes(),
        whole: true,
    };
    let schema = spec
        .open(sample, &Settings::of_zone(TimeZone::UTC))
        .expect("its example");
    let names = schema.fields();
    let wanted: Vec<Wanted> = names
        .iter()
        .map(|name| Wanted::new(name.clone(), Want::Any))
        .collect();
    let mut out = vec![Value::Bool(true); wanted.len()];
    let mut reader = schema.reader(&wanted).expect("its fields");
    reader
        .read(line.as_bytes(), &mut out)
        .map_err(|bad| bad.reason.into_owned())?;
    let shown = names
        .iter()
        .zip(&out)
        .filter(|(name, value)| !value.is_missing() && name.as_key() != Some("time"));
    Ok(shown
        .map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(&value.bytes())))
        .collect())
}

fn apache(rest: &str) -> Result<Vec<String>, String> {
    read(
        "apache-error",
        &format!("[Sun May 17 10:05:03 2026] {rest}"),
    )
}

fn nginx(rest: &str) -> Result<Vec<String>, String> {
    read("nginx-error", &format!("2026/05/17 10:05:03 {rest}"))
}

fn fields(of: &[&str]) -> Result<Vec<String>, String> {
    Ok(of.iter().map(|text| (*text).to_owned()).collect())
}

#[test]
fn lines_of_apache_are_cut() {
    for (line, expected) in [
        (
            "[notice] caught SIGTERM",
            &["level=info", "level_text=notice", "message=caught SIGTERM"][..],
        ),
        (
            "[error] [client 192.0.2.7] (13)Permission denied: access to /a denied, referer: http://b.example.com/, referer: c",
            &[
                "level=error",
                "level_text=error",
                "error=(13)Permission denied",
                "client=192.0.2.7",
                "message=access to /a denied",
                "referer=http://b.example.com/, referer: c",
            ],
        ),
        (
            "[error] [client 2001:db8::7] x [y] z",
            &[
                "level=error",
                "level_text=error",
                "client=2001:db8::7",
                "message=x [y] z",
            ],
        ),
        (
            "[error] [client 192.0.2.7:1] x",
            &[
                "level=error",
                "level_text=error",
                "client=192.0.2.7",
                "port=1",
                "message=x",
            ],
        ),
        (
            "[core:trace5] [pid 17:tid 4] core.c(12): (70007)Time is up: [client 2001:db8::7:80] AH1: x",
            &[
                "level=trace",
                "level_text=trace5",
                "module=core",
                "pid=17",
                "tid=4",
                "source=core.c(12)",
                "error=(70007)Time is up",
                "client=2001:db8::7",
                "port=80",
                "message=AH1: x",
            ],
        ),
        (
            "[:emerg] [pid 17] (98)In use: AH2: [::]:80, referer: none",
            &[
                "level=fatal",
                "level_text=emerg",
                "pid=17",
                "error=(98)In use",
                "message=AH2: [::]:80, referer: none",
            ],
        ),
        (
            "[warn] [x] see (a): b",
            &["level=warn", "level_text=warn", "message=[x] see (a): b"],
        ),
        (
            "[warn] (x)y: z",
            &["level=warn", "level_text=warn", "message=(x)y: z"],
        ),
        (
            "[warn] a b.c(1): z",
            &["level=warn", "level_text=warn", "message=a b.c(1): z"],
        ),
        ("[debug] ", &["level=debug", "level_text=debug"]),
    ] {
        assert_eq!(apache(line), fields(expected), "{line}");
    }
}

#[test]
fn lines_of_nginx_are_cut() {
    let head = ["level=error", "level_text=error", "pid=17", "tid=4"];
    for (line, expected) in [
        (
            "*67 x, y, client: 192.0.2.7, server: ",
            &["connection=67", "client=192.0.2.7", "message=x, y"][..],
        ),
        ("a b: c", &["message=a b: c"]),
        ("*x y", &["message=*x y"]),
        (
            "*6 open() \"/a\" failed (2: No such file), client: unix:, server: _, request: \"GET /\"b\", c HTTP/1.1\", host: \"h\"",
            &[
                "connection=6",
                "client=unix:",
                "message=open() \"/a\" failed (2: No such file)",
                "server=_",
                "request=GET /\"b\", c HTTP/1.1",
                "host=h",
            ],
        ),
        (
            "*6 \"/a, client: 9.9.9.9 b\" is gone, client: 192.0.2.7, server: s, request: \"GET /, client: 8.8.8.8, server: t\"",
            &[
                "connection=6",
                "client=192.0.2.7",
                "message=\"/a, client: 9.9.9.9 b\" is gone",
                "server=s",
                "request=GET /, client: 8.8.8.8, server: t",
            ],
        ),
        (
            "*6 x, client: 192.0.2.7, server: s, upstream: \"u\", subrequest: \"/s\", referrer: \"r, s\", bytes 1/2, bytes 3/4",
            &[
                "connection=6",
                "client=192.0.2.7",
                "message=x",
                "server=s",
                "subrequest=/s",
                "upstream=u",
                "referer=r, s",
                "extra=bytes 1/2, bytes 3/4",
            ],
        ),
    ] {
        let expected = [&head[..], expected].concat();
        assert_eq!(
            nginx(&format!("[error] 17#4: {line}")).map(|mut found| {
                found.sort_unstable();
                found
            }),
            fields(&expected).map(|mut found| {
                found.sort_unstable();
                found
            }),
            "{line}"
        );
    }
}

#[test]
fn what_is_not_clear_is_bad() {
    let twice = "what follows the message can be read in several ways";
    for (line, reason) in [
        (
            "[error] 1#2: *3 x, client: 192.0.2.7, server: s, request: \"GET /\", host: \"forged\", host: \"h\"",
            twice,
        ),
        ("[error] 1#2: *3 x, client: a b, server: s", twice),
        ("[error] 1: x", "no process after the level"),
        ("[error] a#2: x", "no process after the level"),
        ("[error]: x", "no process after the level"),
        ("[loud] 1#2: x", "unknown level"),
        ("error 1#2: x", "no level in brackets after the time"),
    ] {
        assert_eq!(nginx(line), Err(reason.to_owned()), "{line}");
    }
    for (line, reason) in [
        ("error x", "no level in brackets after the time"),
        ("[core:loud] x", "unknown level"),
        ("[trace9] x", "unknown level"),
        ("[error] [pid x] y", "pid is not a number"),
        ("[error] [pid 1:tid x] y", "tid is not a number"),
    ] {
        assert_eq!(apache(line), Err(reason.to_owned()), "{line}");
    }
}

#[test]
fn lines_without_a_time_go_on_from_the_line_before() {
    assert_eq!(
        read("apache-error", "\tat a.b(C.java:1)"),
        fields(&["message=\tat a.b(C.java:1)"])
    );
    assert_eq!(
        read("nginx-error", "2026/05/40 10:05:03 [error]"),
        fields(&["message=2026/05/40 10:05:03 [error]"])
    );
}
