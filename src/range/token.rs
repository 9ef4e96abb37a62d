//! Random texts that nobody guesses.

use crate::model::text::hex;

/// Twice as many hexadecimal digits as `N` random bytes; `None` when the system has no randomness.
pub fn random<const N: usize>() -> Option<String> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex(&bytes))
}
