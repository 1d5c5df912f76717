use std::ffi::OsString;

use jug::pipe::chain;
use jug::pipe::plan::{Ends, plan};
use jug::pipe::words;

/// Any text is a job file or an error with a line, and its words are a chain or an error. A chain has a plan that can be shown,
/// and its words mean the same when they are written as a job again.
pub fn chain(data: &[u8]) {
    let Ok(words) = words::job(data) else {
        return;
    };
    let quoted = words.iter().map(quoted).collect::<Vec<_>>().join(&b' ');
    assert_eq!(words::job(&quoted).as_ref(), Ok(&words));
    let Ok(chain) = chain::parse(words::split(&words)) else {
        return;
    };
    for has_input in [true, false] {
        for for_reading in [true, false] {
            let ends = Ends {
                has_input,
                for_reading,
            };
            match plan(&chain, ends) {
                Ok(plan) => assert!(plan.to_string().lines().count() >= chain.len()),
                Err(error) => assert!(!error.refused.message.is_empty()),
            }
        }
    }
}

/// A word as a job file has it; the separator as it is.
fn quoted(word: &OsString) -> Vec<u8> {
    if word == "+" {
        return b"+".to_vec();
    }
    let bytes = word.as_encoded_bytes();
    let parts: Vec<&[u8]> = bytes.split(|byte| *byte == b'\'').collect();
    [b"'", parts.join(&b"'\\''"[..]).as_slice(), b"'"].concat()
}
