//! The DNS of the practice range: root, top-level domain, two servers of the client's zone, the mail sender's zone, and two
//! validating resolvers. Messages are read and written by the DNS library; the engine behind them is ours, because it must
//! be able to misbehave.

pub mod answer;
pub mod copies;
pub mod key;
pub mod resolve;
pub mod say;
pub mod server;
pub mod spoil;
pub mod zone;
