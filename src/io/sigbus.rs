//! The SIGBUS handler behind `mapped`: pages missing from a guarded region become zeros.
//!
//! A handler may interrupt any instruction of any thread, so it takes no lock and allocates nothing: regions are in a fixed
//! array of atomics. Faults at other addresses go to the previous handler (Rust's runtime installs one).

use std::io;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The maximum number of guarded regions.
const SLOTS: usize = 1024;

/// `Slot::begin` of a slot that is free, and of one that is being filled; no mapping begins at either address.
const FREE: usize = 0;
const TAKEN: usize = 1;

struct Slot {
    begin: AtomicUsize,
    end: AtomicUsize,
    hit: AtomicBool,
}

static REGIONS: [Slot; SLOTS] = [const {
    Slot {
        begin: AtomicUsize::new(FREE),
        end: AtomicUsize::new(0),
        hit: AtomicBool::new(false),
    }
}; SLOTS];

/// The previous handler of SIGBUS, and the size of a page. Set before the handler is installed.
static BEFORE: OnceLock<Before> = OnceLock::new();

struct Before {
    action: libc::sigaction,
    page: usize,
}

/// A region whose missing pages read as zeros, as long as this lives.
#[derive(Debug)]
pub(super) struct Guard {
    slot: usize,
}

impl Guard {
    /// Guards `length` bytes at the address `begin`, which begins a page; the rest of the last page is guarded too.
    ///
    /// # Errors
    /// `OutOfMemory` where all slots are taken; those of sigaction(2).
    pub(super) fn new(begin: usize, length: usize) -> io::Result<Guard> {
        let page = install()?;
        for (slot, region) in REGIONS.iter().enumerate() {
            if region
                .begin
                .compare_exchange(FREE, TAKEN, Ordering::SeqCst, Ordering::Relaxed)
                .is_ok()
            {
                region
                    .end
                    .store(begin + length.next_multiple_of(page), Ordering::SeqCst);
                region.hit.store(false, Ordering::SeqCst);
                region.begin.store(begin, Ordering::SeqCst);
                return Ok(Guard { slot });
            }
        }
        Err(io::ErrorKind::OutOfMemory.into())
    }

    /// Whether a page was missing.
    pub(super) fn was_hit(&self) -> bool {
        REGIONS[self.slot].hit.load(Ordering::SeqCst)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        REGIONS[self.slot].begin.store(FREE, Ordering::SeqCst);
    }
}

/// Installs the handler the first time it is called; returns the size of a page.
fn install() -> io::Result<usize> {
    static INSTALLED: OnceLock<Result<usize, Option<i32>>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| change_action().map_err(|error| error.raw_os_error()));
    installed.map_err(|code| code.map_or(io::ErrorKind::Other.into(), io::Error::from_raw_os_error))
}

#[allow(unsafe_code)]
fn change_action() -> io::Result<usize> {
    let page = rustix::param::page_size();
    // SAFETY: sigaction is plain data for which zeros are a value (no flags, an empty mask, SIG_DFL).
    let (mut action, mut before) =
        unsafe { std::mem::zeroed::<(libc::sigaction, libc::sigaction)>() };
    // SAFETY: a null action only asks for the present one, which is written to `before`.
    if unsafe { libc::sigaction(libc::SIGBUS, ptr::null(), &raw mut before) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // Stored first, since the handler may be called before sigaction returns.
    BEFORE.get_or_init(|| Before {
        action: before,
        page,
    });
    let handler: Handler = on_bus_error;
    action.sa_sigaction = handler as usize;
    // On the alternate stack, as the handler before may count on that.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    // SAFETY: the handler has the signature that SA_SIGINFO asks for, and only does what a handler may (see there).
    if unsafe { libc::sigaction(libc::SIGBUS, &raw const action, ptr::null_mut()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(page)
}

type Handler = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);

/// Only atomics and system calls: safe in a signal handler (signal-safety(7)); mmap is not in POSIX's list, but on Linux it
/// is a bare system call. `errno` is restored, since the interrupted code may be about to read it.
#[allow(unsafe_code)]
extern "C" fn on_bus_error(
    signal: libc::c_int,
    info: *mut libc::siginfo_t,
    context: *mut libc::c_void,
) {
    // SAFETY: the kernel passes a valid siginfo_t to a handler with SA_SIGINFO; si_addr is set for a SIGBUS that the kernel
    // raises itself, which a positive code tells (sigaction(2)).
    let fault = unsafe { ((*info).si_code > 0).then(|| (*info).si_addr() as usize) };
    // SAFETY: the address of the thread's errno is always valid.
    let errno = unsafe { *libc::__errno_location() };
    let handled = fault.is_some_and(replace_page);
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
    if !handled {
        chain(signal, info, context);
    }
}

/// Puts a page of zeros where `address` is, if that is guarded.
fn replace_page(address: usize) -> bool {
    let Some(before) = BEFORE.get() else {
        return false;
    };
    let mut found = false;
    for region in &REGIONS {
        let begin = region.begin.load(Ordering::SeqCst);
        if begin > TAKEN && begin <= address && address < region.end.load(Ordering::SeqCst) {
            // If the slot was reused between the two loads, they would be one region's beginning and another's end.
            if region.begin.load(Ordering::SeqCst) == begin {
                region.hit.store(true, Ordering::SeqCst);
                found = true;
            }
        }
    }
    found && {
        let page = address & !(before.page - 1);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        // SAFETY: the page lies in a mapping that a `Mapped` owns and that is being read right now, so it is alive; nothing
        // but the content of a page that could not be read changes. The mapping is unmapped as a whole, with this page.
        #[allow(unsafe_code)]
        let mapped =
            unsafe { libc::mmap(page as *mut _, before.page, libc::PROT_READ, flags, -1, 0) };
        mapped != libc::MAP_FAILED
    }
}

/// Calls the previous handler, or restores the default action.
#[allow(unsafe_code)]
fn chain(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let before = BEFORE.get().map(|before| before.action);
    match before {
        Some(action)
            if action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN =>
        {
            if action.sa_flags & libc::SA_SIGINFO != 0 {
                // SAFETY: sigaction(2) gave this as the address of a handler with this signature.
                let handler = unsafe { std::mem::transmute::<usize, Handler>(action.sa_sigaction) };
                handler(signal, info, context);
            } else {
                // SAFETY: as above, for a handler without SA_SIGINFO.
                let handler = unsafe {
                    std::mem::transmute::<usize, extern "C" fn(libc::c_int)>(action.sa_sigaction)
                };
                handler(signal);
            }
        }
        _ => {
            // SAFETY: both calls are async-signal-safe. The signal is blocked while its handler runs, so the process ends
            // by it on return.
            unsafe {
                libc::signal(signal, libc::SIG_DFL);
                libc::raise(signal);
            }
        }
    }
}
