//! Addresses and networks: `10.0.0.0/8`, `2001:db8::/32`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many bits come before the address of version 4 in `::ffff:192.0.2.1`.
const MAPPED: u8 = 96;

/// A network, or a single address as a network of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Net {
    address: IpAddr,
    prefix: u8,
}

impl Net {
    /// Reads `ADDRESS` or `ADDRESS/PREFIX`.
    pub fn parse(text: &[u8]) -> Option<Net> {
        let text = std::str::from_utf8(text).ok()?;
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let prefix = prefix.unwrap_or(width(address));
        // A network of mapped addresses is one of version 4, as they are.
        let (address, prefix) = match address.to_canonical() {
            IpAddr::V4(inner) if address.is_ipv6() && prefix >= MAPPED => {
                (IpAddr::V4(inner), prefix - MAPPED)
            }
            _ => (address, prefix),
        };
        (prefix <= width(address)).then(|| Net { address, prefix }.masked())
    }

    /// The network of `prefix` bits that `address` lies in; prefixes longer than the address are cut.
    pub fn around(address: IpAddr, prefix: u8) -> Net {
        Net {
            address,
            prefix: prefix.min(width(address)),
        }
        .masked()
    }

    /// Whether the address lies in it. IPv4-mapped IPv6 addresses (`::ffff:10.0.0.1`) count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        width(address) == width(self.address)
            && Net {
                address,
                prefix: self.prefix,
            }
            .masked()
                == *self
    }

    /// Whether `line` contains, as a whole word, an address in this network.
    pub fn occurs_in(&self, line: &[u8]) -> bool {
        // Letters belong to the word, too: the :: of `LWP::Simple` is not an address.
        let is_part =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':' | b'_');
        line.split(|byte| !is_part(byte))
            .filter(|word| word.len() >= 2 && word.iter().any(|byte| matches!(byte, b'.' | b':')))
            .filter_map(|word| address_in(word).or_else(|| address_in(without_label(word)?)))
            .any(|address| self.contains(address))
    }

    fn masked(self) -> Net {
        let address = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.prefix))
                    .unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from(u32::from(address) & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.prefix))
                    .unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask))
            }
        };
        Net { address, ..self }
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// An address as logs write it: also with a port (`192.0.2.1:443`), in brackets (`[2001:db8::1]:443`), or with a zone
/// (`fe80::1%eth0`). IPv4-mapped addresses (`::ffff:192.0.2.1`) are those of version 4.
pub fn parse_address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let is_port = |port: &str| {
        !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    let address = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, after) = rest.split_once(']')?;
            match after.strip_prefix(':') {
                Some(port) if is_port(port) => {}
                None if after.is_empty() => {}
                _ => return None,
            }
            address
        }
        None => match text.split_once(':') {
            Some((address, port)) if address.contains('.') && is_port(port) => address,
            _ => text,
        },
    };
    let address = match address.split_once('%') {
        Some((address, zone)) if address.contains(':') && !zone.is_empty() => address,
        _ => address,
    };
    let address: IpAddr = address.parse().ok()?;
    Some(address.to_canonical())
}

/// An address, also as `10.0.0.1:8080` and with a full stop or colon after it.
fn address_in(word: &[u8]) -> Option<IpAddr> {
    parse_address(word).or_else(|| {
        let end = word.iter().rposition(|byte| matches!(byte, b':' | b'.'))?;
        parse_address(&word[..end])
    })
}

/// `from:10.0.0.1` without its label. Only before addresses of version 4: those of version 6 have colons themselves.
fn without_label(word: &[u8]) -> Option<&[u8]> {
    let colon = word.iter().position(|byte| *byte == b':')?;
    let rest = &word[colon + 1..];
    rest.contains(&b'.').then_some(rest)
}

fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Net {
        Net::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_network_contains_its_addresses() {
        assert!(net("10.0.0.0/8").contains("10.255.0.1".parse().unwrap()));
        assert!(!net("10.0.0.0/8").contains("11.0.0.1".parse().unwrap()));
        assert!(net("0.0.0.0/0").contains("11.0.0.1".parse().unwrap()));
        assert!(net("10.0.0.7").contains("::ffff:10.0.0.7".parse().unwrap()));
        assert!(net("2001:db8::/32").contains("2001:db8:1::2".parse().unwrap()));
        assert!(!net("::/0").contains("10.0.0.1".parse().unwrap()));
        assert_eq!(Net::parse(b"10.0.0.0/33"), None);
    }

    #[test]
    fn addresses_are_read_in_all_the_ways_that_logs_write_them() {
        for (text, address) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1:443", Some("192.0.2.1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("[fe80::1%2]:80", Some("fe80::1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("[::ffff:192.0.2.1]:80", Some("192.0.2.1")),
            ("192.0.2.1:", None),
            ("192.0.2.1:http", None),
            ("192.0.2.1:123456", None),
            ("192.0.2.1%eth0", None),
            ("[2001:db8::1]443", None),
            ("[2001:db8::1", None),
            ("fe80::1%", None),
            ("192.0.2", None),
        ] {
            let read = parse_address(text.as_bytes()).map(|address| address.to_string());
            assert_eq!(read.as_deref(), address, "{text}");
        }
        assert!(net("::ffff:192.0.2.0/120").contains("192.0.2.9".parse().unwrap()));
        assert!(!net("::ffff:192.0.2.0/120").contains("192.0.3.9".parse().unwrap()));
    }

    #[test]
    fn addresses_are_found_as_whole_words() {
        assert!(net("10.1.2.3").occurs_in(b"from 10.1.2.3:8080 to x"));
        assert!(net("10.1.2.3").occurs_in(b"gone: 10.1.2.3."));
        assert!(!net("10.1.2.3").occurs_in(b"from 110.1.2.3 and 10.1.2.33"));
        assert!(net("10.1.2.3").occurs_in(b"rhost:10.1.2.3 from:10.9.9.9:80"));
        assert!(net("10.9.9.9").occurs_in(b"rhost:10.1.2.3 from:10.9.9.9:80"));
        assert!(!net("10.1.2.3").occurs_in(b"v10.1.2.3 x10.1.2.3"));
        assert!(net("2001:db8::/32").occurs_in(b"[2001:db8::1] ok"));
        assert!(net("2001:db8::/32").occurs_in(b"from [2001:db8::1]:443 ok"));
        assert!(net("fe80::1").occurs_in(b"from fe80::1%eth0 ok"));
        assert!(!net("::/0").occurs_in(b"GET LWP::Simple std::io"));
    }

    #[test]
    fn networks_are_shown_with_their_prefix() {
        assert_eq!(
            Net::around("192.0.2.77".parse().unwrap(), 24).to_string(),
            "192.0.2.0/24"
        );
    }
}
