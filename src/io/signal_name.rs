//! Signals by name and number.

use std::fmt;

/// A signal that can be sent to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(rustix::process::Signal);

/// The names, without SIG.
const NAMES: &[(&str, rustix::process::Signal)] = &[
    ("HUP", rustix::process::Signal::HUP),
    ("INT", rustix::process::Signal::INT),
    ("QUIT", rustix::process::Signal::QUIT),
    ("ILL", rustix::process::Signal::ILL),
    ("TRAP", rustix::process::Signal::TRAP),
    ("ABRT", rustix::process::Signal::ABORT),
    ("BUS", rustix::process::Signal::BUS),
    ("FPE", rustix::process::Signal::FPE),
    ("KILL", rustix::process::Signal::KILL),
    ("USR1", rustix::process::Signal::USR1),
    ("SEGV", rustix::process::Signal::SEGV),
    ("USR2", rustix::process::Signal::USR2),
    ("PIPE", rustix::process::Signal::PIPE),
    ("ALRM", rustix::process::Signal::ALARM),
    ("TERM", rustix::process::Signal::TERM),
    ("CONT", rustix::process::Signal::CONT),
    ("STOP", rustix::process::Signal::STOP),
    ("XCPU", rustix::process::Signal::XCPU),
    ("XFSZ", rustix::process::Signal::XFSZ),
    ("SYS", rustix::process::Signal::SYS),
];

impl Signal {
    /// SIGKILL.
    pub const KILL: Signal = Signal(rustix::process::Signal::KILL);
    /// SIGCONT.
    pub const CONT: Signal = Signal(rustix::process::Signal::CONT);

    /// The signal with this name, with or without SIG, or with this number.
    pub fn parse(text: &str) -> Option<Signal> {
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        let named = NAMES.iter().find(|(known, _)| *known == name);
        let named = named.map(|(_, signal)| Signal(*signal));
        named.or_else(|| text.parse().ok().and_then(Signal::numbered))
    }

    /// The signal with this number, if it has a name.
    pub fn numbered(number: i32) -> Option<Signal> {
        let found = NAMES.iter().find(|(_, signal)| signal.as_raw() == number);
        found.map(|(_, signal)| Signal(*signal))
    }

    pub(super) fn raw(self) -> rustix::process::Signal {
        self.0
    }
}

/// `SIGTERM`.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(_, signal)| *signal == self.0) {
            Some((name, _)) => write!(f, "SIG{name}"),
            None => write!(f, "signal {}", self.0.as_raw()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of Linux, signal(7).
    #[test]
    fn signals_are_found_by_name_and_number() {
        for (text, number, shown) in [
            ("TERM", 15, "SIGTERM"),
            ("sigint", 2, "SIGINT"),
            ("9", 9, "SIGKILL"),
            ("Usr2", 12, "SIGUSR2"),
            ("SIGPIPE", 13, "SIGPIPE"),
        ] {
            let signal = Signal::parse(text).unwrap();
            assert_eq!(signal.raw().as_raw(), number, "{text}");
            assert_eq!(signal.to_string(), shown);
        }
        for text in ["", "SIG", "0", "99", "-1", "TERMINATE"] {
            assert_eq!(Signal::parse(text), None, "{text}");
        }
    }
}
