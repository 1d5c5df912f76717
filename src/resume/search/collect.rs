//! What is to be read, once it is known which file holds what.

use std::io;

use super::super::candidates::Candidate;
use super::super::files::{Content as _, Files};
use super::super::mark::Mark;
use super::super::pieces::{Loss, Piece, Resolved, Seen};
use super::{Holds, Search};
use crate::io::growing::Status;

impl<F: Files> Search<'_, F> {
    /// What is to be read, in order.
    pub(super) fn collect(
        &mut self,
        place: Option<usize>,
        resolved: &mut Resolved,
    ) -> io::Result<()> {
        let short = self
            .holds
            .iter()
            .position(|holds| *holds == Holds::ShortCopy);
        if let Some(at) = short {
            self.take_as_read(at, resolved)?;
        }
        let piece = |at: usize, from: Option<&Mark>| Piece {
            path: self.candidates[at].path.clone(),
            status: self.candidates[at].status,
            from: from.cloned(),
            is_active: self.candidates[at].age.is_none(),
            is_late: false,
            is_copy: self.is_copy(at),
            is_truncated: false,
        };
        let is_truncated = resolved
            .losses
            .iter()
            .any(|loss| matches!(loss, Loss::Truncated { .. }));
        let position = self.known.position.as_ref();
        let is_held = |status: &Status| {
            let is_here = self.open.iter().any(|open| open.is_same_file(status));
            let is_position = position.is_some_and(|mark| mark.status.is_same_file(status));
            // The caller gives up what was truncated.
            is_here && !(is_truncated && is_position)
        };
        let is_open = |at: usize| is_held(&self.candidates[at].status);
        // What is held open is read there, whatever else has the same content.
        let is_read = position.is_some_and(|position| is_held(&position.status));
        let (mut late, mut rest, mut ring, mut new) = (vec![], vec![], vec![], vec![]);
        for (at, candidate) in self.candidates.iter().enumerate() {
            match self.holds[at] {
                Holds::Finished(index) => {
                    let mut mark = self.known.finished[index].clone();
                    // An archive is complete: nobody adds to it.
                    if candidate.is_packed {
                        resolved.archives.push(Seen {
                            status: candidate.status,
                        });
                        if !is_open(at) && !is_held(&mark.status) {
                            match place {
                                Some(place) if at < place => ring.push(piece(at, Some(&mark))),
                                _ => new.push(piece(at, Some(&mark))),
                            }
                        }
                        continue;
                    }
                    if candidate.status.size > mark.offset && !is_open(at) {
                        late.push(Piece {
                            is_late: true,
                            ..piece(at, Some(&mark))
                        });
                    }
                    (mark.path, mark.status) = (candidate.path.clone(), candidate.status);
                    resolved.finished.push(mark);
                }
                Holds::Position if !is_open(at) && !is_read => {
                    rest.push(piece(at, position));
                }
                // The same as what is held open, but somebody may add to it.
                Holds::Position if !is_open(at) && !candidate.is_packed => {
                    resolved.finished.extend(position.map(|mark| Mark {
                        path: candidate.path.clone(),
                        status: candidate.status,
                        ..mark.clone()
                    }));
                }
                Holds::New if !is_open(at) => match place {
                    Some(place) if at < place => ring.push(piece(at, None)),
                    _ => new.push(piece(at, None)),
                },
                Holds::Nothing if candidate.is_packed => resolved.archives.push(Seen {
                    status: candidate.status,
                }),
                Holds::Position
                | Holds::New
                | Holds::Nothing
                | Holds::ShortCopy
                | Holds::Unfinished => {}
            }
        }
        ring.sort_by_key(|piece| piece.status.modified);
        resolved.pieces = [late, ring, rest, new].concat();
        for piece in &mut resolved.pieces {
            piece.is_truncated = is_truncated && piece.is_active;
            piece.is_copy |= is_truncated && !piece.is_active && !piece.is_late;
        }
        self.mark_new(&mut resolved.pieces)
    }

    /// Marks the beginnings of new contents: when it is their turn, another content may be in the same file.
    fn mark_new(&mut self, pieces: &mut [Piece]) -> io::Result<()> {
        for piece in pieces.iter_mut().filter(|piece| piece.from.is_none()) {
            let at = self
                .candidates
                .iter()
                .position(|one| one.path == piece.path);
            if let Some(at) = at {
                let marked = |content: &mut F::Content| Mark::of(&piece.path, content, 0);
                piece.from = self.with_content(at, marked)?.flatten();
            }
        }
        Ok(())
    }

    /// Notes that nothing is to be read of a file.
    fn take_as_read(&mut self, at: usize, resolved: &mut Resolved) -> io::Result<()> {
        let Candidate {
            path,
            status,
            is_packed,
            ..
        } = &self.candidates[at];
        if *is_packed {
            resolved.archives.push(Seen { status: *status });
            return Ok(());
        }
        // It may have grown since it was listed.
        let at_end = |content: &mut F::Content| {
            let size = content.status()?.size;
            Mark::of(path, content, size)
        };
        let mark = self.with_content(at, at_end)?;
        resolved.finished.extend(mark.flatten());
        Ok(())
    }
}
