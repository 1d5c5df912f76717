//! `vhost_combined`: Apache's combined format with the virtual host in front, as Debian configures it:
//! `"%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\""`. The port is optional.

use super::access::{self, Part};
use super::{Candidate, Kind, Refused, Settings, Spec};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "vhost_combined",
    summary: "Read combined access logs with the virtual host (vhost) in front",
    kind: Kind::Records,
    // After all others: a line of theirs is never one of these, but this is the rarest.
    precedence: 1,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "www.example.com:80 192.0.2.17 - - [17/May/2026:10:05:03 +0000] \"GET /index.html?lang=en HTTP/1.1\" 200 5120 ",
        "\"https://www.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n",
        "www.example.net:443 198.51.100.4 - ada [17/May/2026:10:05:04 +0000] \"POST /login HTTP/2.0\" 302 - \"-\" \"curl/8.5.0\"\n",
    ),
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(access::candidates(
        &SPEC,
        Part::Vhost,
        Part::Agent,
        settings,
    ))
}
