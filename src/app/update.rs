//! One message in, the next state and the effects out.

use jiff::Timestamp;

use super::{Effect, Message, State};

/// Takes one message. The only function that changes a [`State`].
pub fn update(state: &mut State, message: Message, now: Timestamp) -> Vec<Effect> {
    state.now = now;
    if let Message::Resize(size) = message {
        state.size = size;
    }
    Vec::new()
}
