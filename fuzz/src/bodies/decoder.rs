use std::fs;
use std::io::Write as _;

use super::engine::{WHOLE, answer, planned};

/// The first byte chooses whether the rest is damaged compressed data or is compressed here. Either way, the lines do not
/// depend on chunk sizes and threads, and what was compressed here is decompressed unchanged.
pub fn decoder(data: &[u8]) {
    let [mode, rest @ ..] = data else {
        return;
    };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let plan = planned("select line");
    let lines = |name: &str, bytes: &[u8], threads, chunk| {
        let file = directory.path().join(name);
        fs::write(&file, bytes).expect("a file");
        answer(
            &plan,
            &file,
            Some("raw").filter(|_| jug::format::find("raw").is_some()),
            threads,
            chunk,
        )
    };
    let compressed = match mode % 3 {
        0 => rest.to_vec(),
        1 => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(rest).expect("memory");
            gzip.finish().expect("memory")
        }
        _ => zstd::encode_all(rest, 1).expect("memory"),
    };
    let one = lines("one", &compressed, 1, WHOLE);
    assert_eq!(one, lines("two", &compressed, 3, 100));
    // Text that begins like compressed data is decompressed.
    let is_plain = !rest.starts_with(&[0x1f, 0x8b]) && !rest.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    if mode % 3 > 0 && is_plain {
        assert_eq!(one, lines("plain", rest, 1, WHOLE));
    }
}
