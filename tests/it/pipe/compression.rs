//! Compressed data: padding, junk and cuts, in chains and in `jug log`; live streams; other programs as oracles.

use std::fs;
use std::io::{Read as _, Write as _};

use flate2::write::GzEncoder;

use crate::process::waiting;
use crate::support::Sandbox;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

fn zstd(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 3).expect("memory")
}

fn lines() -> String {
    (0..2000).map(|line| format!("line {line}\n")).collect()
}

#[test]
fn padding_is_skipped_and_other_bytes_are_reported_by_chains_and_by_logs() {
    let (zeros, junk) = (vec![0; 1000], b"junk".to_vec());
    let sandbox = Sandbox::new();
    for pack in [gzip, zstd] {
        let packed = pack(&lines());
        let end = packed.len();
        for (tail, lines, reported_at) in [
            (vec![], 2000, None),
            (zeros.clone(), 2000, None),
            ([zeros.clone(), packed.clone()].concat(), 4000, None),
            (junk.clone(), 2000, Some(end)),
            (
                [zeros.clone(), junk.clone()].concat(),
                2000,
                Some(end + 1000),
            ),
            // The first byte of a second header, and nothing else.
            (packed[..1].to_vec(), 2000, Some(end + 1)),
        ] {
            sandbox.file("packed", [&packed[..], &tail].concat());
            let by_chain = sandbox.shell("jug pipe -i packed unpack + count", b"");
            let by_log = sandbox.shell("jug log --from lines 'count' packed", b"");
            assert_eq!(by_chain.stdout(), format!("{lines}\n"), "{by_chain}");
            assert_eq!(by_log.stdout(), format!("count\n{lines}\n"), "{by_log}");
            for outcome in [by_chain, by_log] {
                let Some(offset) = reported_at else {
                    outcome.clean();
                    continue;
                };
                let stderr = outcome.stderr();
                assert_eq!(
                    (outcome.status, stderr.lines().count()),
                    (3, 1),
                    "{outcome}"
                );
                assert!(stderr.contains("packed: "), "{outcome}");
                assert!(stderr.contains(&format!("at byte {offset}")), "{outcome}");
            }
        }
    }
}

#[test]
fn a_cut_archive_is_one_error_of_the_stage_that_found_it() {
    let sandbox = Sandbox::new();
    let packed = gzip(&lines());
    let cut = packed.len() / 2;
    sandbox.file("cut.gz", &packed[..cut]).file("old", "old\n");
    let message =
        format!("stage 1 (unpack): cut.gz: gzip data ends in the middle, at byte {cut}\n");
    let chain = "-o old -i cut.gz unpack + match line + tee copy + gzip";
    let strict = sandbox.shell(&format!("jug pipe --strict {chain}"), b"");
    assert_eq!(
        (strict.status, strict.stderr()),
        (2, format!("jug pipe: {message}"))
    );
    assert_eq!(
        fs::read(sandbox.path().join("old")).expect("it is there"),
        b"old\n"
    );

    let outcome = sandbox.shell(&format!("jug pipe {chain}"), b"");
    assert_eq!(outcome.status, 3, "{outcome}");
    let stderr = outcome.stderr();
    assert!(
        stderr.ends_with(&message) && stderr.lines().count() == 1,
        "{outcome}"
    );
    // What could be read has become a whole archive.
    let same = sandbox.shell(
        "gzip -dc old | cmp - copy && gzip -dc cut.gz 2>/dev/null | cmp - copy",
        b"",
    );
    assert_eq!(same.status, 0, "{same}");
}

#[test]
fn each_input_is_looked_at_and_damage_is_reported_with_its_name() {
    let sandbox = Sandbox::new();
    let cut = gzip("cut\n");
    sandbox
        .file("a.gz", gzip("a\n"))
        .file("plain", "b\n")
        .file("cut.gz", &cut[..cut.len() - 3])
        .file("c.zst", zstd("c\n"));
    let outcome = sandbox.shell(
        "jug pipe -i a.gz -i plain -i cut.gz -i c.zst unpack + upper",
        b"",
    );
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (3, "A\nB\nCUT\nC\n")
    );
    let stderr = outcome.stderr();
    assert!(
        stderr.contains("cut.gz: gzip data ends") && stderr.lines().count() == 1,
        "{outcome}"
    );
}

#[test]
fn other_programs_read_what_is_packed() {
    let sandbox = Sandbox::new();
    let lines = lines();
    for level in ["", "-1", "-9"] {
        for text in ["", lines.as_str()] {
            let line = format!("jug pipe gzip {level} | gzip -dc");
            assert!(
                sandbox.shell(&line, text.as_bytes()).clean() == text,
                "{level}"
            );
        }
    }
    for level in ["", "-1", "-19"] {
        for text in ["", lines.as_str()] {
            let line = format!("jug pipe zstd {level}");
            let packed = sandbox.shell(&line, text.as_bytes()).stdout;
            let plain = zstd::decode_all(&packed[..]).expect("a whole frame");
            assert!(plain == text.as_bytes(), "{level}");
        }
    }
    for bad in ["gzip -10", "gzip -0", "zstd -20", "zstd 3x"] {
        let outcome = sandbox.shell(&format!("jug pipe {bad}"), b"");
        assert!(
            outcome.status == 2 && outcome.stderr().contains("invalid level"),
            "{outcome}"
        );
    }
}

#[test]
fn a_live_stream_comes_out_before_its_end() {
    for name in ["gzip", "zstd"] {
        let mut child = waiting(&["pipe", name, "+", "unpack"], "a line\n");
        let mut found = [0; 7];
        let stdout = child.stdout.as_mut().expect("a pipe");
        stdout.read_exact(&mut found).expect("a line");
        assert_eq!(&found, b"a line\n");
        drop(child.stdin.take());
        let outcome = child.end();
        assert_eq!(
            (outcome.status, outcome.stdout().as_str()),
            (0, ""),
            "{outcome}"
        );
    }
}

#[test]
fn an_aborted_chain_leaves_no_archive_that_looks_whole() {
    let sandbox = Sandbox::new();
    for name in ["gzip", "zstd"] {
        let line = format!("(echo YQ==; echo '!') | jug pipe lines + base64 -d + {name} > packed");
        let outcome = sandbox.shell(&line, b"");
        assert_eq!(outcome.status, 2, "{outcome}");
        let test = "test ! -s packed || ! jug pipe --strict -i packed unpack > /dev/null 2>&1";
        assert_eq!(sandbox.shell(test, b"").status, 0);
    }
}
