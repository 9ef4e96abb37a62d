//! Connections that are kept for the next request to the same place, so that a run stays inside its handshakes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::connection::{Connection, Target, Unopened};
use crate::model::observation::Failure;
use crate::net::reach::Reach;

/// Kept connections, by where they go.
#[derive(Default)]
pub(in crate::net) struct Pool {
    lanes: Mutex<HashMap<Target, Arc<Lane>>>,
}

/// Everything that goes to one target.
#[derive(Default)]
struct Lane {
    /// One connection is opened at a time: if it turns out to be HTTP/2, all share it.
    opening: tokio::sync::Mutex<()>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Free HTTP/1.1 connections, or the one HTTP/2 connection.
    connections: Vec<Connection>,
    /// Why nobody was met there: found out once a run.
    deserted: Option<Failure>,
}

/// A connection for one request.
pub(in crate::net) struct Lent {
    pub(in crate::net) connection: Connection,
    /// Whether it served before, so that it may have been closed meanwhile.
    pub(in crate::net) used: bool,
}

impl Pool {
    /// A free connection, or a new one.
    pub(in crate::net) async fn lend(
        &self,
        reach: &Reach,
        target: &Target,
    ) -> Result<Lent, Unopened> {
        let lane = self.lane(target);
        if let Some(connection) = lane.take().await {
            return Ok(Lent {
                connection,
                used: true,
            });
        }
        let _turn = lane.opening.lock().await;
        if let Some(connection) = lane.take().await {
            return Ok(Lent {
                connection,
                used: true,
            });
        }
        if let Some(failure) = lane.kept().deserted.clone() {
            return Err(Unopened {
                failure,
                nobody_there: true,
            });
        }
        let connection = Connection::open(reach, target)
            .await
            .inspect_err(|unopened| {
                if unopened.nobody_there {
                    lane.kept().deserted = Some(unopened.failure.clone());
                }
            })?;
        if let Some(shared) = connection.share() {
            lane.kept().connections.push(shared);
        }
        Ok(Lent {
            connection,
            used: false,
        })
    }

    /// Takes a connection back whose answer was read to its end.
    pub(in crate::net) fn give_back(&self, target: &Target, connection: Connection) {
        // Of an HTTP/2 connection a handle is here already.
        if connection.share().is_none() && !connection.is_closed() {
            self.lane(target).kept().connections.push(connection);
        }
    }

    /// Forgets where nobody was met.
    pub(in crate::net) fn forget_failures(&self) {
        for lane in self.lanes().values() {
            lane.kept().deserted = None;
        }
    }

    fn lane(&self, target: &Target) -> Arc<Lane> {
        Arc::clone(self.lanes().entry(target.clone()).or_default())
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<Target, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    /// A connection that can take a request now; closed ones are thrown away.
    async fn take(&self) -> Option<Connection> {
        loop {
            let mut connection = {
                let mut kept = self.kept();
                let last = kept.connections.pop()?;
                if let Some(shared) = last.share().filter(|shared| !shared.is_closed()) {
                    kept.connections.push(shared);
                }
                last
            };
            if !connection.is_closed() && connection.ready().await {
                return Some(connection);
            }
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
