//! The loop of the cockpit. (being built)
