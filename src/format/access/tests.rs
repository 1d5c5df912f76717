//! Readers of access logs against an independent regex, and the reasons of bad lines.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::record::time::Years;
use crate::record::{FieldName, Want};

fn schema(last: Part) -> Access {
    Access {
        spec: &crate::format::combined::SPEC,
        first: Part::Forwarded,
        last,
        has_lists: false,
        needs_rt: false,
        tail: None,
        settings: Settings {
            zone: TimeZone::UTC,
            infer: false,
            years: Years::Known(2026),
            has_header: true,
            rule: None,
        },
    }
}

fn read(line: &[u8], names: &[&str]) -> Result<Vec<String>, String> {
    let wanted: Vec<_> = names
        .iter()
        .map(|name| Wanted::new(FieldName::key(name), Want::Any))
        .collect();
    let mut reader = schema(Part::Agent)
        .reader(&wanted)
        .map_err(|unknown| names[unknown.index].to_owned())?;
    let mut out = vec![Value::Missing; wanted.len()];
    let texts = |values: &[Value<'_>]| {
        let texts = values.iter().map(Value::bytes);
        texts
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .collect()
    };
    let done = reader.read(line, &mut out);
    let alone = done.map(|()| texts(&out));
    // Lines that are read together are read with other instructions.
    for (index, together) in read_together(&mut *reader, [line; 2], wanted.len())
        .into_iter()
        .enumerate()
    {
        let together = together.map(|values| texts(&values));
        assert_eq!(together, alone, "{index}: {}", line.escape_ascii());
    }
    alone.map_err(|bad| bad.reason.into_owned())
}

/// The values of lines that are read together.
fn read_together<'a>(
    reader: &mut dyn Reader,
    lines: [&'a [u8]; 2],
    wanted: usize,
) -> Vec<Result<Vec<Value<'a>>, Bad>> {
    // Before the wanted fields there is another value in each row.
    let mut values = vec![Value::Missing; lines.len() * (wanted + 1)];
    let slots = Slots {
        values: &mut values,
        stride: wanted + 1,
        first: 1,
    };
    let mut bads = [const { None }; 2];
    reader.read_all(&lines, slots, &mut |row, bad| bads[row] = Some(bad));
    let rows = values.chunks(wanted + 1);
    let rows = rows.map(|row| row[1..].to_vec());
    rows.zip(bads)
        .map(|(row, bad)| bad.map_or(Ok(row), Err))
        .collect()
}

/// What a line would be with this request.
fn requesting(request: &str) -> String {
    format!("192.0.2.1 - - [17/May/2026:10:05:03 +0000] \"{request}\" 200 7 \"-\" \"-\"")
}

#[test]
fn requests_are_cut_or_missing() {
    for (request, parts) in [
        ("GET /a?b=c HTTP/1.1", ["GET", "/a?b=c", "/a", "HTTP/1.1"]),
        (
            "GET /a b?c d HTTP/2.0",
            ["GET", "/a b?c d", "/a b", "HTTP/2.0"],
        ),
        ("GET /old", ["GET", "/old", "/old", ""]),
        ("GET HTTP/1.1", ["GET", "", "", "HTTP/1.1"]),
        (
            "CONNECT example.com:443 HTTP/1.1",
            ["CONNECT", "example.com:443", "example.com:443", "HTTP/1.1"],
        ),
        (
            "GET /\\\"x\\\\ HTTP/1.1",
            ["GET", "/\\\"x\\\\", "/\\\"x\\\\", "HTTP/1.1"],
        ),
        ("-", ["", "", "", ""]),
        ("", ["", "", "", ""]),
        ("\\x16\\x03\\x01", ["", "", "", ""]),
    ] {
        let read = read(
            requesting(request).as_bytes(),
            &["method", "url", "path", "protocol"],
        );
        assert_eq!(read, Ok(parts.map(str::to_owned).to_vec()), "{request}");
    }
}

#[test]
fn says_what_is_wrong_with_a_line() {
    for (line, reason) in [
        ("", "no blank after the address"),
        (" - - [x] \"GET /\" 200 7", "no address at the beginning"),
        ("192.0.2.1 -", "no user after the address"),
        ("192.0.2.1 - - 17/May", "no time in brackets after the user"),
        ("192.0.2.1 - - [17/May", "no closing bracket after the time"),
        (
            "192.0.2.1 - - [17/May] GET",
            "no request in quotes after the time",
        ),
        (
            "192.0.2.1 - - [17/May] \"GET / HTTP/1.1\\\" 200",
            "no closing quote after the request",
        ),
        (
            "192.0.2.1 - - [17/May] \"GET / HTTP/1.1\"",
            "no status after the request",
        ),
    ] {
        assert_eq!(
            read(line.as_bytes(), &["status"]),
            Err(reason.to_owned()),
            "{line}"
        );
    }
    let line = requesting("GET / HTTP/1.1");
    assert_eq!(
        read(line.replace("200", "2OO").as_bytes(), &["status"]),
        Err("status is not a number".to_owned())
    );
    assert_eq!(
        read(line.replace("200", "2OO").as_bytes(), &["bytes"]),
        Ok(vec!["7".to_owned()])
    );
    assert_eq!(
        read(&line.as_bytes()[..line.len() - 1], &["agent"]),
        Err("no closing quote after the agent".to_owned())
    );
    assert_eq!(read(line.as_bytes(), &["rt"]), Err("rt".to_owned()));
}

#[test]
fn reads_no_further_than_it_must() {
    assert_eq!(
        read(b"192.0.2.1 ", &["ip"]),
        Ok(vec!["192.0.2.1".to_owned()])
    );
    let line = b"192.0.2.1 x y z [17/May] \"GET /\" 200 junk";
    assert_eq!(
        read(line, &["status", "user"]),
        Ok(vec!["200".to_owned(), "y z".to_owned()])
    );
}

#[test]
fn a_time_is_read_as_one_and_checked_as_one() {
    let wanted = [Want::Time, Want::Any].map(|want| Wanted::new(FieldName::key("time"), want));
    let mut reader = schema(Part::Bytes).reader(&wanted).unwrap();
    let line = requesting("-");
    let mut out = [const { Value::Missing }; 2];
    reader.read(line.as_bytes(), &mut out).unwrap();
    assert!(
        matches!(&out, [Value::Time(_), Value::Text(text)] if **text == *b"17/May/2026:10:05:03 +0000")
    );
    let late = line.replace("17/May", "32/May");
    assert_eq!(
        reader.read(late.as_bytes(), &mut out),
        Err(Bad::new("time is not a time"))
    );
    assert_eq!(
        reader.check(late.as_bytes()),
        Err(Bad::new("time is not a time"))
    );
    assert_eq!(reader.check(line.as_bytes()), Ok(()));
}

/// A second reading of the format: a regular expression instead of a scan.
fn oracle(line: &str) -> Option<Vec<String>> {
    let pattern = r#"^([^ ]+) ([^ ]*) (.*?) \[(.{11}:.{14}\]|[^\]]*\]) "((?:[^"\\]|\\.)*)" ([0-9]+|-) ([0-9]+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)""#;
    let regex = regex_automata::meta::Regex::new(pattern).unwrap();
    let mut groups = regex.create_captures();
    regex.captures(line, &mut groups);
    let group = |index| {
        groups
            .get_group(index)
            .map(|span| line[span.range()].to_owned())
    };
    let mut parts: Vec<String> = (1..=9).map(group).collect::<Option<_>>()?;
    parts[3].pop();
    let request = parts.remove(4);
    let words: Vec<&str> = request.split(' ').collect();
    let (method, url, protocol) = match words.as_slice() {
        [_] | [] => ("", String::new(), ""),
        [method, url @ .., last] if last.starts_with("HTTP/") => (*method, url.join(" "), *last),
        [method, url @ ..] => (*method, url.join(" "), ""),
    };
    let path = url.split('?').next().unwrap_or_default().to_owned();
    parts.splice(4..4, [method.to_owned(), url, path, protocol.to_owned()]);
    Some(
        parts
            .into_iter()
            .map(|part| if part == "-" { String::new() } else { part })
            .collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn agrees_with_a_regular_expression(
        ip in "[0-9a-f:.]{1,8}",
        ident in "(-|[a-z\\[]{0,3})",
        user in "(-|([a-z\\]\"]|[a-z]\\[| [a-z\\]]){0,4})",
        time in "([0-9/:]{0,8}|[0-9/\\]]{11}:[0-9/\\] ]{14})",
        request in r#"([A-Z?/ ]|HTTP/|\\"|\\\\|-){0,8}"#,
        numbers in "([0-9]{1,3}|-|x)",
        quoted in r#"([a-z \[]|\\"|\\\\|-){0,6}"#,
        tail in "( [ a0.]{0,3})?",
    ) {
        let line = format!("{ip} {ident} {user} [{time}] \"{request}\" {numbers} {numbers} \"{quoted}\" \"{quoted}\"{tail}");
        let names: Vec<&str> = PARTS[2..14].iter().map(|(name, _)| *name).collect();
        let read = read(line.as_bytes(), &names).ok();
        prop_assert_eq!(read, oracle(&line), "{}", line);
    }
}

fn read_from(first: Part, line: &str, names: &[&str]) -> Result<Vec<String>, String> {
    let wanted: Vec<_> = names
        .iter()
        .map(|name| Wanted::new(FieldName::key(name), Want::Any))
        .collect();
    let schema = Access {
        first,
        ..schema(Part::Agent)
    };
    let mut reader = schema
        .reader(&wanted)
        .map_err(|unknown| names[unknown.index].to_owned())?;
    let mut out = vec![Value::Missing; wanted.len()];
    let checked = reader.check(line.as_bytes());
    reader
        .read(line.as_bytes(), &mut out)
        .map_err(|bad| bad.reason.into_owned())?;
    assert_eq!(checked, Ok(()), "{line}");
    let texts = out.iter().map(Value::bytes);
    Ok(texts
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .collect())
}

#[test]
fn fields_are_never_shifted_by_words_in_front() {
    let line = requesting("GET / HTTP/1.1");
    let shifted = "more than address, ident and user before the time";
    for front in [
        "www.example.com:80",
        "www.example.com",
        "client.example.net 192.0.2.9",
    ] {
        for name in ["ip", "ident", "user", "status", "agent"] {
            let line = format!("{front} {line}");
            assert_eq!(
                read_from(Part::Forwarded, &line, &[name]),
                Err(shifted.to_owned()),
                "{line}"
            );
        }
    }
    for (front, vhost) in [
        ("www.example.com:80", "www.example.com"),
        ("www.example.com", "www.example.com"),
        ("[2001:db8::1]:443", "[2001:db8::1]"),
    ] {
        assert_eq!(
            read_from(
                Part::Vhost,
                &format!("{front} {line}"),
                &["vhost", "ip", "status"]
            )
            .unwrap(),
            [vhost, "192.0.2.1", "200"]
        );
    }
    assert_eq!(
        read_from(Part::Vhost, &line, &["vhost"]),
        Err("no address after the virtual host".to_owned())
    );
    assert_eq!(
        read_from(Part::Vhost, &format!("a b {line}"), &["vhost", "status"]),
        Err(shifted.to_owned())
    );
    assert_eq!(
        read_from(Part::Forwarded, &line, &["vhost"]),
        Err("vhost".to_owned())
    );
}

#[test]
fn the_first_of_a_list_of_addresses_is_the_clients() {
    let line = requesting("GET / HTTP/1.1");
    let fields = ["ip", "forwarded", "ident", "user", "status"];
    for (front, ip, list) in [
        ("203.0.113.5, ", "203.0.113.5", "203.0.113.5, 192.0.2.1"),
        ("203.0.113.5,", "203.0.113.5", "203.0.113.5,192.0.2.1"),
        (
            "unknown, 2001:db8::1, ",
            "unknown",
            "unknown, 2001:db8::1, 192.0.2.1",
        ),
        ("", "192.0.2.1", ""),
    ] {
        assert_eq!(
            read_from(Part::Forwarded, &format!("{front}{line}"), &fields).unwrap(),
            [ip, list, "", "", "200"],
            "{front}"
        );
    }
    assert!(read_from(Part::Forwarded, "203.0.113.5, 192.0.2.1", &["ip"]).is_err());
}

#[test]
fn quotes_that_are_not_escaped_end_no_field_too_early() {
    let head = "192.0.2.1 - - [17/May/2026:10:05:03 +0000] ";
    let fields = ["url", "status", "referer", "agent"];
    for (rest, expected) in [
        (
            r#""GET / HTTP/1.1" 200 7 "-" ""bot 2.0"""#,
            ["/", "200", "", "\"bot 2.0\""],
        ),
        (
            r#""GET / HTTP/1.1" 200 7 "-" "a "bot 2.0" b""#,
            ["/", "200", "", "a \"bot 2.0\" b"],
        ),
        (
            r#""GET / HTTP/1.1" 200 7 "-" "a" b" "203.0.113.5" 1"#,
            ["/", "200", "", "a\" b"],
        ),
        (
            r#""GET / HTTP/1.1" 200 7 "-" "a \" b" "x\"y""#,
            ["/", "200", "", "a \\\" b"],
        ),
        (
            r#""GET /a"b HTTP/1.1" 200 7 "http://x/"y"z" "c""#,
            ["/a\"b", "200", "http://x/\"y\"z", "c"],
        ),
        (
            r#""GET /a" b HTTP/1.1" 404 - "" """#,
            ["/a\" b", "404", "", ""],
        ),
    ] {
        let line = format!("{head}{rest}");
        assert_eq!(
            read_from(Part::Forwarded, &line, &fields).unwrap(),
            expected,
            "{rest}"
        );
    }
    let line = format!(r#"{head}"GET / HTTP/1.1" 200 7 "-" "a "b c"#);
    assert_eq!(
        read_from(Part::Forwarded, &line, &["agent"]),
        Err("quotes in the agent that do not pair".to_owned())
    );
}

/// How many lines a reader of these fields finds to have more at their end than the first lines, of which nothing is known to follow.
fn surplus(last: Part, names: &[&str], lines: &[&str]) -> u64 {
    let sample = format!("{}\n", lines[0]);
    let mut schema = schema(last);
    schema.learn(Sample {
        bytes: sample.as_bytes(),
        whole: true,
    });
    let wanted: Vec<_> = names
        .iter()
        .map(|name| Wanted::new(FieldName::key(name), Want::Any))
        .collect();
    let mut reader = schema.reader(&wanted).unwrap_or_else(|_| panic!("fields"));
    for line in lines {
        let mut out = vec![Value::Missing; wanted.len()];
        reader.read(line.as_bytes(), &mut out).unwrap();
    }
    let found = reader.take_surplus();
    assert_eq!(reader.take_surplus(), 0, "counted once");
    found
}

#[test]
fn text_at_the_end_that_the_first_lines_lack_is_counted() {
    let head = r#"192.0.2.1 - - [17/May/2026:10:05:03 +0000] "GET / HTTP/1.1" 200 7"#;
    let line = |rest: &str| format!("{head}{rest}");
    let plain = line(r#" "-" "UA""#);
    let usual = [
        line(r#" "http://x/" "-""#),
        line(r#" "-" """#),
        line(" \"-\" \"UA\" \t"),
        line(r#" "-" "a "b" c""#),
    ];
    let more = [
        line(r#" "-" "UA" 0.042"#),
        line(r#" "-" "-" "203.0.113.9""#),
        line(r#" "-" "UA" -"#),
    ];
    let mut lines = vec![plain.as_str()];
    lines.extend(usual.iter().map(String::as_str));
    assert_eq!(surplus(Part::Agent, &["ip", "agent"], &lines), 0);
    lines.extend(more.iter().map(String::as_str));
    assert_eq!(surplus(Part::Agent, &["ip", "agent"], &lines), 3);
    assert_eq!(
        surplus(Part::Agent, &["agent", "rest"], &lines),
        0,
        "it is read"
    );
    assert_eq!(
        surplus(Part::Agent, &["ip"], &lines),
        0,
        "nothing looks there"
    );
    lines[0] = &more[0];
    assert_eq!(surplus(Part::Agent, &["agent"], &lines), 0, "they have it");

    let dash = line("").replace(" 7", " -");
    let short = [line(""), dash, line(r#" "-" "UA""#)];
    let short: Vec<&str> = short.iter().map(String::as_str).collect();
    assert_eq!(surplus(Part::Bytes, &["bytes"], &short), 1);
}
