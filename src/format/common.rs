//! `common`: the Common Log Format of CERN's and Apache's servers, `"%h %l %u %t \"%r\" %>s %b"`.

use super::access::{self, Part};
use super::{Candidate, Kind, Refused, Settings, Spec};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "common",
    summary: "Read access logs in the Common Log Format",
    kind: Kind::Records,
    precedence: 2,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "192.0.2.17 - - [17/May/2026:10:05:03 +0000] \"GET /index.html?lang=en HTTP/1.1\" 200 5120\n",
        "198.51.100.4 - ada [17/May/2026:10:05:04 +0000] \"POST /login HTTP/1.1\" 302 -\n",
    ),
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(access::candidates(
        &SPEC,
        Part::Forwarded,
        Part::Bytes,
        settings,
    ))
}
