//! A door: one public address and port, served at a port of the loopback interface. A door can be shut while the range
//! runs, and then refuses connections as a closed port does.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::state::Shared;

/// A door that is bound and waits to be served.
pub struct Door {
    /// What clients believe to connect to.
    pub public: SocketAddr,
    /// Where they really connect to.
    pub local: SocketAddr,
    /// Keeps the port while the door is shut: bound, never listening.
    _hold: Option<TcpSocket>,
    listener: Option<TcpListener>,
    applied: watch::Sender<u64>,
}

impl Door {
    /// Binds a port for `public`; it is shut at once if the present state says so.
    pub fn open(public: SocketAddr, shared: &Shared) -> io::Result<Self> {
        let hold = loopback(0)?;
        let local = hold.local_addr()?;
        let state = shared.now();
        // Where two sockets may not share a port, the port is not held while the door is shut.
        let hold = cfg!(target_os = "linux").then_some(hold);
        let listener = if state.closed.contains(&public) {
            None
        } else {
            Some(listen(local)?)
        };
        Ok(Self {
            public,
            local,
            _hold: hold,
            listener,
            applied: watch::Sender::new(state.epoch),
        })
    }

    /// Tells up to which epoch of the state this door has opened and shut.
    pub fn applied(&self) -> watch::Receiver<u64> {
        self.applied.subscribe()
    }

    /// Gives each connection to `handle`, until it is dropped.
    pub async fn serve<H, F>(mut self, shared: Arc<Shared>, handle: H)
    where
        H: Fn(TcpStream, SocketAddr, Arc<Shared>) -> F,
        F: Future<Output = ()> + Send + 'static,
    {
        let mut state = shared.subscribe();
        let mut connections = JoinSet::new();
        loop {
            let (epoch, closed) = {
                let state = state.borrow_and_update();
                (state.epoch, state.closed.contains(&self.public))
            };
            if closed {
                self.listener = None;
                connections.abort_all();
            } else if self.listener.is_none() {
                self.listener = listen(self.local).ok();
            }
            self.applied.send_replace(epoch);
            tokio::select! {
                changed = state.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                Some(stream) = accept(self.listener.as_ref()) => {
                    connections.spawn(handle(stream, self.public, Arc::clone(&shared)));
                }
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
            }
        }
    }
}

/// A port where nobody listens, held so that nobody else takes it.
pub struct ClosedPort {
    pub local: SocketAddr,
    _hold: TcpSocket,
}

impl ClosedPort {
    /// Takes a port.
    pub fn take() -> io::Result<Self> {
        let hold = loopback(0)?;
        Ok(Self {
            local: hold.local_addr()?,
            _hold: hold,
        })
    }
}

async fn accept(listener: Option<&TcpListener>) -> Option<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.ok().map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

fn loopback(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    Ok(socket)
}

fn listen(local: SocketAddr) -> io::Result<TcpListener> {
    loopback(local.port())?.listen(256)
}
