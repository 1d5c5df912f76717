use std::time::Duration;

use jug::record::Timestamp;

use super::engine::zone;

/// Any bytes are a time or not. A time can be written and read again, and no bucket that it falls into begins after it.
pub fn time(data: &[u8]) {
    let zone = zone();
    let Some(time) = Timestamp::parse(data, &zone) else {
        return;
    };
    let mut text = Vec::new();
    time.write(&mut text);
    let shown = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(Timestamp::parse(&text, &zone), Some(time), "{shown}");
    for seconds in [1, 60, 300, 3600] {
        let start = time.floor_to(Duration::from_secs(seconds), 0);
        assert!(start <= time, "{shown}: {seconds} s");
    }
    assert!(time.floor_to_days(1, &zone) <= time, "{shown}");
}
