//! Archives whole, cut at every byte and damaged, against what was packed.

use super::*;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::{Read as _, Write};

/// Compressible but not trivial text.
fn text(length: usize) -> Vec<u8> {
    let mut seed = 7u32;
    let mut text = Vec::new();
    while text.len() < length {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        writeln!(
            text,
            "10.0.0.{} GET /item/{} {}",
            seed >> 24,
            (seed >> 8) % 1000,
            seed % 7
        )
        .unwrap();
    }
    text.truncate(length);
    text
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    let mut encoder = ::zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// Everything that is decoded, and the damage after it.
fn decode(
    packed: &[u8],
    compression: Compression,
    step: usize,
    piece: usize,
) -> (Vec<u8>, Option<Damage>) {
    let mut decoder = Decoder::new(compression);
    let mut source = packed;
    // At most `step` bytes a call.
    let mut fill = |buf: &mut [u8]| {
        let length = step.min(buf.len());
        source.read(&mut buf[..length])
    };
    let mut out = Vec::new();
    let mut buf = vec![0; piece];
    loop {
        match decoder.read_with(&mut buf, &mut fill) {
            Ok(0) => return (out, None),
            Ok(read) => out.extend_from_slice(&buf[..read]),
            Err(error) => {
                let again = decoder.read_with(&mut buf, &mut fill).unwrap_err();
                let damage =
                    |error: &io::Error| error.get_ref().unwrap().downcast_ref::<Damage>().cloned();
                assert_eq!(damage(&error), damage(&again));
                return (out, Some(damage(&error).unwrap()));
            }
        }
    }
}

fn assert_plain(packed: &[u8], compression: Compression, plain: &[u8]) {
    for (step, piece) in [(usize::MAX, 1 << 20), (1, 1 << 16), (7, 3), (1000, 1)] {
        let (out, damage) = decode(packed, compression, step, piece);
        assert_eq!(damage, None, "{step} {piece}");
        assert!(out == plain, "{step} {piece}");
    }
}

#[test]
fn every_member_of_gzip_is_read_and_padding_is_fine() {
    let (one, two) = (text(70_000), text(300));
    let mut packed = [gzip(&one), gzip(b""), gzip(&two)].concat();
    let plain = [one, two].concat();
    assert_plain(&packed, Compression::Gzip, &plain);
    packed.extend_from_slice(&[0; 600]);
    assert_plain(&packed, Compression::Gzip, &plain);
    let at = packed.len() as u64;
    packed.extend_from_slice(b"x");
    let (out, damage) = decode(&packed, Compression::Gzip, 100, 1 << 16);
    assert!(out == plain);
    assert_eq!(damage.unwrap().offset, at);
}

#[test]
fn every_part_of_a_gzip_header_is_skipped() {
    let plain = text(500);
    let mut encoder = flate2::GzBuilder::new()
        .filename("a name")
        .comment("a comment")
        .extra(vec![1, 0, 2, 3])
        .write(Vec::new(), flate2::Compression::best());
    encoder.write_all(&plain).unwrap();
    let packed = encoder.finish().unwrap();
    assert_plain(&packed, Compression::Gzip, &plain);

    let mut checked = gzip(&plain);
    checked[3] |= 1 << 1;
    checked.splice(10..10, [0xaa, 0xbb]);
    assert_plain(&checked, Compression::Gzip, &plain);
}

#[test]
fn every_frame_of_zstd_is_read_skippable_ones_too() {
    let (one, two) = (text(400_000), text(300));
    let skippable = [&[0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"abcde"].concat();
    let packed = [
        skippable.clone(),
        zstd(&one),
        zstd(b""),
        skippable,
        zstd(&two),
    ]
    .concat();
    assert_plain(&packed, Compression::Zstd, &[one, two].concat());
}

#[test]
fn every_truncation_of_gzip_gives_all_that_can_be_had() {
    let (one, two) = (text(2_000), text(900));
    let first = gzip(&one);
    let packed = [first.clone(), gzip(&two)].concat();
    let plain = [one.clone(), two].concat();
    let mut before = 0;
    for cut in 2..packed.len() {
        let (out, damage) = decode(&packed[..cut], Compression::Gzip, usize::MAX, 1 << 16);
        assert!(plain.starts_with(&out), "{cut}");
        assert!(out.len() >= before, "{cut}");
        before = out.len();
        let (slow, slow_damage) = decode(&packed[..cut], Compression::Gzip, 1, 5);
        assert!((slow, &slow_damage) == (out.clone(), &damage), "{cut}");
        if cut == first.len() {
            assert_eq!((out.len(), damage), (one.len(), None));
        } else {
            let damage = damage.unwrap();
            assert_eq!(
                (damage.offset, damage.reason),
                (cut as u64, Reason::Truncated)
            );
            assert_eq!(
                damage.to_string(),
                format!("gzip data ends in the middle, at byte {cut}")
            );
            // All data of a member comes before its eight bytes of trailer.
            assert!(cut + 8 < first.len() || out.len() >= one.len(), "{cut}");
        }
    }
    assert_eq!(before, plain.len());
}

#[test]
fn every_truncation_of_zstd_gives_the_blocks_before() {
    let (one, two) = (text(300_000), text(900));
    let first = zstd(&one);
    let packed = [first.clone(), zstd(&two)].concat();
    let plain = [one.clone(), two].concat();
    let cuts = (4..packed.len()).filter(|cut| cut % 997 == 0 || cut.abs_diff(first.len()) < 20);
    for cut in cuts.chain(packed.len() - 20..packed.len()) {
        let (out, damage) = decode(&packed[..cut], Compression::Zstd, usize::MAX, 1 << 20);
        assert!(plain.starts_with(&out), "{cut}");
        assert_eq!(damage.is_none(), cut == first.len(), "{cut}");
        if cut >= first.len() {
            assert!(out.len() >= one.len());
        } else if cut > first.len() * 95 / 100 {
            assert!(
                out.len() >= 2 << 17,
                "two blocks of 128 KiB are whole: {cut} {}",
                out.len()
            );
        }
        let (slow, slow_damage) = decode(&packed[..cut], Compression::Zstd, 1000, 5000);
        assert!((slow, slow_damage) == (out, damage), "{cut}");
    }
}

#[test]
fn bytes_before_damage_are_not_lost() {
    let plain = text(300_000);
    let mut packed = gzip(&plain);
    let at = packed.len() - 6;
    packed[at] ^= 1;
    let (out, damage) = decode(&packed, Compression::Gzip, usize::MAX, 1 << 20);
    assert!(out == plain);
    assert_eq!(
        damage.unwrap().reason,
        Reason::Corrupt("the checksum does not match")
    );

    // A deflate block of the reserved kind after a stored one, all in one call.
    let stored = [
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0, 5, 0, 0xfa, 0xff][..],
        b"hello",
        &[7, 7, 7],
    ]
    .concat();
    let (out, damage) = decode(&stored, Compression::Gzip, usize::MAX, 1 << 16);
    assert_eq!(out, b"hello");
    assert!(
        damage
            .unwrap()
            .to_string()
            .starts_with("damaged gzip data at byte 2")
    );

    // A frame of raw blocks; the third has the reserved type. The library alone would lose the first two.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x58];
    for part in [b"hello", b"world"] {
        frame.extend_from_slice(&[5 << 3, 0, 0]);
        frame.extend_from_slice(part);
    }
    frame.extend_from_slice(&[5 << 3 | 3 << 1, 0, 0, 1, 2, 3]);
    let (out, damage) = decode(&frame, Compression::Zstd, usize::MAX, 1 << 16);
    assert_eq!(out, b"helloworld");
    assert!(
        damage
            .unwrap()
            .to_string()
            .starts_with("damaged zstd data at byte 2")
    );
}

/// Compresses one member.
type Pack = fn(&[u8]) -> Vec<u8>;

fn formats() -> [(Compression, Pack); 2] {
    [(Compression::Gzip, gzip), (Compression::Zstd, zstd)]
}

#[test]
fn zeros_between_and_after_members_are_padding() {
    let (one, two) = (text(70_000), text(300));
    for (compression, pack) in formats() {
        let zeros = vec![0; 1000];
        let after = [pack(&one), zeros.clone()].concat();
        assert_plain(&after, compression, &one);
        let between = [pack(&one), zeros.clone(), pack(&two), zeros].concat();
        assert_plain(&between, compression, &[&one[..], &two].concat());
    }
}

#[test]
fn what_is_no_member_is_reported_where_it_begins() {
    let one = text(3000);
    for (compression, pack) in formats() {
        for junk in [
            &b"junk"[..],
            b"j",
            b"\x1f junk",
            b"\x28\xb5 junk",
            b"P*M junk",
        ] {
            for zeros in [0, 1, 600] {
                let before = [pack(&one), vec![0; zeros]].concat();
                let packed = [&before[..], junk].concat();
                for step in [usize::MAX, 1] {
                    let (out, damage) = decode(&packed, compression, step, 1 << 16);
                    assert!(out == one);
                    let damage = damage.unwrap();
                    assert_eq!(damage.offset, before.len() as u64, "{junk:?} {damage}");
                    assert!(damage.to_string().contains("data follows"), "{damage}");
                }
            }
        }
    }
}

#[test]
fn a_cut_in_padding_is_no_damage_and_one_in_the_second_header_is() {
    let (one, two) = (text(3000), text(300));
    for (compression, pack) in formats() {
        let (first, second) = (pack(&one), pack(&two));
        let begin = first.len() + 100;
        let packed = [first.clone(), vec![0; 100], second].concat();
        for cut in first.len()..begin + 12 {
            let (out, damage) = decode(&packed[..cut], compression, usize::MAX, 1 << 16);
            assert!(out == one, "{cut}");
            let expected = (cut > begin).then_some((cut as u64, Reason::Truncated));
            let found = damage.map(|damage| (damage.offset, damage.reason));
            assert_eq!(found, expected, "{compression:?} {cut}");
        }
    }
}

/// The same input handed in, in pieces of any size: the same output and the same damage.
#[test]
fn an_unpacker_gives_what_a_decoder_reads() {
    let plain = text(300_000);
    for (compression, pack) in formats() {
        let whole = [pack(&plain), vec![0; 10], pack(b"more")].concat();
        let mut damaged = whole.clone();
        damaged[2000] ^= 0x55;
        for packed in [&whole[..], &whole[..whole.len() / 2], &damaged] {
            let expected = decode(packed, compression, usize::MAX, 1 << 16);
            for size in [1, 7, 4096, usize::MAX] {
                let found = unpack(packed, size);
                assert!(found == expected, "{compression:?} {size}");
            }
        }
    }
    for plain in [&b""[..], b"P", b"\x1f", b"plain", b"B\nb\n"] {
        for size in [1, usize::MAX] {
            assert_eq!(unpack(plain, size), (plain.to_vec(), None));
        }
    }
}

fn unpack(packed: &[u8], size: usize) -> (Vec<u8>, Option<Damage>) {
    let mut unpacker = Unpacker::new();
    let mut out = Vec::new();
    let size = size.min(packed.len()).max(1);
    let pieces = packed.chunks(size).map(|piece| (piece, false));
    for (mut piece, is_last) in pieces.chain([(&[][..], true)]) {
        loop {
            match unpacker.next(&mut piece, is_last) {
                Ok(Some(bytes)) => out.extend_from_slice(bytes),
                Ok(None) => break,
                Err(error) => {
                    let damage = error.get_ref().unwrap().downcast_ref::<Damage>();
                    return (out, Some(damage.unwrap().clone()));
                }
            }
        }
    }
    (out, None)
}

#[test]
fn an_error_of_the_source_loses_nothing() {
    let plain = text(50_000);
    for (packed, compression) in [
        (gzip(&plain), Compression::Gzip),
        (zstd(&plain), Compression::Zstd),
    ] {
        let mut source = &packed[..];
        let mut calls = 0;
        let mut decoder = Decoder::new(compression);
        let (mut out, mut buf) = (Vec::new(), [0; 777]);
        loop {
            let read = decoder.read_with(&mut buf, &mut |room| {
                calls += 1;
                let length = room.len().min(50);
                if calls % 2 == 0 {
                    source.read(&mut room[..length])
                } else {
                    Err(io::ErrorKind::Interrupted.into())
                }
            });
            match read {
                Ok(0) => break,
                Ok(read) => out.extend_from_slice(&buf[..read]),
                Err(error) => assert_eq!(error.kind(), io::ErrorKind::Interrupted),
            }
        }
        assert!(out == plain);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A flipped byte gives a prefix of the plain text and damage, or changes nothing that matters (a time in a header).
    #[test]
    fn a_changed_byte_is_noticed(at in any::<prop::sample::Index>(), bits in 1u8.., is_gzip: bool) {
        let plain = text(3_000);
        let (mut packed, compression) =
            if is_gzip { (gzip(&plain), Compression::Gzip) } else { (zstd(&plain), Compression::Zstd) };
        let at = at.index(packed.len());
        packed[at] ^= bits;
        let (out, damage) = decode(&packed, compression, usize::MAX, 1 << 16);
        prop_assert!(damage.is_some() || out == plain || !is_gzip && at < 6);
    }

    #[test]
    fn noise_never_panics(noise: Vec<u8>, is_gzip: bool, step in 1usize..50, piece in 1usize..50) {
        let (head, compression) = if is_gzip {
            (&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0][..], Compression::Gzip)
        } else {
            (&[0x28, 0xb5, 0x2f, 0xfd][..], Compression::Zstd)
        };
        decode(&[head, &noise].concat(), compression, step, piece);
        decode(&noise, compression, step, piece);
    }
}
