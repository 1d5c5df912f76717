//! How the allocator gets memory from the kernel.

/// Allocations of at least this many bytes are mapped by themselves.
#[cfg(target_env = "gnu")]
const MAPPED: libc::c_int = 256 << 10;

/// Has large allocations returned to the kernel as soon as they are freed, from now on.
///
/// Otherwise glibc keeps them once a few have been freed. Tables that grow by doubling on several threads then leave holes of
/// all sizes, which nothing fits: a fifth of the memory of a million groups. It costs page faults where large buffers come and
/// go, so only runs that keep theirs ask for it.
pub fn return_when_freed() {
    #[cfg(target_env = "gnu")]
    // SAFETY: the call takes two numbers, and the allocator locks what it changes.
    #[allow(unsafe_code)]
    unsafe {
        // Where it is refused, memory is used as before.
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED);
    }
}
