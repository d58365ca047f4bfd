//! Forked processes that hand their bytes to the parent through a file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Child {
    process: libc::pid_t,
    file: PathBuf,
}

static NUMBER: AtomicUsize = AtomicUsize::new(0);

impl Child {
    /// A copy of this process, which has one thread, that does this and ends.
    pub fn fork(work: impl FnOnce() -> Vec<u8>) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("nonces-{}-{number}", std::process::id());
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        // SAFETY: there is one thread when this is called, so the child may do whatever the parent may.
        let process = unsafe { libc::fork() };
        assert!(process >= 0, "{}", std::io::Error::last_os_error());
        if process == 0 {
            let done = catch_unwind(AssertUnwindSafe(|| std::fs::write(&file, work()).unwrap()));
            // SAFETY: it ends this copy, and nothing of the parent is run on the way.
            unsafe { libc::_exit(i32::from(done.is_err())) };
        }
        Self { process, file }
    }

    /// What it has made.
    pub fn wait(self) -> Vec<u8> {
        let mut status = 0;
        // SAFETY: the pointer is to a local that lives.
        let ended = unsafe { libc::waitpid(self.process, &mut status, 0) };
        assert_eq!((ended, status), (self.process, 0), "a forked process has failed");
        let bytes = std::fs::read(&self.file).unwrap();
        std::fs::remove_file(&self.file).unwrap();
        bytes
    }
}
