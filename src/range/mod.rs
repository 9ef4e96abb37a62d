//! The practice range: a real small internet on the loopback interface, inside the program.
//!
//! [`Range::start`] binds every server of a [`World`] on ports of 127.0.0.1 and gives what a [`Network`](crate::net::Network)
//! needs to reach them under their public-looking addresses (RFC 5737 documentation ranges). Faults of the catalogue can be
//! set and mended while it serves. No check knows that it exists, and none may be able to tell that it runs here.

pub mod change;
pub mod control;
pub mod describe;
pub mod dns;
mod door;
pub mod fault;
pub mod http;
mod post;
pub mod reach;
pub mod scenario;
mod smtp;
pub mod state;
pub mod tls;
mod token;
pub mod world;

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::UdpSocket;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use crate::model::intent::Intent;
use change::Changes;
use dns::answer::DnsWorld;
use dns::copies::{Copies, Missing, RESOLVERS};
use door::{ClosedPort, Door};
use state::{Counts, Shared, State};
use tls::authority::Authority;
use world::{World, WorldProblem};

/// The client's domain in every world.
pub const DOMAIN: &str = "acme.example";

/// Where web pages are served: home page, portal, API, one more for worlds that want another place, and the third parties
/// that the operator may ask.
const WEB: [IpAddr; 10] = [
    IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 10)),
    IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 20)),
    IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 30)),
    IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 40)),
    IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 80)),
    IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 81)),
    IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 84)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x10)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x20)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x30)),
];

/// The mail exchanger, and one more for worlds that want a second.
const MX: [IpAddr; 2] = [
    IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 25)),
    IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 26)),
];

/// Ports at which somebody may knock.
const PORTS: [u16; 4] = [25, 53, 80, 443];

/// Why a range could not be started or changed.
#[derive(Debug, thiserror::Error)]
pub enum RangeProblem {
    #[error(transparent)]
    World(#[from] WorldProblem),
    #[error("{what} of the practice range: {source}")]
    Io {
        what: &'static str,
        source: io::Error,
    },
}

/// A range that serves until it is dropped.
pub struct Range {
    world: World,
    intent: Intent,
    shared: Arc<Shared>,
    healthy: Copies,
    faults: Mutex<BTreeSet<String>>,
    reroutes: Vec<(SocketAddr, SocketAddr)>,
    applied: Vec<watch::Receiver<u64>>,
    files: TempDir,
    /// Held, never looked at again.
    closed: Vec<ClosedPort>,
    /// Everything that serves; ends with the range.
    tasks: JoinSet<()>,
}

impl Range {
    /// Binds and serves. When this returns, everything listens.
    pub async fn start(world: World) -> Result<Self, RangeProblem> {
        let healthy = Copies::healthy()?;
        let faults: BTreeSet<String> = world.faults.iter().cloned().collect();
        let state = compose(&healthy, &world, &faults, 0)?;
        let addresses = every_address(&healthy, &state)?;
        let ports: BTreeSet<u16> = PORTS.into_iter().chain(state.dns.copies.ports()).collect();
        let shared = Arc::new(Shared::new(state, Authority::generate()?));
        let intent = world.intent()?;
        let mut range = Self {
            files: reach::files(&healthy, &shared, &intent)?,
            intent,
            world,
            shared,
            healthy,
            faults: Mutex::new(faults),
            reroutes: Vec::new(),
            applied: Vec::new(),
            closed: Vec::new(),
            tasks: JoinSet::new(),
        };
        range
            .open_doors()
            .await
            .map_err(|source| RangeProblem::Io {
                what: "opening the ports",
                source,
            })?;
        range
            .close_the_rest(&addresses, &ports)
            .map_err(|source| RangeProblem::Io {
                what: "taking a closed port",
                source,
            })?;
        Ok(range)
    }

    async fn open_doors(&mut self) -> io::Result<()> {
        let servers: Vec<IpAddr> = self.healthy.servers().chain(RESOLVERS).collect();
        for address in servers {
            let public = SocketAddr::new(address, 53);
            let (door, socket) = dns_door(public, &self.shared).await?;
            self.tasks.spawn(dns::server::serve_udp(
                socket,
                public,
                Arc::clone(&self.shared),
            ));
            self.serve(door, dns::server::serve_tcp);
        }
        for address in WEB {
            let plain = Door::open(SocketAddr::new(address, 80), &self.shared)?;
            self.serve(plain, http::server::serve);
            let secure = Door::open(SocketAddr::new(address, 443), &self.shared)?;
            self.serve(secure, tls::server::serve);
        }
        for address in MX {
            let mail = Door::open(SocketAddr::new(address, 25), &self.shared)?;
            self.serve(mail, smtp::serve);
        }
        for port in [465, 587] {
            let submission = Door::open(SocketAddr::new(post::SUBMISSION, port), &self.shared)?;
            self.serve(submission, post::serve_submission);
        }
        let inbox = Door::open(SocketAddr::new(post::INBOX, 993), &self.shared)?;
        self.serve(inbox, post::serve_inbox);
        Ok(())
    }

    fn serve<H, F>(&mut self, door: Door, handle: H)
    where
        H: Fn(tokio::net::TcpStream, SocketAddr, Arc<Shared>) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.reroutes.push((door.public, door.local));
        self.applied.push(door.applied());
        self.tasks
            .spawn(door.serve(Arc::clone(&self.shared), handle));
    }

    /// Sends whatever knocks at a known address without a server to a port that is closed, so that nothing ever leaves
    /// the loopback interface.
    fn close_the_rest(
        &mut self,
        addresses: &BTreeSet<IpAddr>,
        ports: &BTreeSet<u16>,
    ) -> io::Result<()> {
        let closed = ClosedPort::take()?;
        for address in addresses {
            let is_mail = [post::SUBMISSION, post::INBOX].contains(address);
            let mail = post::PORTS.iter().filter(|_| is_mail);
            for port in ports.iter().chain(mail) {
                let public = SocketAddr::new(*address, *port);
                if !self.reroutes.iter().any(|(from, _)| *from == public) {
                    self.reroutes.push((public, closed.local));
                }
            }
        }
        self.closed.push(closed);
        Ok(())
    }

    /// The faults that are on.
    pub async fn faults(&self) -> Vec<String> {
        self.faults.lock().await.iter().cloned().collect()
    }

    /// Sets a fault. When this returns, every server serves the new world.
    pub async fn break_fault(&self, id: &str) -> Result<(), RangeProblem> {
        fault::find(id).ok_or_else(|| WorldProblem::NoSuchFault(id.to_owned()))?;
        let mut faults = self.faults.lock().await;
        let mut wanted = faults.clone();
        wanted.insert(id.to_owned());
        self.become_world(&wanted).await?;
        *faults = wanted;
        Ok(())
    }

    /// Mends a fault: the world is healthy but for what else is on.
    pub async fn mend(&self, id: &str) -> Result<(), RangeProblem> {
        fault::find(id).ok_or_else(|| WorldProblem::NoSuchFault(id.to_owned()))?;
        let mut faults = self.faults.lock().await;
        let mut wanted = faults.clone();
        wanted.remove(id);
        self.become_world(&wanted).await?;
        *faults = wanted;
        Ok(())
    }

    async fn become_world(&self, faults: &BTreeSet<String>) -> Result<(), RangeProblem> {
        let epoch = self.shared.now().epoch + 1;
        self.shared
            .replace(compose(&self.healthy, &self.world, faults, epoch)?);
        for applied in &self.applied {
            // A door that is gone has nothing to apply.
            let _ = applied.clone().wait_for(|at| *at >= epoch).await;
        }
        Ok(())
    }

    /// Makes every answer of the range wait this long before it leaves.
    pub fn set_delay(&self, delay: Duration) {
        self.shared.set_delay(delay);
    }

    /// Every request to look from other places that was received so far, as it came.
    pub fn measurements(&self) -> Vec<String> {
        self.shared.measurements.heard()
    }

    /// Questions, handshakes and requests received so far.
    pub fn counts(&self) -> Counts {
        self.shared.counts().clone()
    }
}

/// The healthy zones with the faults' changes and then the world's own.
fn compose(
    healthy: &Copies,
    world: &World,
    faults: &BTreeSet<String>,
    epoch: u64,
) -> Result<State, WorldProblem> {
    let mut all = Changes::default();
    for id in faults {
        let fault = fault::find(id).ok_or_else(|| WorldProblem::NoSuchFault(id.clone()))?;
        all.add(&fault.changes());
    }
    let mut copies = healthy.clone();
    // Two faults may remove the same record.
    copies.edit(&all.dns, Missing::IsFine)?;
    let own = world.changes();
    copies.edit(&own.dns, Missing::IsAProblem)?;
    all.add(&own);
    let dns = DnsWorld {
        copies,
        servers: std::mem::take(&mut all.servers),
    };
    Ok(State::new(epoch, dns, all))
}

/// Every address that this range may ever speak of: its own, the world's, and those of every fault that may still be set.
fn every_address(healthy: &Copies, state: &State) -> Result<BTreeSet<IpAddr>, WorldProblem> {
    let mut all: BTreeSet<IpAddr> = WEB.into_iter().chain(MX).collect();
    all.extend(healthy.servers());
    all.extend(healthy.addresses());
    all.extend(state.dns.copies.addresses());
    for fault in fault::catalogue() {
        let mut copies = healthy.clone();
        copies.edit(&fault.changes().dns, Missing::IsFine)?;
        all.extend(copies.addresses());
    }
    all.extend(dns::answer::rewritten());
    Ok(all)
}

/// A TCP door and a UDP socket at the same local port.
async fn dns_door(public: SocketAddr, shared: &Shared) -> io::Result<(Door, UdpSocket)> {
    let mut tries = 0;
    loop {
        let door = Door::open(public, shared)?;
        match UdpSocket::bind(door.local).await {
            Ok(socket) => return Ok((door, socket)),
            // Somebody else has that port for UDP: another pair, then.
            Err(_) if tries < 50 => tries += 1,
            Err(error) => return Err(error),
        }
    }
}
