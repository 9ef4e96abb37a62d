//! How the discovery asks DNS: through the resolver, with checking off where DNSSEC is broken.

use std::sync::Arc;

use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::net::Network;

/// A way to ask.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    network: &'a Network,
    mode: Mode,
}

#[derive(Clone, Copy)]
enum Mode {
    Checked,
    Unchecked,
}

impl<'a> Asker<'a> {
    pub(super) const fn checked(network: &'a Network) -> Self {
        Self {
            network,
            mode: Mode::Checked,
        }
    }

    pub(super) const fn unchecked(network: &'a Network) -> Self {
        Self {
            network,
            mode: Mode::Unchecked,
        }
    }

    pub(super) async fn ask(self, name: &HostName, rtype: RecordType) -> Arc<DnsAnswer> {
        match self.mode {
            Mode::Checked => self.network.ask(name, rtype).await,
            Mode::Unchecked => self.network.ask_unchecked(name, rtype).await,
        }
    }
}
