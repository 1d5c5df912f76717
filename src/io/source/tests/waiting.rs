//! Streams whose bytes come later, or in pieces.

use super::*;

#[test]
fn a_pipe_hands_on_what_has_come() {
    let (stream, mut writer) = piped(b"a");
    let mut stream = stream.expect("the test has set it up");
    let mut buf = [0; 100];
    assert_eq!(stream.receive(&mut buf), 1);
    writer.write_all(b"bcd").expect("the test has set it up");
    assert_eq!(stream.receive(&mut buf), 3);
    assert_eq!((stream.compression(), stream.total()), (None, None));
    assert_eq!(stream.consumed().load(Ordering::Relaxed), 4);
    drop(writer);
    assert_eq!(stream.receive(&mut buf), 0);
}

#[test]
fn a_compressed_pipe_is_decoded_as_it_comes() {
    let plain = b"line\n".repeat(1000);
    let packed = [gzip(&plain), gzip(&plain)].concat();
    let middle = packed.len() / 2;
    // The first member is complete, so all of it must come though the pipe stays open.
    let (stream, mut writer) = piped(&packed[..middle]);
    let mut stream = stream.expect("the test has set it up");
    let mut half = vec![0; plain.len()];
    let mut filled = 0;
    while filled < half.len() {
        filled += stream.receive(&mut half[filled..]);
    }
    assert!(half == plain);
    writer
        .write_all(&packed[middle..])
        .expect("the test has set it up");
    drop(writer);
    assert!(stream.rest() == plain);
}

#[test]
fn a_magic_in_pieces_is_put_together() {
    let (reader, writer) = rustix::pipe::pipe().expect("the test has set it up");
    let mut writer = File::from(writer);
    let packed = zstd::encode_all(&b"plain"[..], 1).expect("the test has set it up");
    let plain = std::thread::scope(|scope| {
        scope.spawn(move || {
            for byte in packed {
                writer.write_all(&[byte]).expect("the test has set it up");
            }
        });
        let stream = Stream::from_pipe(File::from(reader), &FOREVER);
        stream.expect("the test has set it up").rest()
    });
    assert_eq!(plain, b"plain");
}

#[test]
fn a_waiting_read_stops_when_another_thread_says_so_and_goes_on_later() {
    for packed in [
        b"some text, some text".to_vec(),
        gzip(b"some text, some text"),
    ] {
        let (stream, mut writer) = piped(&packed[..12]);
        let mut stream = stream.expect("the test has set it up");
        let mut all = Vec::new();
        let mut buf = [0; 100];
        let event = Event::new();
        let is_stopping = || event.is_set();
        let until = Until {
            event: Some(&event),
            ..Until::stopped(&is_stopping)
        };
        std::thread::scope(|scope| {
            let mut is_first = true;
            loop {
                match stream
                    .read_until(&mut buf, &until)
                    .expect("the test has set it up")
                {
                    Received::Bytes(read) => all.extend_from_slice(&buf[..read]),
                    Received::Stopped => break,
                    other => panic!("{other:?}"),
                }
                if std::mem::take(&mut is_first) {
                    scope.spawn(|| event.set());
                }
            }
            event.set();
        });
        writer
            .write_all(&packed[12..])
            .expect("the test has set it up");
        drop(writer);
        all.extend(stream.rest());
        assert_eq!(all, b"some text, some text");
    }
}

#[test]
fn a_read_ends_at_its_deadline_and_goes_on_later() {
    let (stream, mut writer) = piped(b"a");
    let mut stream = stream.expect("the test has set it up");
    let mut buf = [0; 100];
    let until = Until {
        deadline: Some(Instant::now() + Duration::from_millis(10)),
        ..FOREVER
    };
    assert_eq!(
        stream
            .read_until(&mut buf, &until)
            .expect("the test has set it up"),
        Received::Bytes(1)
    );
    assert_eq!(
        stream
            .read_until(&mut buf, &until)
            .expect("the test has set it up"),
        Received::Deadline
    );
    assert!(Some(Instant::now()) >= until.deadline);
    // With data there, a deadline that has passed is no reason not to read it.
    writer.write_all(b"bc").expect("the test has set it up");
    assert_eq!(
        stream
            .read_until(&mut buf, &until)
            .expect("the test has set it up"),
        Received::Bytes(2)
    );
}

#[test]
fn what_was_looked_at_is_given_out_after_a_signal() {
    let (stream, _writer) = piped(b"a\nb\n");
    let mut stream = stream.expect("the test has set it up");
    let mut buf = [0; 100];
    let stopped = Until::stopped(&|| true);
    assert_eq!(
        stream
            .read_until(&mut buf, &stopped)
            .expect("the test has set it up"),
        Received::Bytes(4)
    );
    assert_eq!(
        stream
            .read_until(&mut buf, &stopped)
            .expect("the test has set it up"),
        Received::Stopped
    );
}

#[test]
fn a_non_blocking_pipe_is_waited_for() {
    let (reader, writer) =
        rustix::pipe::pipe_with(rustix::pipe::PipeFlags::NONBLOCK).expect("the test has set it up");
    let mut writer = File::from(writer);
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let stream = Stream::from_pipe(File::from(reader), &FOREVER);
            stream.expect("the test has set it up").rest()
        });
        writer.write_all(b"one").expect("the test has set it up");
        std::thread::yield_now();
        writer.write_all(b"two").expect("the test has set it up");
        drop(writer);
        reader.join().expect("the test has set it up")
    });
    assert_eq!(read, b"onetwo");
}
