//! A picture that the renderer cannot stand is refused like any other.
//!
//! resvg and tiny-skia are free of unsafe code but not of panics. Those that are known are kept from happening (see `effort`);
//! this is for the others. Nothing of ours is left half changed by one, since all that they work on is thrown away with it.

use super::Fault;
use crate::panics::catch_expected;

/// Does the work, and makes a panic in it a fault of which nothing is printed.
pub(super) fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_expected(work).unwrap_or(Err(Fault::Crashed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_fault_and_nothing_else_changes() {
        assert_eq!(caught(|| Ok(1)).unwrap(), 1);
        let crashed = caught(|| -> Result<(), Fault> { panic!("on purpose") });
        assert!(matches!(crashed, Err(Fault::Crashed)));
        assert!(matches!(
            caught(|| Err::<(), _>(Fault::NoSize)),
            Err(Fault::NoSize)
        ));
    }
}
