//! The web of the practice range: home page, portal with sign-in and two tenants, API; and every way of answering badly that
//! a world asks for.

pub mod behave;
pub mod page;
pub mod places;
pub mod probe;
pub mod registry;
pub mod server;
pub mod site;
