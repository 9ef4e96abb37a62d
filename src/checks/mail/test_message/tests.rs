//! Messages as they arrive, judged.
