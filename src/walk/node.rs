//! A directory that is to be read, and what came of it.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::event::Sums;
use super::fault::Fault;
use crate::dirs::{Directory, Handle, Listing};
use crate::select::Rules;

/// A directory on its way from the queue to the output.
#[derive(Debug, Default)]
pub(super) struct Node {
    work: Mutex<Option<Work>>,
    product: Mutex<Option<Product>>,
}

/// What has to be known to read a directory.
#[derive(Debug)]
pub(super) struct Work {
    /// Which directory; none for the list of roots.
    pub(super) handle: Option<Arc<Handle>>,
    /// The root that it was reached from, by its place in the list.
    pub(super) root: usize,
    /// The ignore rules in force where it lies.
    pub(super) rules: Option<Arc<Rules>>,
    /// The file system that it is on, if that matters.
    pub(super) file_system: Option<u64>,
    /// Set if only a part of it is to be looked at; it has been listed, and the rules are those for what is in it.
    pub(super) part: Option<Part>,
}

/// A part of a large directory, so that several workers can ask about what is in it.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) directory: Arc<Directory>,
    pub(super) listing: Arc<Listing>,
    pub(super) range: Range<usize>,
}

/// What came of a directory.
#[derive(Debug, Default)]
pub(super) struct Product {
    /// Its records.
    pub(super) bytes: Vec<u8>,
    /// How many they are.
    pub(super) records: u64,
    /// Where each of them ends, if somebody wants to know.
    pub(super) ends: Vec<usize>,
    /// Its subdirectories: what is below each stands before this place of `bytes`.
    pub(super) children: Vec<(usize, Arc<Node>)>,
    /// What could not be read.
    pub(super) faults: Vec<Fault>,
    /// The directories met again.
    pub(super) repeats: Vec<String>,
    /// Set if it is a directory that something is to be said about when it is left.
    pub(super) leaving: Option<Leaving>,
    /// What came out of it, without what is below its subdirectories.
    pub(super) sums: Sums,
}

impl Product {
    /// Nothing yet, with an empty buffer for its records.
    pub(super) fn with_buffer(bytes: Vec<u8>) -> Product {
        Product {
            bytes,
            ..Product::default()
        }
    }
}

/// What is to be said about a directory when it is left.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    pub(super) path: Vec<u8>,
    pub(super) fault: Option<Fault>,
}

impl Node {
    /// A directory to be read.
    pub(super) fn new(work: Work) -> Arc<Node> {
        Arc::new(Node {
            work: Mutex::new(Some(work)),
            product: Mutex::new(None),
        })
    }

    /// Takes the work; none if somebody else has.
    pub(super) fn claim(&self) -> Option<Work> {
        self.work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Whether nobody has taken the work.
    pub(super) fn is_unclaimed(&self) -> bool {
        self.work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Puts down what came of it.
    pub(super) fn finish(&self, product: Product) {
        *self.product.lock().unwrap_or_else(PoisonError::into_inner) = Some(product);
    }

    /// What came of it, if that is known and nobody has taken it.
    pub(super) fn take(&self) -> Option<Product> {
        self.product
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Work that nobody wants any more may lie in directories nested deeper than the stack is, so it is taken apart step by step.
impl Drop for Node {
    fn drop(&mut self) {
        let mut left = self.take_children();
        while let Some((_, child)) = left.pop() {
            if let Some(mut node) = Arc::into_inner(child) {
                left.append(&mut node.take_children());
            }
        }
    }
}

impl Node {
    fn take_children(&mut self) -> Vec<(usize, Arc<Node>)> {
        let product = self
            .product
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        product
            .take()
            .map(|product| product.children)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_longer_than_any_stack_is_let_go() {
        let mut node = Arc::new(Node::default());
        for _ in 0..1_000_000 {
            let outer = Arc::new(Node::default());
            outer.finish(Product {
                children: vec![(0, node)],
                ..Product::default()
            });
            node = outer;
        }
        drop(node);
    }
}
