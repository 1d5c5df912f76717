//! Records in the order of an attribute.

use std::io;

use super::output::Writing;
use super::sinks::Nowhere;
use crate::error::{Error, Result};
use crate::walk::ranking::{Ranked, RankedRecorder, Ranking};
use crate::walk::{Recorder, Report};

impl Writing<'_> {
    /// Walks, and hands on the records in the order of an attribute at the end. Gives the recorders.
    pub(super) fn ranked<R: Recorder>(
        &self,
        ranking: Ranking,
        recorder: &(impl Fn() -> R + Sync),
        put: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<(Vec<R>, Report)> {
        let recorder = || RankedRecorder {
            inner: recorder(),
            ranked: Ranked::new(ranking),
        };
        let (recorders, report) = self.walk(&recorder, &mut Nowhere)?;
        let (inner, ranked) = recorders
            .into_iter()
            .map(|recorder| (recorder.inner, recorder.ranked))
            .unzip();
        self.context.ui.clear();
        in_order(ranked, put)?;
        Ok((inner, report))
    }
}

/// Hands on records in the order of an attribute.
pub(super) fn in_order(
    ranked: Vec<Ranked>,
    put: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let put = &mut |record: &[u8]| put(record).map_err(Failure);
    Ranked::in_order(ranked, put).map_err(|Failure(error)| error)
}

/// An error of the output, or of a temporary file.
pub(super) struct Failure(pub(super) Error);

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure(Error::writing(
            std::env::temp_dir().display().to_string(),
            error,
        ))
    }
}
