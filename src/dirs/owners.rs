//! The names of users and groups.

use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;

/// Names by ID, each looked up once: the system may have to ask a server.
#[derive(Debug, Default)]
pub struct Owners {
    users: HashMap<u32, Option<Arc<[u8]>>>,
    groups: HashMap<u32, Option<Arc<[u8]>>>,
}

impl Owners {
    /// The name of a user, if it has one.
    pub fn user(&mut self, uid: u32) -> Option<Arc<[u8]>> {
        let name = self.users.entry(uid).or_insert_with(|| {
            let user = uzers::get_user_by_uid(uid)?;
            Some(user.name().as_bytes().into())
        });
        name.clone()
    }

    /// The name of a group, if it has one.
    pub fn group(&mut self, gid: u32) -> Option<Arc<[u8]>> {
        let name = self.groups.entry(gid).or_insert_with(|| {
            let group = uzers::get_group_by_gid(gid)?;
            Some(group.name().as_bytes().into())
        });
        name.clone()
    }
}

/// Whether a user has a name.
pub fn has_name(uid: u32) -> bool {
    uzers::get_user_by_uid(uid).is_some()
}

/// The ID of a user, given by name or in digits.
pub fn uid(text: &str) -> Option<u32> {
    let named = || uzers::get_user_by_name(text).map(|user| user.uid());
    text.parse().ok().or_else(named)
}

/// The ID of a group, given by name or in digits.
pub fn gid(text: &str) -> Option<u32> {
    let named = || uzers::get_group_by_name(text).map(|group| group.gid());
    text.parse().ok().or_else(named)
}
