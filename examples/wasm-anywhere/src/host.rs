//! What the module needs of its host, and what a program without the standard library has to bring.

#[cfg(all(target_arch = "wasm32", not(test)))]
mod bare {
    #[global_allocator]
    static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

    /// Never reached by what is known. The message would be a third of the module's size, so there is none.
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
        core::arch::wasm32::unreachable()
    }
}

/// The host's random source.
#[cfg(feature = "mint")]
pub(crate) struct HostRandom;

/// The host has no random bytes now, for example because it is not in a request yet.
#[cfg(feature = "mint")]
#[derive(Debug)]
pub(crate) struct NoRandom;

#[cfg(feature = "mint")]
mod random {
    use safeconduct::rand_core::{TryCryptoRng, TryRng};

    use super::{HostRandom, NoRandom};

    #[link(wasm_import_module = "host")]
    unsafe extern "C" {
        /// Fills `length` bytes at `address` from the platform's secure source, and answers 0; anything else is a failure.
        fn random(address: *mut u8, length: usize) -> u32;
    }

    impl core::fmt::Display for NoRandom {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("the host gave no random bytes")
        }
    }

    impl core::error::Error for NoRandom {}

    impl TryRng for HostRandom {
        type Error = NoRandom;

        fn try_next_u32(&mut self) -> Result<u32, NoRandom> {
            let mut bytes = [0; 4];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u32::from_le_bytes(bytes))
        }

        fn try_next_u64(&mut self) -> Result<u64, NoRandom> {
            let mut bytes = [0; 8];
            self.try_fill_bytes(&mut bytes)?;
            Ok(u64::from_le_bytes(bytes))
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), NoRandom> {
            // SAFETY: the host writes to these bytes and to no others, and they are ours for as long as the call lasts.
            match unsafe { random(bytes.as_mut_ptr(), bytes.len()) } {
                0 => Ok(()),
                _ => Err(NoRandom),
            }
        }
    }

    impl TryCryptoRng for HostRandom {}
}
