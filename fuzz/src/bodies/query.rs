use jug::log::plan::explain::Explained;
use jug::log::plan::plan;
use jug::log::query::parse;

use super::engine::clock;

/// Any text is a query or an error. The place of an error lies in the text, between characters, and can be shown.
pub fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let result = parse(text).and_then(|parsed| Ok((plan(&parsed, text, &clock())?, parsed)));
    match result {
        Ok((plan, parsed)) => {
            let explained = Explained {
                query: &parsed,
                text,
                plan: &plan,
            };
            assert!(!explained.to_string().is_empty());
        }
        Err(error) => {
            assert!(text.get(error.span.clone()).is_some(), "{:?}", error.span);
            assert!(!error.render(text).is_empty() && !error.message.is_empty());
        }
    }
}
