//! `nginx`: the combined format with the request time after it, as most who measure it configure nginx:
//! `$request_time` alone, or `rt=$request_time` among other pairs.

use super::access::{self, Part};
use super::{Candidate, Kind, Refused, Settings, Spec};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "nginx",
    summary: "Read combined access logs followed by the request time (rt) in seconds",
    kind: Kind::Records,
    precedence: 4,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "192.0.2.17 - - [17/May/2026:10:05:03 +0000] \"GET /index.html?lang=en HTTP/1.1\" 200 5120 ",
        "\"https://www.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\" 0.042\n",
        "198.51.100.4 - ada [17/May/2026:10:05:04 +0000] \"POST /login HTTP/2.0\" 302 0 \"-\" \"curl/8.5.0\" ",
        "\"203.0.113.9\" rt=1.250 uct=0.001 urt=1.249\n",
    ),
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    let parts = (Part::Forwarded, Part::Agent);
    Ok(access::candidates_with(&SPEC, parts, true, settings))
}
