//! What a host hands to anybody who guesses the address. Proven by content, never by status; nothing found is kept.

pub mod files;
