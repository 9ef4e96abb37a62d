//! Who gets in: protected routes, seen as a stranger sees them. No check here sends a credential.

pub mod protected_routes;
