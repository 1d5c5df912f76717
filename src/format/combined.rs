//! `combined`: Apache's and nginx's usual access log, which is the common one with referer and agent.

use super::access::{self, Part};
use super::{Candidate, Kind, Refused, Settings, Spec};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "combined",
    summary: "Read access logs in the combined format of Apache and nginx",
    kind: Kind::Records,
    precedence: 3,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "192.0.2.17 - - [17/May/2026:10:05:03 +0000] \"GET /index.html?lang=en HTTP/1.1\" 200 5120 ",
        "\"https://www.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n",
        "2001:db8::7 - ada l [17/May/2026:10:05:04 +0000] \"POST /a b HTTP/2.0\" 302 - \"-\" \"say \\\"hi\\\"\"\n",
        "198.51.100.4 - - [17/May/2026:10:05:09 +0000] \"-\" 408 0 \"-\" \"-\"\n",
    ),
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(access::candidates(
        &SPEC,
        Part::Forwarded,
        Part::Agent,
        settings,
    ))
}
